"""Requests that pages of other servers make, which are refused."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from inkling.api.errors import error_response

# Origins, with commas between them, whose pages may use the API, such as https://example.org.
ORIGINS_SETTING = "INKLING_API_ORIGINS"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
# What a browser says about a request that a page of another server makes.
FOREIGN_SITES = ("cross-site", "same-site")
# Streamlit's own figures, which are nobody's business: /api/metrics has Inkling's.
HIDDEN = "/_stcore/metrics"


def allowed_origins() -> list[str]:
    """The origins whose pages may use the API; none by default."""
    return origins_in(ORIGINS_SETTING)


def origins_in(setting: str) -> list[str]:
    """The origins that a variable of the environment names."""
    given = os.environ.get(setting, "").split(",")
    return [origin.strip().rstrip("/") for origin in given if origin.strip()]


class SameOrigin:
    """Refuses what pages of other servers ask for, and hides Streamlit's own figures.

    Streamlit refuses some of it as well, but looks up its own address on the Internet to do so.

    Args:
        app: what answers the other requests.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._allowed = frozenset(allowed_origins())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            if scope["path"].rstrip("/").endswith(HIDDEN):
                await error_response(404, "There is nothing here.")(scope, receive, send)
                return
            if self._is_foreign(scope):
                refusal = error_response(
                    403, "Pages of other servers may not use this one. See docs/operations.md."
                )
                await refusal(scope, receive, send)
                return
        elif scope["type"] == "websocket" and self._is_foreign(scope):
            # Before it is accepted, closing it answers with 403.
            await send({"type": "websocket.close", "code": 1008})
            return
        await self._app(scope, receive, send)

    def _is_foreign(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if origin is not None:
            is_own = urlsplit(origin).netloc == headers.get("host", "")
            return not is_own and not (origin in self._allowed and _is_api(scope))
        is_unsafe = scope.get("method", "GET") not in SAFE_METHODS
        return is_unsafe and headers.get("sec-fetch-site") in FOREIGN_SITES


def _is_api(scope: Scope) -> bool:
    path: str = scope["path"]
    return path.startswith("/api/")
