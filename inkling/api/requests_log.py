"""One line of JSON in the log for each request: no contents, no names of files, no secrets."""

from __future__ import annotations

import logging
import re
import sys
import time
import uuid
from datetime import UTC, datetime

import msgspec
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("inkling.requests")

REQUEST_ID = "X-Request-Id"
# The id that a proxy has given a request is kept if it looks like this.
ID_FORMAT = re.compile(r"[A-Za-z0-9_-]{8,64}")
# What follows in these paths opens an upload or a picture of somebody.
SECRET_PATHS = ("/_stcore/upload_file/", "/media/")
# Parts of the app, and questions whether it is there: hundreds a visit, and of no interest.
DULL_PATHS = ("/static/", "/_stcore/health", "/_stcore/host-config", "/favicon")
# Characters of a path that are logged; the app's own are shorter.
MAX_PATH = 200


def to_stderr() -> None:
    """Write the log of requests to the standard error stream, unless it goes elsewhere already."""
    if not log.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(message)s"))
        log.addHandler(handler)
        log.propagate = False
        log.setLevel(logging.INFO)


class RequestsLog:
    """Logs every request when it has been answered, and gives it an id.

    Args:
        app: what answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(REQUEST_ID, "")
        number = given if ID_FORMAT.fullmatch(given) else uuid.uuid4().hex
        started = time.perf_counter()
        status, sent = 0, 0

        async def send_counted(message: Message) -> None:
            nonlocal status, sent
            kind = message["type"]
            if kind == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = number
            elif kind == "websocket.accept":
                status = 101
            elif kind == "websocket.close":
                status = status or 403
            sent += len(message.get("body") or message.get("bytes") or b"")
            await send(message)

        try:
            await self._app(scope, receive, send_counted)
        finally:
            _write(scope, number, status, sent, time.perf_counter() - started)


def _write(scope: Scope, number: str, status: int, sent: int, seconds: float) -> None:
    path = shown_path(scope["path"])
    entry = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "id": number,
        "method": scope.get("method", "WEBSOCKET"),
        "path": path,
        "status": status,
        "ms": round(1000.0 * seconds, 1),
        "bytes": sent,
    }
    level = logging.DEBUG if path.startswith(DULL_PATHS) and status < 400 else logging.INFO
    if log.isEnabledFor(level):
        log.log(level, msgspec.json.encode(entry).decode())


def shown_path(path: str) -> str:
    """A path as it is logged: without what is secret in it, and not endless."""
    for start in SECRET_PATHS:
        if path.startswith(start):
            return f"{start}…"
    return path[:MAX_PATH]
