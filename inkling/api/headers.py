"""Headers that tell a browser what the pages may do."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from inkling.api.origins import origins_in

# What Streamlit and its components need. Scripts: its own, and components', which it loads from
# blob: addresses; one of its libraries tries WebAssembly. Styles: its own are made in the browser.
# Pictures: of components, and those that people have drawn or uploaded. Nothing comes from another
# server.
POLICY = {
    "default-src": "'self'",
    "script-src": "'self' blob: 'wasm-unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "media-src": "'self' blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # Addresses hold what is looked at, so other servers get none.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
}


# Origins, with commas between them, whose pages may show the app in a frame; by default none.
FRAMES_SETTING = "INKLING_FRAMED_BY"


def inline_scripts(page: Path) -> list[str]:
    """The scripts within an HTML page, as a policy allows them: by their digests.

    Args:
        page: the file; a missing one has none.
    """
    if not page.is_file():
        return []
    scripts = re.findall(r"<script>(.*?)</script>", page.read_text(encoding="utf-8"), re.S)
    return [
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in scripts
    ]


def policy(scripts: Sequence[str] = ()) -> str:
    """The content security policy.

    Args:
        scripts: more sources of scripts, as `inline_scripts` gives them.
    """
    more = {"script-src": scripts, "frame-ancestors": origins_in(FRAMES_SETTING)}
    sources = POLICY | {name: " ".join([POLICY[name], *each]) for name, each in more.items()}
    return "; ".join(f"{name} {value}" for name, value in sources.items())


class SecurityHeaders:
    """Adds the headers to every answer.

    Args:
        app: what answers.
        scripts: see `policy`.
    """

    def __init__(self, app: ASGIApp, scripts: Sequence[str] = ()) -> None:
        self._app = app
        self._headers = HEADERS | {"Content-Security-Policy": policy(scripts)}
        if not origins_in(FRAMES_SETTING):
            # For browsers that do not know frame-ancestors. It can name no other server.
            self._headers["X-Frame-Options"] = "SAMEORIGIN"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
                if scope["path"].startswith("/api/"):
                    headers["Cache-Control"] = "no-store"
            await send(message)

        await self._app(scope, receive, send_with_headers)
