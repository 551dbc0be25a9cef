"""Names of files that Streamlit would not take.

A name with a NUL raises an error in every run of a page until it is loaded again. No browser sends
one.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Where Streamlit takes files, and the end of the headers of a form's part.
UPLOADS = "/_stcore/upload_file/"
END_OF_HEADERS = b"\r\n\r\n"
# A NUL as it is and as an extended parameter writes it, and what takes its place: as many bytes,
# so that the length of the body stays.
REPLACEMENTS = ((b"\0", b"_"), (b"%00", b"%5F"))


class UploadNames:
    """Takes NULs out of the names of uploaded files.

    Args:
        app: what answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or UPLOADS not in scope["path"]:
            await self._app(scope, receive, send)
            return
        in_headers = True

        async def receive_cleaned() -> Message:
            nonlocal in_headers
            message = await receive()
            body = message.get("body", b"")
            if in_headers and body:
                head, end, content = body.partition(END_OF_HEADERS)
                for old, new in REPLACEMENTS:
                    head = head.replace(old, new)
                message = {**message, "body": head + end + content}
                in_headers = not end
            return message

        await self._app(scope, receive_cleaned, send)
