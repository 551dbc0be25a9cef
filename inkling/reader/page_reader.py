"""The learned reader: a picture to lines of numbers, along the page model and the line model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inkling.deadline import NO_DEADLINE, Deadline
from inkling.engine import ModelFileError
from inkling.imaging.load import Page
from inkling.imaging.pixels import Pixels
from inkling.layout import centres, page_model, rows
from inkling.layout.centres import Digits, InkMap
from inkling.layout.cut import Pyramid, cut_line
from inkling.layout.page_model import PageModel
from inkling.reader import reliability, verdicts
from inkling.reader.assembly import LineTokens, assemble
from inkling.reader.grid import with_cells
from inkling.reader.reading import to_reading, turned
from inkling.reader.tokens import MAX_APART, Token, tokens_of
from inkling.recognition import line_model
from inkling.recognition.classifier import Classifier
from inkling.recognition.cut_reader import read_cut
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
    """

    page: PageModel
    line: LineModel


def load_networks(line: str) -> Networks:
    """The networks under `model/`, each loaded once per process.

    Args:
        line: the folder of the line model.

    Raises:
        ModelFileError: one of them is missing or damaged.
    """
    found = line_model.load(line)
    if found is None:
        raise ModelFileError(f"model/{line} is missing or damaged.")
    return Networks(page_model.load(), found)


def read_upright(
    page: Page, networks: Networks, classifier: Classifier, deadline: Deadline = NO_DEADLINE
) -> tuple[Page, Reading]:
    """Read a page, turned first if its digits say that it lies on its side or upside down.

    Returns:
        The page as it was read, and what it says.

    Raises:
        ModelFileError: the fitted confidence is missing or damaged.
    """
    digits, maps = centres.detect(networks.page, page.image)
    turns = quarter_turns(digits)
    if turns:
        page = turned(page, turns)
        digits, maps = centres.detect(networks.page, page.image)
    tokens = _read_found(page.image, digits, maps, networks.line, deadline)
    lines = verdicts.to_lines(tokens.lines, tokens.digits, classifier, reliability.load())
    lines = with_cells(lines, rows.tilt(tokens.digits))
    return page, to_reading(page, lines, deadline, verdicts.left_out(tokens.lines))


def read_tokens(image: Pixels, networks: Networks, deadline: Deadline = NO_DEADLINE) -> PageTokens:
    """Read an upright picture.

    Args:
        image: uint8 (height, width, 3), RGB.
        networks: find its digits and read its cuts.
        deadline: lines for which the time is too short are left out.
    """
    digits, maps = centres.detect(networks.page, image)
    return _read_found(image, digits, maps, networks.line, deadline)


def _read_found(
    image: Pixels, digits: Digits, maps: list[InkMap], model: LineModel, deadline: Deadline
) -> PageTokens:
    """Read the lines of the digits that were found in an upright picture.

    Args:
        image: uint8 (height, width, 3), RGB.
        digits: as `centres.detect` found them.
        maps: the ink, from there, too.
        model: reads the cuts.
        deadline: lines for which the time is too short are left out.
    """
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
            text = read_cut(model, cut.image)
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


def quarter_turns(digits: Digits) -> int:
    """How many quarter turns to the left make a page upright, as its digits say: 0 to 3.

    Args:
        digits: of the picture as it lies.
    """
    if not len(digits):
        return 0
    votes = (digits.turn * digits.score[:, None]).sum(axis=0)
    lies = int(np.argmax(votes))
    return (4 - lies) % 4
