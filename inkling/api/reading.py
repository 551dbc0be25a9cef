"""Reading off the event loop: files in the pool of reading processes, single digits in threads."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

from anyio import CapacityLimiter, to_thread

from inkling.api.errors import ApiError
from inkling.api.places import RETRY_AFTER
from inkling.serving.processes import usable_cores

if TYPE_CHECKING:
    from inkling.recognition.classifier import Classifier
    from inkling.recognition.results import Reading

log = logging.getLogger(__name__)

T = TypeVar("T")


class Desk:
    """Where files are read."""

    def __init__(self) -> None:
        self._limiter = CapacityLimiter(usable_cores())

    async def run(self, work: Callable[..., T], *arguments: Any) -> T:
        """Do some work in a thread, once a core is free for it."""
        return await to_thread.run_sync(work, *arguments, limiter=self._limiter)

    async def classifier(self, name: str) -> Classifier:
        """A model.

        Args:
            name: its folder under `model/`, or its title.

        Raises:
            ApiError: there is no such model, or it cannot be used.
        """
        # Not in the queue for a core: loading it is quick, and most requests find it loaded.
        return await to_thread.run_sync(_classifier, name)

    async def most_bytes(self) -> int:
        """How many bytes a file may have.

        Raises:
            ApiError: the setting of this limit is wrong.
        """
        return await to_thread.run_sync(_most_bytes)

    async def readings(
        self, content: bytes, name: str, model: str, client: str
    ) -> AsyncGenerator[Reading]:
        """Read a file, page by page, in the pool. What waits is cancelled with this generator.

        Args:
            content: its bytes.
            name: its name.
            model: the classifier, a folder under `model/`.
            client: who asks, by its address. Clients and visitors take turns.

        Yields:
            What each page says.

        Raises:
            ApiError: it cannot be opened, or a network is missing. The pages of a long file before
                the damage have been yielded by then.
        """
        # Imported where it is needed, because the first page of the app waits for this module.
        from inkling.serving.pool import reading_pool
        from inkling.serving.worker import reading_of

        for number in count(1):
            with _answered():
                future = await to_thread.run_sync(
                    reading_pool().submit, reading_of, content, name, number, model, client
                )
                reading = await asyncio.wrap_future(future)
            if reading is None:
                return
            yield reading

    async def digit(
        self, content: bytes, name: str, classifier: Classifier
    ) -> tuple[dict[str, Any], bool]:
        """Classify the only digit of a picture, or of the first page of a file.

        Returns:
            What `classify --format json` writes about it, and whether it is sure.

        Raises:
            ApiError: the picture cannot be opened.
        """
        return await self.run(_digit, content, name, classifier)


@contextmanager
def _answered() -> Iterator[None]:
    """Turn what may be wrong with a file or with the models into answers."""
    from inkling.imaging.load import PhotoError
    from inkling.reports.files import ReportError
    from inkling.serving.errors import PoolBusyError, PoolError

    try:
        yield
    except PoolBusyError as problem:
        raise ApiError(503, str(problem), {"Retry-After": str(RETRY_AFTER)}) from None
    except (PhotoError, PoolError) as problem:
        raise ApiError(422, str(problem)) from None
    except ReportError as problem:
        # The sentence may name folders of the server.
        log.error("reading: %s", problem)
        raise ApiError(503, "A model cannot be used. See the server's log.") from None
    except MemoryError:
        raise ApiError(413, "The file needs more memory than is available.") from None


def _classifier(name: str) -> Classifier:
    from inkling.recognition.classifier import load
    from inkling.reports.names import find_model, no_model

    found = find_model(name)
    if found is None:
        raise ApiError(422, no_model(name))
    with _answered():
        return load(found)


def _most_bytes() -> int:
    from inkling.imaging.load import Limits, PhotoError

    try:
        return Limits.configured().bytes
    except PhotoError as problem:
        raise ApiError(503, str(problem)) from None


def _digit(content: bytes, name: str, classifier: Classifier) -> tuple[dict[str, Any], bool]:
    from inkling.imaging import ink
    from inkling.imaging.load import open_pages
    from inkling.reader.drawing import export_digit, read_digit

    with _answered(), closing(open_pages(content, name)) as pages:
        page = next(pages)
        _, prediction = read_digit(ink.from_image(page.image), classifier)
    is_sure = prediction is not None and prediction.is_sure
    return export_digit(page.file, prediction, classifier.labels), is_sure
