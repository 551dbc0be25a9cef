"""The API on a port of its own, without the pages."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette

from inkling.api.middleware import middleware
from inkling.api.routes import Api, routes
from tools.browser import free_port

# Seconds that the server may take to start; it takes a few milliseconds.
START_TIMEOUT = 30


@contextmanager
def served(api: Api | None = None) -> Iterator[str]:
    """Serve the API with all that its answers go through, and yield its address."""
    app = Starlette(routes=routes(api), middleware=middleware(Path("no page")))
    port = free_port()
    settings = uvicorn.Config(app, port=port, access_log=False, log_level="critical")
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    end = time.monotonic() + START_TIMEOUT
    while not server.started:
        assert thread.is_alive() and time.monotonic() < end, "the API did not start"
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(START_TIMEOUT)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The API as it is by default: with no key, and closed to pages of other servers."""
    with served() as address:
        yield address
