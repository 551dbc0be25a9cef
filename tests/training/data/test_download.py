"""Downloads: resumed, verified, and explained when they fail."""

from __future__ import annotations

import hashlib
import http.server
import threading
from functools import partial
from typing import ClassVar

import pytest

from inkling.training.data import download


class RangeHandler(http.server.BaseHTTPRequestHandler):
    """A server that supports Range and records the ranges it was asked for."""

    content = bytes(range(256)) * 4000
    ranges: ClassVar[list[str | None]] = []

    def do_GET(self):
        wanted = self.headers.get("Range")
        self.ranges.append(wanted)
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        if start >= len(self.content):
            self.send_error(416)
            return
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(self.content) - start))
        self.end_headers()
        self.wfile.write(self.content[start:])

    def log_message(self, *_args):
        pass


@pytest.fixture
def server():
    handler = type("Handler", (RangeHandler,), {"ranges": []})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=partial(running.serve_forever, 0.05), daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}/file.bin", handler
        running.shutdown()


def test_download_is_resumed_and_verified(server, tmp_path):
    url, handler = server
    digest = "sha256:" + hashlib.sha256(handler.content).hexdigest()
    target = tmp_path / "folder" / "file.bin"
    assert download.fetch(url, target, digest, quiet=True).read_bytes() == handler.content
    download.fetch(url, target, digest, quiet=True)
    assert handler.ranges == [None]  # The second call finds the file and asks for nothing.

    for done in (1000, len(handler.content)):
        target.unlink()
        part = target.with_name("file.bin.part")
        part.write_bytes(handler.content[:done])
        download.fetch(url, target, digest, quiet=True)
        assert target.read_bytes() == handler.content
        assert handler.ranges[-1] == f"bytes={done}-"
        assert not part.exists()


def test_a_wrong_download_is_discarded(server, tmp_path):
    url, _ = server
    target = tmp_path / "file.bin"
    with pytest.raises(download.DownloadError, match="not the expected file"):
        download.fetch(url, target, "sha256:" + "0" * 64, quiet=True)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_network_is_an_error_message(tmp_path):
    with pytest.raises(download.DownloadError, match="could not be downloaded"):
        download.fetch("http://127.0.0.1:9/file", tmp_path / "file", "", quiet=True)
