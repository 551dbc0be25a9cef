"""The file of a request: a form's only file, or the request's body as it is."""

from __future__ import annotations

from dataclasses import dataclass

import anyio
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message

from inkling.api.errors import ApiError

# Bytes that a form has beside its file: boundaries and headers of its parts.
FORM_OVERHEAD = 64_000
# Fields that a form may have beside its file; none is used.
MAX_FIELDS = 8
# Seconds in which the whole body has to arrive: 25 MB in a minute is 3.5 Mbit/s.
BODY_TIMEOUT = 60.0
# Ends the connection after the answer, so that the rest of the body is not taken in.
CLOSED = {"Connection": "close"}
# A file's name is echoed, so it is no longer than file systems allow.
MAX_NAME = 255
# The body as it is may call itself this. Which format it has, its first bytes decide.
RAW_TYPES = ("image/", "application/pdf", "application/octet-stream")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent.

    Attributes:
        content: its bytes, at most as many as are allowed.
        name: of the file; only for messages.
    """

    content: bytes
    name: str


async def upload_of(request: Request, most: int) -> Upload:
    """Take the file out of a request.

    Args:
        request: whose body was not read yet.
        most: bytes that the file may have.

    Raises:
        ApiError: the body is too large, too slow, of another type, or not one file.
    """
    kind = request.headers.get("content-type", "application/octet-stream").strip().lower()
    is_form = kind.startswith("multipart/form-data")
    if not is_form and not kind.startswith(RAW_TYPES):
        raise ApiError(
            415,
            "Send a picture or PDF as the body (image/*, application/pdf or "
            "application/octet-stream), or as the file of a form (multipart/form-data).",
        )
    name = request.query_params.get("name", "")
    if len(name) > MAX_NAME:
        raise ApiError(422, f"“name” has {len(name)} characters; at most {MAX_NAME} are allowed.")
    limited = _limited(request, most + (FORM_OVERHEAD if is_form else 0), most)
    try:
        with anyio.fail_after(BODY_TIMEOUT):
            if is_form:
                content, sent_as = await _file_of_form(limited)
            else:
                content, sent_as = await limited.body(), ""
    except TimeoutError:
        raise ApiError(
            408, f"The file did not arrive within {BODY_TIMEOUT:g} seconds.", CLOSED
        ) from None
    except ClientDisconnect:
        raise ApiError(400, "The connection was closed before the whole file was sent.") from None
    if len(content) > most:
        raise _too_large(most)
    if not content:
        raise ApiError(422, "The file is empty. Send a picture or PDF.")
    return Upload(content, name or sent_as[-MAX_NAME:] or "the file")


def _limited(request: Request, most: int, most_of_file: int) -> Request:
    """The request, whose body ends with an error as soon as it is too large.

    Args:
        request: whose body was not read yet.
        most: bytes that the body may have.
        most_of_file: bytes that the file in it may have, for the message.
    """
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > most:
        raise _too_large(most_of_file)
    received = 0

    async def receive() -> Message:
        nonlocal received
        message = await request.receive()
        received += len(message.get("body", b""))
        if received > most:
            raise _too_large(most_of_file)
        return message

    return Request(request.scope, receive)


async def _file_of_form(request: Request) -> tuple[bytes, str]:
    """The content and the name of a form's only file."""
    try:
        async with request.form(max_files=1, max_fields=MAX_FIELDS) as form:
            files = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
            if len(files) != 1:
                raise ApiError(422, "The form has no file. Send one picture or PDF as “file”.")
            return await files[0].read(), files[0].filename or ""
    except HTTPException:
        raise ApiError(400, "The form is not valid, or has more than one file.") from None


def _too_large(most: int) -> ApiError:
    return ApiError(
        413, f"The file is larger than {most / 1e6:g} MB. Save it smaller or as a JPEG.", CLOSED
    )
