"""The learned reader: a picture to lines of numbers, along the page model and the line model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from inkling.deadline import NO_DEADLINE, Deadline
from inkling.engine import ModelFileError
from inkling.imaging.load import Page
from inkling.imaging.pixels import Pixels
from inkling.layout import centres, page_model, rows
from inkling.layout.centres import Digits, InkMap
from inkling.layout.cut import Pyramid, cut_line
from inkling.layout.page_model import PageModel
from inkling.layout.ruled_tables import find_ruled_tables
from inkling.reader import config, verdicts
from inkling.reader.assembly import LineTokens, assemble
from inkling.reader.grid import in_ruled_tables, with_cells
from inkling.reader.reading import to_reading, turned
from inkling.reader.tokens import Token, found_digits, tokens_of
from inkling.reader.turns import is_upside_down, quarter_turns
from inkling.recognition import line_model
from inkling.recognition.classifier import Classifier
from inkling.recognition.cut_reader import LINE_MODEL_ALONE, MAX_APART, read_cut
from inkling.recognition.line_model import LineModel
from inkling.recognition.results import Reading


@dataclass(frozen=True, slots=True, eq=False)
class PageTokens:
    """What a picture says.

    Attributes:
        digits: as the page model found them.
        lines: from top to bottom.
    """

    digits: Digits
    lines: tuple[LineTokens, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Networks:
    """The two networks of the reader.

    Attributes:
        page: finds the digits of a picture.
        line: reads its cuts.
        weights: float64 (len(cut_reader.EVIDENCE),), how much each counts for a cut's text.
    """

    page: PageModel
    line: LineModel
    weights: NDArray[np.float64] = field(default_factory=lambda: LINE_MODEL_ALONE)


def load_networks(line: str) -> Networks:
    """The networks under `model/`, each loaded once per process.

    Args:
        line: the folder of the line model.

    Raises:
        ModelFileError: one of them, or the fitted weights, is missing or damaged.
    """
    found = line_model.load(line)
    if found is None:
        raise ModelFileError(f"model/{line} is missing or damaged.")
    return Networks(page_model.load(), found, config.load().weights)


def read_upright(
    page: Page, networks: Networks, classifier: Classifier, deadline: Deadline = NO_DEADLINE
) -> tuple[Page, Reading]:
    """Read a page, turned first if its digits say that it lies on its side or upside down.

    Returns:
        The page as it was read, and what it says.

    Raises:
        ModelFileError: the fitted confidence is missing or damaged.
    """
    page, found = _upright(page, networks)
    tokens = _read_found(page.image, found, networks, classifier, deadline)
    lines = verdicts.to_lines(tokens.lines, tokens.digits, classifier, config.load().reliability)
    if lines:
        height = float(np.median(tokens.digits.height))
        lines = in_ruled_tables(lines, find_ruled_tables(page.image, height))
        lines = with_cells(lines, rows.tilt(tokens.digits))
    return page, to_reading(page, lines, deadline, verdicts.left_out(tokens.lines))


def _upright(page: Page, networks: Networks) -> tuple[Page, tuple[Digits, list[InkMap]]]:
    """A page, turned if it must be, with its digits and its ink."""
    image = page.image
    found = centres.detect(networks.page, image)
    turns = quarter_turns(networks.page, image, found[0])
    if turns:
        image = np.ascontiguousarray(np.rot90(page.image, turns))
        found = centres.detect(networks.page, image)
    if is_upside_down(image, found, networks.line):
        turns = (turns + 2) % 4
        found = centres.detect(networks.page, np.ascontiguousarray(np.rot90(page.image, turns)))
    return turned(page, turns) if turns else page, found


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
    found = centres.detect(networks.page, image)
    return _read_found(image, found, networks, classifier, deadline)


def _read_found(
    image: Pixels,
    found_in: tuple[Digits, list[InkMap]],
    networks: Networks,
    classifier: Classifier,
    deadline: Deadline,
) -> PageTokens:
    """Read the lines of the digits that were found in an upright picture.

    Args:
        image: uint8 (height, width, 3), RGB.
        found_in: its digits and its ink, as `centres.detect` found them.
        networks: read the cuts.
        classifier: of glyphs.
        deadline: lines for which the time is too short are left out.
    """
    digits, maps = found_in
    pyramid = Pyramid([image])
    size = (image.shape[1], image.shape[0])
    read: list[tuple[rows.Line, list[Token], dict[int, int]]] = []
    count = 0
    lines = rows.find_lines(digits)
    is_in_line = np.zeros(len(digits), np.bool_)
    is_in_line[[digit for line in lines for digit in line.digits]] = True
    for line in lines:
        if deadline.is_over():
            break
        tokens: list[Token] = []
        found: dict[int, int] = {}
        for cut in cut_line(pyramid, maps, digits, line.digits, line.angle):
            known = found_digits(digits, cut, classifier)
            text = read_cut(networks.line, cut.image, known, networks.weights)
            others = is_in_line.copy()
            others[cut.digits] = False
            tokens += tokens_of(digits, cut, text, count, size, np.flatnonzero(others).tolist())
            found[count] = len(cut.digits)
            count += 1
        read.append((line, tokens, found))
    double = _doubles([token for _, tokens, _ in read for token in tokens])
    return PageTokens(
        digits,
        tuple(
            assemble([token for token in tokens if token not in double], line, found)
            for line, tokens, found in read
        ),
    )


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
