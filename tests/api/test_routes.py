"""The routes over a real connection: the command line's answers, the limits, and the refusals."""

from __future__ import annotations

import http.client
import io
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
import requests
from PIL import Image

from inkling.api.places import Places
from inkling.api.routes import KEY_SETTING, Api
from inkling.paths import ASSETS, ROOT
from tests.api.conftest import served

SAMPLES = ASSETS / "samples"
DIGIT, PDF = SAMPLES / "one-digit.jpg", SAMPLES / "two-pages.pdf"
# Seconds.
TIMEOUT = 60
LINES = {"Accept": "application/x-ndjson"}


def command_line(command: str, file: str) -> list[object]:
    """What the command line writes about a file."""
    output = subprocess.run(
        [sys.executable, "-m", "inkling", command, file],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [json.loads(line) for line in output.splitlines()]


def sentence_of(answer: requests.Response) -> str:
    """The sentence of an error; it is nothing but that, and shows no path of the server."""
    body = answer.json()
    assert list(body) == ["error"] and str(ROOT) not in answer.text
    sentence: str = body["error"]
    assert (sentence[0].isupper() or sentence[0] == "“") and sentence.endswith(".")
    return sentence


def post(
    address: str,
    content: bytes | Iterator[bytes],
    params: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> requests.Response:
    """Send a file as the body."""
    headers = {"Content-Type": "application/octet-stream"} | (headers or {})
    return requests.post(address, content, params=params, headers=headers, timeout=TIMEOUT)


def wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + TIMEOUT
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_file_is_read_as_the_command_line_reads_it(server: str) -> None:
    name = PDF.relative_to(ROOT).as_posix()
    expected = command_line("read", name)
    assert len(expected) == 2
    address = f"{server}/api/read"
    query = {"name": name}
    with PDF.open("rb") as file:
        form = requests.post(address, files={"file": file}, params=query, timeout=TIMEOUT)
    assert form.status_code == 200 and form.json() == expected
    raw = post(address, PDF.read_bytes(), params=query, headers=LINES)
    assert raw.headers["content-type"].startswith(LINES["Accept"])
    assert [json.loads(line) for line in raw.text.splitlines()] == expected


def test_a_digit_is_classified_as_the_command_line_does_it(server: str) -> None:
    name = DIGIT.relative_to(ROOT).as_posix()
    answer = post(f"{server}/api/classify", DIGIT.read_bytes(), params={"name": name})
    assert [answer.json()] == command_line("classify", name)
    # The name in the form, and another model by its title.
    with DIGIT.open("rb") as file:
        other = requests.post(
            f"{server}/api/classify?model=Pocket", files={"file": file}, timeout=TIMEOUT
        ).json()
    assert other["file"] == DIGIT.name and other["digit"] == answer.json()["digit"]
    assert other["probabilities"] != answer.json()["probabilities"]


def test_a_picture_without_ink_has_no_digit(server: str) -> None:
    paper = io.BytesIO()
    Image.new("L", (60, 60), 255).save(paper, "PNG")
    answer = post(f"{server}/api/classify", paper.getvalue()).json()
    assert answer["digit"] is None and answer["confidence"] == 0.0


def test_the_models_are_those_of_the_command_line(server: str) -> None:
    listed = subprocess.run(
        [sys.executable, "-m", "inkling", "models", "--format", "json"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    answer = requests.get(f"{server}/api/models", timeout=TIMEOUT).json()
    assert answer == json.loads(listed.stdout) and "digits" in [each["name"] for each in answer]


def test_what_is_wrong_with_a_request_is_said_in_a_sentence(server: str) -> None:
    read = f"{server}/api/read"
    picture = DIGIT.read_bytes()

    def refused(answer: requests.Response, status: int) -> str:
        assert answer.status_code == status, answer.text
        return sentence_of(answer)

    assert "empty" in refused(post(read, b""), 422)
    assert "damaged" in refused(post(f"{read}?name=x.jpg", picture[:200]), 422)
    assert "notes.txt" in refused(post(f"{read}?name=notes.txt", b"no picture"), 422)
    assert "There is no model “none”" in refused(post(f"{read}?model=none", picture), 422)
    assert "255" in refused(post(f"{read}?name={'x' * 300}", picture), 422)
    refused(post(read, picture, headers={"Content-Type": "text/plain"}), 415)
    refused(requests.post(read, {"file": "1"}, timeout=TIMEOUT), 415)
    form = {"a": ("a.jpg", picture), "b": ("b.jpg", picture)}
    refused(requests.post(read, files=form, timeout=TIMEOUT), 400)
    refused(requests.post(read, files={"file": (None, "text")}, timeout=TIMEOUT), 422)
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    refused(post(read, b"no form", headers=broken), 400)
    refused(requests.get(read, timeout=TIMEOUT), 405)
    refused(requests.get(f"{server}/api/nothing", timeout=TIMEOUT), 404)


@pytest.mark.parametrize("is_announced", [True, False])
def test_a_large_file_is_refused_before_it_is_taken_in(server: str, is_announced: bool) -> None:
    sent = 0

    def chunks() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(100):
            sent += 1_000_000
            yield bytes(1_000_000)

    # Without a length the body is refused on its way.
    content = bytes(25_000_001) if is_announced else chunks()
    try:
        answer = post(f"{server}/api/read", content)
    except requests.ConnectionError:
        # The server closed the connection while the rest was being sent.
        assert not is_announced
    else:
        assert answer.status_code == 413
        assert "25 MB" in sentence_of(answer)
    assert sent < 60_000_000


def test_a_damaged_page_comes_after_those_before_it(server: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (2, 64, 64)).astype(np.uint8)
    frames = [Image.fromarray(pixels) for pixels in noise]
    file = io.BytesIO()
    frames[0].save(
        file, "TIFF", save_all=True, append_images=frames[1:], compression="tiff_adobe_deflate"
    )
    content = bytearray(file.getvalue())
    with Image.open(file) as tiff:
        tiff.seek(1)
        # Where the second frame's pixels begin, and how many bytes they take.
        (start,), (length,) = tiff.tag_v2[273], tiff.tag_v2[279]  # type: ignore[attr-defined]
    content[start : start + length] = bytes(length)
    pages = post(f"{server}/api/read?name=scan.tif", bytes(content)).json()
    assert pages[0]["page"] == 1 and len(pages) == 2
    assert pages[1]["file"] == "scan.tif" and "damaged" in pages[1]["error"]


def test_only_who_has_the_key_may_use_the_api(monkeypatch: pytest.MonkeyPatch) -> None:
    with served() as address:
        monkeypatch.setenv(KEY_SETTING, "sesame")
        for path in ("models", "metrics", "openapi.json"):
            refusal = requests.get(f"{address}/api/{path}", timeout=TIMEOUT)
            assert refusal.status_code == 401 and refusal.headers["WWW-Authenticate"] == "Bearer"
            sentence_of(refusal)
            key = {"Authorization": "Bearer sesame"}
            assert requests.get(f"{address}/api/{path}", headers=key, timeout=TIMEOUT).ok
        wrong = {"Authorization": "Bearer simsim"}
        assert post(f"{address}/api/read", b"x", headers=wrong).status_code == 401
        assert requests.get(f"{address}/api/health", timeout=TIMEOUT).status_code == 200


def test_there_are_places_for_few_at_a_time() -> None:
    """A client whose upload hangs takes one place, and another one is told to come again."""
    release = threading.Event()

    def slow() -> Iterator[bytes]:
        yield DIGIT.read_bytes()
        release.wait(TIMEOUT)

    api = Api(Places(most=2, most_of_client=1))
    with served(api) as address:
        classify = f"{address}/api/classify"
        first = threading.Thread(target=lambda: post(classify, slow()))
        first.start()
        wait_until(lambda: api.places.taken == 1)
        refusal = post(classify, DIGIT.read_bytes())
        release.set()
        first.join(TIMEOUT)
        assert refusal.status_code == 429 and int(refusal.headers["Retry-After"]) > 0
        sentence_of(refusal)
        wait_until(lambda: api.places.taken == 0)
        assert post(classify, DIGIT.read_bytes()).ok


def test_a_full_server_says_so() -> None:
    with served(Api(Places(most=0))) as address:
        refusal = post(f"{address}/api/classify", DIGIT.read_bytes())
        assert refusal.status_code == 503 and int(refusal.headers["Retry-After"]) > 0
        sentence_of(refusal)


@pytest.mark.parametrize("accepts", [LINES, {}], ids=["lines", "array"])
def test_a_client_that_goes_away_frees_its_place(
    accepts: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page that is being read is finished, and the file's other pages are not begun."""
    from inkling.reader import page

    read, release = [], threading.Event()
    read_upright = page.read_upright

    def held(*arguments: Any) -> object:
        read.append(arguments[0].number)
        assert release.wait(TIMEOUT)
        return read_upright(*arguments)

    monkeypatch.setattr(page, "read_upright", held)
    api = Api()
    with served(api) as address:
        place = urlsplit(address)
        connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=TIMEOUT)
        headers = {"Content-Type": "application/pdf", **accepts}
        connection.request("POST", "/api/read", PDF.read_bytes(), headers)
        wait_until(lambda: bool(read))
        connection.close()
        # So that the server has noticed it.
        assert requests.get(f"{address}/api/health", timeout=TIMEOUT).ok
        release.set()
        wait_until(lambda: api.places.taken == 0)
        assert read == [1] or (read == [1, 2] and accepts)


def test_reading_does_not_block_other_requests(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a page is being read, the server answers."""
    from inkling.reader import page

    entered, release = threading.Event(), threading.Event()
    read_upright = page.read_upright

    def held(*arguments: object) -> object:
        entered.set()
        assert release.wait(TIMEOUT)
        return read_upright(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(page, "read_upright", held)
    answers: list[int] = []
    reader = threading.Thread(
        target=lambda: answers.append(post(f"{server}/api/read", DIGIT.read_bytes()).status_code)
    )
    reader.start()
    assert entered.wait(TIMEOUT)
    assert requests.get(f"{server}/api/health", timeout=TIMEOUT).ok
    figures = requests.get(f"{server}/api/metrics", timeout=TIMEOUT).text
    assert "\ninkling_api_queue 1.0\n" in figures
    release.set()
    reader.join(TIMEOUT)
    assert answers == [200]


def test_the_figures_count_what_was_read() -> None:
    with served() as address:
        read = post(f"{address}/api/read", DIGIT.read_bytes()).json()
        numbers = [sure for page in read for line in page["lines"] for sure in line["sure"]]
        post(f"{address}/api/read", b"no picture")
        lines = requests.get(f"{address}/api/metrics", timeout=TIMEOUT).text.splitlines()
        assert f"inkling_api_numbers_total {float(len(numbers))}" in lines
        assert f"inkling_api_numbers_unsure_total {float(numbers.count(False))}" in lines
        for status in (200, 422):
            line = f'inkling_api_requests_total{{route="/read",status="{status}"}} 1.0'
            assert line in lines
        memory = next(line for line in lines if line.startswith("process_resident_memory_bytes"))
        assert float(memory.split()[1]) > 1e6
