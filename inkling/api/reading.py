"""Reading off the event loop: as many pages at once as there are cores."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from anyio import CancelScope, CapacityLimiter, to_thread

from inkling.api.errors import ApiError

if TYPE_CHECKING:
    from inkling.imaging.load import Page
    from inkling.recognition.classifier import Classifier
    from inkling.recognition.results import Reading

log = logging.getLogger(__name__)

# Longest time for reading a page, in seconds. Most take less than two.
TIMEOUT = 15.0

T = TypeVar("T")


def usable_cores() -> int:
    """The number of processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Desk:
    """Where files are read, in threads of this process."""

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
        self, content: bytes, name: str, classifier: Classifier
    ) -> AsyncGenerator[Reading]:
        """Read a file, page by page.

        Args:
            content: its bytes.
            name: its name.
            classifier: of glyphs.

        Yields:
            What each page says.

        Raises:
            ApiError: it cannot be opened, or a network is missing. The pages of a long file before
                the damage have been yielded by then.
        """
        pages = await self.run(_open, content, name)
        try:
            while (reading := await self.run(_next_reading, pages, classifier)) is not None:
                yield reading
        finally:
            # Also when the client has gone, which cancels everything here.
            with CancelScope(shield=True):
                await self.run(pages.close)

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

    try:
        yield
    except PhotoError as problem:
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


def _open(content: bytes, name: str) -> Generator[Page]:
    # Imported where it is needed, because the first page of the app waits for this module.
    from inkling.imaging.load import open_pages

    return open_pages(content, name)


def _next_reading(pages: Iterator[Page], classifier: Classifier) -> Reading | None:
    """What the next page says; None after the last one."""
    from inkling.deadline import Deadline
    from inkling.reader.page import read_upright

    with _answered():
        page = next(pages, None)
        if page is None:
            return None
        return read_upright(page, classifier, Deadline(TIMEOUT))[1]


def _digit(content: bytes, name: str, classifier: Classifier) -> tuple[dict[str, Any], bool]:
    from inkling.imaging import ink
    from inkling.reader.drawing import export_digit, read_digit

    with _answered(), closing(_open(content, name)) as pages:
        page = next(pages)
        _, prediction = read_digit(ink.from_image(page.image), classifier)
    is_sure = prediction is not None and prediction.is_sure
    return export_digit(page.file, prediction, classifier.labels), is_sure
