"""The server reaches for no other computer, however it is started and whoever asks it."""

from __future__ import annotations

import http.client
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from inkling.paths import ASSETS, ROOT
from tools.browser import running_app

WATCHED = str(ROOT / "tests" / "fixtures" / "watched_server.py")
TIMEOUT = 60
FOREIGN = "http://192.0.2.1"


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The app, open to every interface, and the file of its attempts."""
    attempts = tmp_path_factory.mktemp("watched") / "attempts.txt"
    with running_app((WATCHED, str(attempts)), address="0.0.0.0") as address:
        yield address, attempts


def handshake(address: str, origin: str) -> int:
    """The status of opening the pages' websocket, as a page of an origin does it."""
    place = urlsplit(address)
    connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=TIMEOUT)
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        "Sec-WebSocket-Protocol": "streamlit",
        "Origin": origin,
    }
    connection.request("GET", "/_stcore/stream", headers=headers)
    status = connection.getresponse().status
    connection.close()
    return status


def test_no_other_computer_is_asked(watched: tuple[str, Path]) -> None:
    address, attempts = watched
    assert requests.get(address, timeout=TIMEOUT).ok
    picture = (ASSETS / "samples" / "one-digit.jpg").read_bytes()
    headers = {"Content-Type": "image/jpeg"}
    read = requests.post(f"{address}/api/read", picture, headers=headers, timeout=TIMEOUT)
    assert read.json()[0]["text"] == "8"
    # Streamlit would look up its own addresses to know whether these are from there.
    assert handshake(address, FOREIGN) == 403
    for path in ("_stcore/health", "_stcore/host-config", "api/health"):
        foreign = requests.get(f"{address}/{path}", headers={"Origin": FOREIGN}, timeout=TIMEOUT)
        assert foreign.status_code == 403
    assert handshake(address, address) == 101
    assert not attempts.exists(), attempts.read_text(encoding="utf-8")


def test_the_server_is_for_this_computer_unless_it_is_opened() -> None:
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["server"]["address"] == "127.0.0.1"
    assert settings["server"]["enableXsrfProtection"] is True
    assert settings["client"]["showErrorDetails"] == "none"


def test_attempts_would_be_noticed(tmp_path: Path) -> None:
    """So that the test above can fail."""
    attempts = tmp_path / "attempts.txt"
    program = (
        "import socket, sys; from pathlib import Path\n"
        "from tests.fixtures.watched_server import watch\n"
        "watch(Path(sys.argv[1]))\n"
        "for host in ('192.0.2.1', '127.0.0.1'):\n"
        "    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as each:\n"
        "        each.connect((host, 1))\n"
    )
    command = [sys.executable, "-c", program, str(attempts)]
    subprocess.run(command, cwd=ROOT, check=True)
    assert attempts.read_text(encoding="utf-8") == "socket.connect 192.0.2.1\n"
