"""What every request of the server goes through, pages and API alike."""

from __future__ import annotations

from pathlib import Path

from starlette.middleware import Middleware

from inkling.api.headers import SecurityHeaders, inline_scripts
from inkling.api.origins import SameOrigin
from inkling.api.requests_log import RequestsLog, to_stderr
from inkling.api.upload_names import UploadNames


def middleware(page: Path) -> list[Middleware]:
    """The middleware, the outermost first; the log of requests goes to the standard error stream.

    Args:
        page: the HTML page that is served, whose scripts are allowed.
    """
    to_stderr()
    return [
        Middleware(RequestsLog),
        Middleware(SecurityHeaders, scripts=inline_scripts(page)),
        Middleware(SameOrigin),
        Middleware(UploadNames),
    ]
