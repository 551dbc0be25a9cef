"""The routes under `/api/`."""

from __future__ import annotations

import functools
import hmac
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing
from typing import TYPE_CHECKING, Any

import msgspec
from anyio import to_thread
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from inkling.api import errors, state
from inkling.api.errors import ApiError
from inkling.api.metrics import Metrics
from inkling.api.openapi import document
from inkling.api.origins import allowed_origins
from inkling.api.places import Places
from inkling.api.reading import Desk
from inkling.api.uploads import Upload, upload_of

if TYPE_CHECKING:
    from inkling.recognition.classifier import Classifier
    from inkling.recognition.results import Reading

# Who has this key may use the API; without it, everybody whom the server's address lets in.
KEY_SETTING = "INKLING_API_KEY"
# What a client accepts that wants one JSON object a line.
LINES = ("application/x-ndjson", "application/jsonl")
# The status of a request whose client did not wait for the answer; nobody gets it.
CLIENT_GONE = 499
# Hosts of this computer, as a connection shows them.
LOOPBACK = ("127.0.0.1", "::1")

Endpoint = Callable[[Request], Awaitable[Response]]


class Api:
    """The API with its state: what is being read, and the figures about it.

    Args:
        places: for requests; by default as many as `places` says.
    """

    def __init__(self, places: Places | None = None) -> None:
        self.places = places or Places()
        self.metrics = Metrics(lambda: self.places.taken)
        self.desk = Desk()

    def app(self) -> Starlette:
        """The API as an ASGI application, to be mounted at `/api`."""
        return Starlette(
            routes=[
                self._route("/read", self.read, "POST"),
                self._route("/classify", self.classify, "POST"),
                self._route("/models", self.models, "GET"),
                self._route("/health", self.health, "GET", is_open=True),
                self._route("/metrics", self.figures, "GET"),
                self._route("/openapi.json", self.openapi, "GET"),
            ],
            middleware=_cross_origin(),
            exception_handlers=errors.HANDLERS,
        )

    async def read(self, request: Request) -> Response:
        """Read a picture or PDF: what `python -m inkling read` writes, one object a page."""
        async with AsyncExitStack() as stack:
            upload, classifier = await self._upload(request, stack)
            pages = await stack.enter_async_context(
                aclosing(
                    self.desk.readings(
                        upload.content, upload.name, classifier.name, _client(request)
                    )
                )
            )
            # A file that cannot be opened at all is an error, and not one among its pages.
            first = await anext(pages)
            rows = self._rows(first, pages, upload.name)
            if any(each in request.headers.get("accept", "") for each in LINES):
                return _Lines(rows, stack.pop_all())
            collected = []
            async for row in rows:
                collected.append(row)
                if await request.is_disconnected():
                    break
            return _json(collected)

    async def classify(self, request: Request) -> Response:
        """Classify a picture of one digit: what `python -m inkling classify` writes."""
        async with AsyncExitStack() as stack:
            upload, classifier = await self._upload(request, stack)
            answer, is_sure = await self.desk.digit(upload.content, upload.name, classifier)
            self.metrics.digits.inc()
            self.metrics.unsure_digits.inc(not is_sure)
            return _json(answer)

    async def models(self, _request: Request) -> Response:
        """The models: what `python -m inkling models` lists."""
        return _json(await to_thread.run_sync(state.models))

    async def health(self, _request: Request) -> Response:
        """Whether pictures can be read, with which models, and whether the store answers."""
        found = await to_thread.run_sync(state.health)
        return _json(found, 503 if found["status"] == state.FAILED else 200)

    async def figures(self, request: Request) -> Response:
        """Figures for Prometheus."""
        if not os.environ.get(KEY_SETTING) and not _is_local(request):
            raise ApiError(
                403, f"Set {KEY_SETTING} on the server to see its figures from another computer."
            )
        return Response(self.metrics.text(), media_type=self.metrics.content_type)

    async def openapi(self, _request: Request) -> Response:
        """The description of this API."""
        return _json(document())

    async def _upload(self, request: Request, stack: AsyncExitStack) -> tuple[Upload, Classifier]:
        """The file and the model of a request, which has a place until the stack is closed."""
        stack.enter_context(self.places.place(_client(request)))
        name = request.query_params.get("model") or state.NEEDED_MODEL
        classifier = await self.desk.classifier(name)
        return await upload_of(request, await self.desk.most_bytes()), classifier

    async def _rows(
        self, first: Reading, others: AsyncIterator[Reading], name: str
    ) -> AsyncIterator[dict[str, Any]]:
        """Each page as an object; a page that cannot be read ends them with an error."""
        yield self._counted(first)
        try:
            async for reading in others:
                yield self._counted(reading)
        except ApiError as error:
            yield {"file": name, "error": str(error)}

    def _counted(self, reading: Reading) -> dict[str, Any]:
        self.metrics.pages.inc()
        self.metrics.numbers.inc(len(reading.numbers))
        self.metrics.unsure.inc(sum(not number.is_sure for number in reading.numbers))
        return reading.export()

    def _route(self, path: str, endpoint: Endpoint, method: str, *, is_open: bool = False) -> Route:
        """A route whose requests are checked and counted."""

        @functools.wraps(endpoint)
        async def checked(request: Request) -> Response:
            started, status = time.perf_counter(), CLIENT_GONE
            try:
                if not is_open:
                    _check_key(request)
                response = await endpoint(request)
                status = response.status_code
                return response
            except ApiError as error:
                status = error.status
                raise
            except Exception:
                status = 500
                raise
            finally:
                self.metrics.requests.labels(path, str(status)).inc()
                self.metrics.seconds.labels(path).observe(time.perf_counter() - started)

        return Route(path, checked, methods=[method])


def routes(api: Api | None = None) -> list[Mount]:
    """What `app.py` adds to the pages.

    Args:
        api: by default a new one.
    """
    return [Mount("/api", app=(api or Api()).app(), name="api")]


def _cross_origin() -> list[Middleware]:
    """Answers for pages of other servers, where a setting allows some."""
    origins = allowed_origins()
    if not origins:
        return []
    headers = ["Authorization", "Content-Type"]
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=["GET", "POST"],
            allow_headers=headers,
            expose_headers=["Retry-After", "X-Request-Id"],
        )
    ]


def _check_key(request: Request) -> None:
    key = os.environ.get(KEY_SETTING, "")
    given = request.headers.get("authorization", "")
    if key and not hmac.compare_digest(given.encode(), f"Bearer {key}".encode()):
        raise ApiError(
            401,
            "Send the server's key: “Authorization: Bearer KEY”.",
            {"WWW-Authenticate": "Bearer"},
        )


def _client(request: Request) -> str:
    """Who asks, by its address."""
    return request.client.host if request.client else ""


def _is_local(request: Request) -> bool:
    return _client(request) in LOOPBACK


def _json(data: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(data), status, media_type="application/json")


class _Lines(StreamingResponse):
    """Objects as JSON Lines; `held` is closed after the last one, or when the client has gone."""

    def __init__(self, rows: AsyncIterator[dict[str, Any]], held: AsyncExitStack) -> None:
        self._held = held
        lines = (msgspec.json.encode(row) + b"\n" async for row in rows)
        super().__init__(lines, media_type=LINES[0])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._held:
            await super().__call__(scope, receive, send)
