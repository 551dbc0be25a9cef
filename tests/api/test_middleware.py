"""What every answer goes through: pages of other servers, headers, and the log of requests."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from inkling.api.headers import FRAMES_SETTING, inline_scripts, policy
from inkling.api.origins import ORIGINS_SETTING
from inkling.api.requests_log import log, shown_path
from tests.api.conftest import served

FOREIGN = "https://elsewhere.example"
TIMEOUT = 60


class Lines(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.text.append(record.getMessage())


@pytest.fixture
def logged() -> Iterator[list[str]]:
    handler = Lines()
    log.addHandler(handler)
    yield handler.text
    log.removeHandler(handler)


def line_of(number: str, logged: list[str]) -> str:
    """The line about the request of this id, which follows the answer."""
    end = time.monotonic() + TIMEOUT
    while not (found := [line for line in logged if number in line]):
        assert time.monotonic() < end
        time.sleep(0.01)
    (line,) = found
    return line


def status(address: str, method: str = "GET", **headers: str) -> int:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.request(method, address, headers=names, timeout=TIMEOUT).status_code


def test_pages_of_other_servers_are_refused(server: str) -> None:
    models, read = f"{server}/api/models", f"{server}/api/read"
    assert status(models) == status(models, Origin=server) == 200
    assert status(models, Origin=FOREIGN) == status(models, Origin="null") == 403
    # Another port of this computer is another server.
    assert status(models, Origin="http://127.0.0.1:1") == 403
    # A form of another page, whose browser hides where it comes from.
    assert status(read, "POST", Sec_Fetch_Site="cross-site") == 403
    assert status(read, "POST", Sec_Fetch_Site="same-origin") == 422
    answer = requests.get(models, headers={"Origin": server}, timeout=TIMEOUT)
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_setting_lets_pages_of_another_server_use_the_api(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(ORIGINS_SETTING, f"{FOREIGN}/ , https://third.example")
    with served() as address:
        models = f"{address}/api/models"
        answer = requests.get(models, headers={"Origin": FOREIGN}, timeout=TIMEOUT)
        assert answer.ok and answer.headers["Access-Control-Allow-Origin"] == FOREIGN
        asked = {"Origin": FOREIGN, "Access-Control-Request-Method": "POST"}
        read = requests.options(f"{address}/api/read", headers=asked, timeout=TIMEOUT)
        assert read.ok and "POST" in read.headers["Access-Control-Allow-Methods"]
        assert status(models, Origin="https://fourth.example") == 403
        # Only the API, and not the pages.
        assert status(f"{address}/_stcore/health", Origin=FOREIGN) == 403


def test_streamlits_own_figures_are_hidden(server: str) -> None:
    assert status(f"{server}/_stcore/metrics") == status(f"{server}/x/_stcore/metrics/") == 404


@pytest.mark.parametrize("path", ["api/models", "api/nothing", "nothing"])
def test_every_answer_has_the_headers(server: str, path: str) -> None:
    headers = requests.get(f"{server}/{path}", timeout=TIMEOUT).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=(self)" in headers["Permissions-Policy"]
    assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Request-Id"]
    assert ("no-store" in headers.get("Cache-Control", "")) == path.startswith("api/")


def test_a_setting_lets_pages_of_another_server_frame_the_app(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(FRAMES_SETTING, f"{FOREIGN}, https://third.example")
    with served() as address:
        headers = requests.get(f"{address}/api/health", timeout=TIMEOUT).headers
    assert "X-Frame-Options" not in headers
    ancestors = f"frame-ancestors 'self' {FOREIGN} https://third.example"
    assert ancestors in headers["Content-Security-Policy"]


def test_scripts_within_the_page_are_allowed_by_their_digests(tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    page.write_text('<script>let a = 1</script><script src="x.js"></script>', encoding="utf-8")
    # printf 'let a = 1' | openssl dgst -sha256 -binary | base64
    digest = "'sha256-LAfYd7pbFUgwfQu8b4q135PeTG2z+/coPEUYCd74eCQ='"
    assert inline_scripts(page) == [digest]
    directives = dict(each.split(" ", 1) for each in policy([digest]).split("; "))
    assert digest in directives["script-src"]
    assert "'unsafe-eval'" not in directives["script-src"]
    assert "'unsafe-inline'" not in directives["script-src"]
    assert inline_scripts(tmp_path / "none.html") == []


def test_a_request_is_one_line_without_what_it_holds(server: str, logged: list[str]) -> None:
    number = "0123456789abcdef"
    answer = requests.post(
        f"{server}/api/read?name=secret.png",
        files={"file": ("private.png", b"pixels of mine")},
        headers={"X-Request-Id": number, "Authorization": "Bearer mine"},
        timeout=TIMEOUT,
    )
    assert answer.headers["X-Request-Id"] == number
    entry = json.loads(line_of(number, logged))
    assert entry.pop("ms") > 0 and entry.pop("time").endswith("+00:00")
    assert entry == {
        "id": number,
        "method": "POST",
        "path": "/api/read",
        "status": 422,
        "bytes": len(answer.content),
    }


def test_an_id_that_is_none_is_replaced(server: str) -> None:
    headers = {"X-Request-Id": 'a"b c'}
    answer = requests.get(f"{server}/api/health", headers=headers, timeout=TIMEOUT)
    assert len(answer.headers["X-Request-Id"]) == 32


def test_a_path_cannot_forge_a_line(server: str, logged: list[str]) -> None:
    number = "f0123456789abcde"
    address = f"{server}/api/%0a%7b%22status%22:200%7d"
    requests.get(address, headers={"X-Request-Id": number}, timeout=TIMEOUT)
    line = line_of(number, logged)
    assert "\n" not in line and json.loads(line)["status"] == 404


def test_addresses_of_somebodys_files_are_not_logged() -> None:
    assert shown_path("/media/0123.png") == "/media/…"
    assert shown_path("/_stcore/upload_file/session/file") == "/_stcore/upload_file/…"
    assert shown_path("/api/read") == "/api/read" and len(shown_path("/" + "x" * 999)) == 200
