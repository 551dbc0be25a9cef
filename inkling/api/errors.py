"""Errors as a program gets them: `{"error": "a sentence"}` with the status that fits."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

log = logging.getLogger(__name__)

# What Starlette itself says, in sentences.
SENTENCES = {
    404: "There is nothing at this address. See /api/openapi.json.",
    405: "This address does not take that method. See /api/openapi.json.",
}


class ApiError(Exception):
    """A request cannot be answered.

    Args:
        status: of the answer.
        sentence: what is wrong and what to do.
        headers: of the answer.
    """

    def __init__(
        self, status: int, sentence: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.headers = dict(headers or {})


def error_response(
    status: int, sentence: str, headers: Mapping[str, str] | None = None
) -> Response:
    """An error as an answer."""
    return JSONResponse({"error": sentence}, status, dict(headers or {}))


async def on_api_error(_request: Request, error: ApiError) -> Response:
    """Answer a request that was refused."""
    return error_response(error.status, str(error), error.headers)


async def on_http_exception(_request: Request, error: HTTPException) -> Response:
    """Answer a request that Starlette refuses."""
    sentence = SENTENCES.get(error.status_code, f"{error.detail}.")
    return error_response(error.status_code, sentence, error.headers)


async def on_failure(_request: Request, _error: Exception) -> Response:
    """Answer a request at which Inkling failed. Starlette raises the error again for the log."""
    return error_response(500, "Inkling failed at this request because of a bug. Please report it.")


HANDLERS: dict[Any, Any] = {
    ApiError: on_api_error,
    HTTPException: on_http_exception,
    Exception: on_failure,
}
