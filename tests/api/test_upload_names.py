"""NULs in the names of files that Streamlit takes."""

from __future__ import annotations

import asyncio
import threading

import pytest
from starlette.types import Message, Receive, Scope, Send

from inkling.api.upload_names import UploadNames

# Seconds for one body.
TIMEOUT = 30
UPLOAD = "/_stcore/upload_file/session/file"
HEAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a%sb.png"%s\r\n\r\n'


def received(path: str, *chunks: bytes) -> bytes:
    """The body that the app gets of these chunks."""
    got = bytearray()

    async def app(_scope: Scope, receive: Receive, _send: Send) -> None:
        for _ in chunks:
            got.extend((await receive())["body"])

    messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]

    async def receive() -> Message:
        return messages.pop(0)

    async def send(_message: Message) -> None:
        return

    scope = {"type": "http", "path": path}
    # Not in this thread, where Playwright may have an event loop for the tests of the browser.
    thread = threading.Thread(
        target=lambda: asyncio.run(UploadNames(app)(scope, receive, send)), daemon=True
    )
    thread.start()
    thread.join(TIMEOUT)
    assert not thread.is_alive()
    return bytes(got)


@pytest.mark.parametrize(
    ("nul", "extended"), [(b"\0", b""), (b"", b"; filename*=UTF-8''a%00b.png"), (b"", b"")]
)
def test_a_name_has_no_nul_and_the_file_keeps_its_own(nul: bytes, extended: bytes) -> None:
    head, content = HEAD % (nul, extended), b"\0 %00 pixels\r\n\r\n\0"
    body = received(UPLOAD, head + content[:3], content[3:])
    assert len(body) == len(head) + len(content) and body.endswith(content)
    assert b"\0" not in body[: len(head)] and b"%00" not in body[: len(head)]
    # In another place nothing is changed.
    assert received("/api/read", head + content) == head + content


def test_headers_may_come_in_parts() -> None:
    head = HEAD % (b"\0", b"")
    middle = head.index(b"\0")
    body = received(UPLOAD, head[:middle], head[middle:] + b"\0")
    assert body == head.replace(b"\0", b"_") + b"\0"
