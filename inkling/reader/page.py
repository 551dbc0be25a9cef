"""Reading a photographed or scanned page: from the picture to a `Reading`.

The page model finds digits (`layout.centres`) and makes lines of them (`layout.rows`). Cuts of the
lines go to the line model (`recognition.cut_reader`). What it reads becomes numbers (`assembly`)
with confidences (`verdicts`), and numbers that align become tables (`grid`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from inkling.engine import ModelFileError
from inkling.imaging.load import Page
from inkling.imaging.pixels import Pixels
from inkling.layout import centres, page_model, rows
from inkling.layout.centres import Digits, InkMap
from inkling.layout.cut import Pyramid, cut_line
from inkling.layout.page_model import PageModel
from inkling.layout.ruled_tables import find_ruled_tables
from inkling.layout.tilt import TiltWeights, with_tilt
from inkling.reader import config, verdicts
from inkling.reader.assembly import LineTokens, assemble
from inkling.reader.deadline import NO_DEADLINE, Deadline
from inkling.reader.grid import find_lines, in_ruled_tables, with_cells
from inkling.reader.reading import to_reading, turned
from inkling.reader.tokens import Token, found_digits, tokens_of
from inkling.reader.turns import is_upside_down, quarter_turns
from inkling.recognition import line_model
from inkling.recognition.classifier import Classifier
from inkling.recognition.cut_reader import LINE_MODEL_ALONE, MAX_APART, STRUCK, read_cut
from inkling.recognition.expectation import Expectation
from inkling.recognition.line_model import LineModel
from inkling.recognition.results import Reading
from inkling.reports.files import ReportError

# From so many pixels on, a page and the page model are not in memory together for longer than it
# takes to find the digits. Photos of phones have 12 or, rarely, some 50 million.
LARGE_PAGE = 16_000_000


@dataclass(frozen=True, slots=True, eq=False)
class PageTokens:
    """What a picture says.

    Attributes:
        digits: as the page model found them.
        lines: from top to bottom.
        unread: row numbers of the digits, side by side, that the line model does not read.
    """

    digits: Digits
    lines: tuple[LineTokens, ...]
    unread: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Networks:
    """The two networks of the reader, and what their evidence counts.

    Attributes:
        page: finds the digits of a picture.
        line: reads its cuts.
        weights: float64 (len(cut_reader.EVIDENCE),), how much each counts for a cut's text.
        joint: joins digits to numbers.
        tilt: says how the writing of a picture is tilted.
    """

    page: PageModel
    line: LineModel
    weights: NDArray[np.float64] = field(default_factory=lambda: LINE_MODEL_ALONE)
    joint: rows.Joint = rows.LINK_ALONE
    tilt: TiltWeights = field(default_factory=TiltWeights)


@lru_cache(maxsize=1)
def load_networks() -> Networks:
    """The networks under `model/`, loaded once per process.

    Raises:
        ReportError: one of them, or the fitted weights, is missing or damaged.
    """
    try:
        fitted = config.load()
        return Networks(
            page_model.load(), line_model.load(), fitted.weights, fitted.joint, fitted.tilt
        )
    except ModelFileError as problem:
        raise ReportError(
            f"Pictures cannot be read: {problem} Restore it from the repository or train it again."
        ) from None


def detect(networks: Networks, image: Pixels) -> tuple[Digits, list[InkMap]]:
    """The digits of a picture, with the tilt of its writing, and its ink at each scale.

    Args:
        networks: the page model finds the digits.
        image: uint8 (height, width, 3), RGB.
    """
    digits, maps = centres.detect(networks.page, image)
    return with_tilt(digits, maps, networks.tilt), maps


def read_upright(
    page: Page,
    classifier: Classifier,
    deadline: Deadline = NO_DEADLINE,
    networks: Networks | None = None,
) -> tuple[Page, Reading]:
    """Read a page of handwritten numbers, turned first if it lies on its side or upside down.

    Args:
        page: a picture.
        classifier: of glyphs.
        deadline: lines for which the time is too short are left out, with a warning.
        networks: by default those under `model/`.

    Returns:
        The page as it was read, and what it says.

    Raises:
        ReportError: a network or what is fitted of the reader is missing or damaged.
    """
    networks = networks or load_networks()
    if deadline.is_over():
        return page, to_reading(page, [], deadline)
    page, found = _upright(page, networks, deadline)
    if page.width * page.height > LARGE_PAGE:
        networks.page.release()
    return page, _read(page, found, classifier, deadline, networks)


def read_page(
    page: Page,
    classifier: Classifier,
    deadline: Deadline = NO_DEADLINE,
    networks: Networks | None = None,
    expected: Expectation | None = None,
) -> Reading:
    """Read a page as it lies (see `read_upright`).

    Args:
        page, classifier, deadline, networks: see `read_upright`.
        expected: what is probable before the page is seen, where it is one field of a form.
    """
    networks = networks or load_networks()
    if deadline.is_over():
        return to_reading(page, [], deadline)
    found = detect(networks, page.image)
    return _read(page, found, classifier, deadline, networks, expected)


def _read(
    page: Page,
    found: tuple[Digits, list[InkMap]],
    classifier: Classifier,
    deadline: Deadline,
    networks: Networks,
    expected: Expectation | None = None,
) -> Reading:
    """What an upright page says whose digits were found."""
    tokens = _read_found(page.image, found, networks, classifier, deadline, expected)
    fitted = config.load()
    existence = None if is_of_one_digit(tokens.digits) else fitted.existence
    judged = verdicts.judge(
        verdicts.number_features(tokens.lines, tokens.digits, classifier),
        fitted.reliability,
        existence,
        verdicts.surroundings(tokens.lines, tokens.digits, tokens.unread),
    )
    lines = judged.lines
    if lines:
        height = float(np.median(tokens.digits.height))
        lines = in_ruled_tables(lines, find_ruled_tables(page.image, height))
        lines = with_cells(lines, rows.tilt(tokens.digits))
    left_out = (
        *verdicts.crossed_out(tokens.lines),
        *judged.doubtful,
        *verdicts.not_read(tokens.digits, tokens.unread),
    )
    return to_reading(page, lines, deadline, left_out)


def _upright(
    page: Page, networks: Networks, deadline: Deadline
) -> tuple[Page, tuple[Digits, list[InkMap]]]:
    """A page, turned if it must be, with its digits and its ink."""
    found = detect(networks, page.image)
    turns = quarter_turns(networks.page, page.image, found[0], deadline)
    upright = page
    if turns:
        upright = turned(page, turns)
        found = detect(networks, upright.image)
    if not deadline.is_over() and is_upside_down(upright.image, found, networks.line):
        turns = (turns + 2) % 4
        upright = turned(page, turns) if turns else page
        found = detect(networks, upright.image)
    return upright, found


def read_tokens(
    image: Pixels, networks: Networks, classifier: Classifier, deadline: Deadline = NO_DEADLINE
) -> PageTokens:
    """Read an upright picture.

    Args:
        image: uint8 (height, width, 3), RGB.
        networks: find its digits and read its cuts.
        classifier: of glyphs.
        deadline: lines for which the time is too short are left out.
    """
    found = detect(networks, image)
    return _read_found(image, found, networks, classifier, deadline)


def _read_found(
    image: Pixels,
    found_in: tuple[Digits, list[InkMap]],
    networks: Networks,
    classifier: Classifier,
    deadline: Deadline,
    expected: Expectation | None = None,
) -> PageTokens:
    """Read the lines of the digits that were found in an upright picture.

    Args:
        image: uint8 (height, width, 3), RGB.
        found_in: its digits and its ink, as `detect` found them.
        networks: read the cuts.
        classifier: of glyphs.
        deadline: lines for which the time is too short are left out.
        expected: which texts are probable before the picture is seen.
    """
    digits, maps = found_in
    if deadline.is_over():
        return PageTokens(digits, ())
    has_digits = is_of_one_digit(digits)
    read_text = partial(read_cut, networks.line, has_digits=has_digits, expected=expected)
    pyramid = Pyramid([image])
    size = (image.shape[1], image.shape[0])
    read: list[tuple[rows.Line, list[Token], dict[int, int]]] = []
    count = 0
    lines = find_lines(digits, networks.joint)
    is_in_line = np.zeros(len(digits), np.bool_)
    is_in_line[[digit for line in lines for digit in line.digits]] = True
    for line in lines:
        if deadline.is_over():
            break
        tokens: list[Token] = []
        found: dict[int, int] = {}
        for cut in cut_line(pyramid, maps, digits, line.digits, line.angle):
            known = found_digits(digits, cut, classifier)
            text = read_text(cut.image, known, networks.weights)
            others = is_in_line.copy()
            others[cut.digits] = False
            tokens += tokens_of(digits, cut, text, count, size, np.flatnonzero(others).tolist())
            found[count] = len(cut.digits)
            count += 1
        read.append((line, tokens, found))
    tokens = [token for _, tokens, _ in read for token in tokens]
    double = _doubles(tokens)
    return PageTokens(
        digits,
        tuple(
            assemble(
                [token for token in tokens if token not in double],
                line,
                found,
                is_one_text=expected is not None,
            )
            for line, tokens, found in read
        ),
        tuple(_unread(digits, [line for line, *_ in read], tokens)),
    )


def is_of_one_digit(digits: Digits) -> bool:
    """Whether a picture shows one thing that may be a digit: then it is sent for that digit."""
    return len(digits) == 1


def _unread(
    digits: Digits, lines: Sequence[rows.Line], tokens: Sequence[Token]
) -> Iterator[tuple[int, ...]]:
    """The digits of lines that are no character, those side by side together."""
    is_read = np.zeros(len(digits), np.bool_)
    is_read[[token.digit for token in tokens if token.digit is not None]] = True
    for token in tokens:
        if token.label == STRUCK:
            x, y, width, height = token.box
            is_read |= (np.abs(digits.x - x - width / 2.0) < width / 2.0) & (
                np.abs(digits.y - y - height / 2.0) < height / 2.0
            )
    for line in lines:
        for number in line.numbers:
            for read, run in groupby(number, key=lambda digit: bool(is_read[digit])):
                if not read:
                    yield tuple(run)


def _doubles(tokens: Sequence[Token]) -> set[Token]:
    """Characters that two cuts have read: all but the one whose digit was found, if any was.

    A cut reaches beyond its digits, so it may read some of the line above, below or beside it.
    """
    middles = np.array(
        [(t.box[0] + t.box[2] / 2.0, t.box[1] + t.box[3] / 2.0) for t in tokens]
    ).reshape(-1, 2)
    double: set[Token] = set()
    # Those whose digit was found come first, then those of longer cuts.
    sizes = Counter(token.cut for token in tokens)
    order = sorted(
        range(len(tokens)), key=lambda k: (tokens[k].digit is None, -sizes[tokens[k].cut])
    )
    for place, k in enumerate(order):
        token = tokens[k]
        if token.digit is not None or place == 0:
            continue
        before = [
            j for j in order[:place] if tokens[j].cut != token.cut and tokens[j] not in double
        ]
        away = np.hypot(*(middles[before] - middles[k]).T)
        if (away < MAX_APART * token.height).any():
            double.add(token)
    return double
