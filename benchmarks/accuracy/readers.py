"""Programs that read pictures behind one interface, and what they read on labelled pictures."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.accuracy import photo_sets
from benchmarks.accuracy.photo_sets import LabelledPicture, Score
from benchmarks.accuracy.rivals import RapidOCR, Rival, rivals
from inkling.imaging import ink
from inkling.imaging.load import Page, open_pages
from inkling.reader.deadline import Deadline
from inkling.reader.drawing import read_digit
from inkling.reader.page import read_upright
from inkling.recognition.classifier import Classifier
from inkling.recognition.results import Reading

INKLING = "Inkling"
# Inkling, told that each picture holds one digit: `python -m inkling classify`.
CLASSIFY = "Inkling classify"
# RapidOCR, not told that a picture holds one line.
WITHOUT_HINTS = "RapidOCR without hints"
# A message is printed after so many pictures.
PROGRESS = 100


# Reads a page, turned upright first; gives the page as it was read, too.
ReadUpright = Callable[[Page, Classifier, Deadline], tuple[Page, Reading]]


class LineRead(NamedTuple):
    """A line, and whether its reader is sure of it; None if the reader does not say."""

    text: str
    is_sure: bool | None = None


class ReadPage(Protocol):
    """Reads a page."""

    def __call__(self, page: Page, single_line: bool, /) -> list[LineRead]:
        """The lines of a page; `single_line` says whether it is known to hold a single line."""
        ...


class Reader(NamedTuple):
    """A program that is measured.

    Attributes:
        name: of the program.
        version: of the program, or its model.
        read: reads the lines of a page.
        read_upright: reads a page with its cells; None for a program that knows none.
    """

    name: str
    version: str
    read: ReadPage
    read_upright: ReadUpright | None = None


@dataclass(frozen=True, slots=True)
class PictureResult:
    """What a reader read on one picture.

    Attributes:
        picture: the picture and its truth.
        lines: the lines that were read; one at most if lines were joined.
        score: how much of it is right.
        wall: the seconds that it took.
        cpu: the seconds of processor that it took, on all cores together; 0 for a program that
            runs in a process of its own.
    """

    picture: LabelledPicture
    lines: tuple[LineRead, ...]
    score: Score
    wall: float
    cpu: float

    @property
    def is_right(self) -> bool:
        """Whether every line was read without a mistake, and no line more."""
        return self.score.right == self.score.lines and not self.score.extra


def inkling_reader(network: str, model: Classifier, timeout: float | None = None) -> Reader:
    """Inkling, which turns pages upright by itself and gets no hints.

    Args:
        network: the model's name.
        model: the model.
        timeout: the most seconds for a page; what was read by then counts. None for no limit.
    """

    def read(picture: Page, _single_line: bool, /) -> list[LineRead]:
        reading = read_upright(picture, model, Deadline(timeout))[1]
        return [
            LineRead(line.text, all(digit.prediction.is_sure for digit in line.digits))
            for line in reading.lines
        ]

    return Reader(INKLING, network, read, read_upright)


def classifying_reader(network: str, model: Classifier) -> Reader:
    """Inkling, told that each picture holds one digit."""

    def read(page: Page, _single_line: bool, /) -> list[LineRead]:
        _, prediction = read_digit(ink.from_image(page.image), model)
        return [LineRead(prediction.label, prediction.is_sure)] if prediction else []

    return Reader(CLASSIFY, network, read)


def other_readers(names: Sequence[str] | None = None) -> list[Reader]:
    """The other programs, with hints, and RapidOCR without hints as well.

    Args:
        names: the programs; by default all of them.

    Raises:
        MissingRivalError: one of them is not installed.
    """

    def reader(rival: Rival, name: str, *, hints: bool) -> Reader:
        def read(page: Page, single_line: bool, /) -> list[LineRead]:
            return [
                LineRead(line) for line in rival.read(page.image, single_line and hints) if line
            ]

        return Reader(name, rival.version, read)

    readers = []
    for rival in rivals(names):
        readers.append(reader(rival, rival.name, hints=True))
        if isinstance(rival, RapidOCR):
            readers.append(reader(rival, WITHOUT_HINTS, hints=False))
    return readers


def first_page(picture: LabelledPicture) -> Page:
    """The picture, or the first page of its file.

    Raises:
        PhotoError: the file cannot be opened.
    """
    return next(iter(open_pages(picture.path, picture.path.name)))


def joined(lines: Sequence[LineRead]) -> list[LineRead]:
    """The lines as one line, of which the reader is sure if it is sure of each."""
    if not lines:
        return []
    says_if_sure = all(line.is_sure is not None for line in lines)
    is_sure = all(line.is_sure for line in lines) if says_if_sure else None
    return [LineRead("".join(line.text for line in lines), is_sure)]


def read_pictures(
    pictures: Sequence[LabelledPicture], read: ReadPage, *, one_line: bool, hints: bool
) -> list[PictureResult]:
    """Read labelled pictures and score each.

    Args:
        pictures: with their truth.
        read: the reader.
        one_line: whether every picture holds one number, so that lines read are joined.
        hints: whether the reader is told when a picture holds a single line.
    """
    results = []
    for index, picture in enumerate(pictures, 1):
        page = first_page(picture)
        wall, cpu = time.perf_counter(), time.process_time()
        lines = read(page, hints and len(picture.lines) == 1)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        lines = joined(lines) if one_line else lines
        results.append(PictureResult(picture, tuple(lines), _score(picture, lines), wall, cpu))
        if index % PROGRESS == 0:
            print(f"  {index} of {len(pictures)}", file=sys.stderr, flush=True)
    return results


def summed(results: Sequence[PictureResult]) -> Score:
    """The scores of all pictures together."""
    scores = [result.score for result in results]
    says_if_sure = any(score.sure is not None for score in scores)
    return Score(
        right=sum(score.right for score in scores),
        lines=sum(score.lines for score in scores),
        errors=sum(score.errors for score in scores),
        digits=sum(score.digits for score in scores),
        extra=sum(score.extra for score in scores),
        sure=sum(score.sure or 0 for score in scores) if says_if_sure else None,
        sure_right=sum(score.sure_right or 0 for score in scores) if says_if_sure else None,
    )


def _score(picture: LabelledPicture, lines: Sequence[LineRead]) -> Score:
    says_if_sure = bool(lines) and all(line.is_sure is not None for line in lines)
    sure = [bool(line.is_sure) for line in lines] if says_if_sure else None
    return photo_sets.score_lines(picture.lines, [line.text for line in lines], sure)
