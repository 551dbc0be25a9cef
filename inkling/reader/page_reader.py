"""The learned reader: a picture to lines of numbers, along the page model and the line model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inkling.deadline import NO_DEADLINE, Deadline
from inkling.imaging.pixels import Pixels
from inkling.layout import centres, rows
from inkling.layout.centres import Digits
from inkling.layout.cut import Pyramid, cut_line
from inkling.layout.page_model import PageModel
from inkling.reader.assembly import LineTokens, assemble
from inkling.reader.tokens import MAX_APART, Token, tokens_of
from inkling.recognition.cut_reader import read_cut
from inkling.recognition.line_model import LineModel


@dataclass(frozen=True, slots=True, eq=False)
class PageTokens:
    """What a picture says.

    Attributes:
        digits: as the page model found them.
        lines: from top to bottom.
    """

    digits: Digits
    lines: tuple[LineTokens, ...]


def read_tokens(
    image: Pixels, page_model: PageModel, line_model: LineModel, deadline: Deadline = NO_DEADLINE
) -> PageTokens:
    """Read an upright picture.

    Args:
        image: uint8 (height, width, 3), RGB.
        page_model: finds the digits.
        line_model: reads the cuts.
        deadline: lines for which the time is too short are left out.
    """
    digits, maps = centres.detect(page_model, image)
    pyramid = Pyramid([image])
    size = (image.shape[1], image.shape[0])
    read: list[tuple[rows.Line, list[Token], dict[int, int]]] = []
    count = 0
    lines = rows.find_lines(digits)
    in_lines = {digit for line in lines for digit in line.digits}
    for line in lines:
        if deadline.is_over():
            break
        tokens: list[Token] = []
        found: dict[int, int] = {}
        for cut in cut_line(pyramid, maps, digits, line.digits, line.angle):
            text = read_cut(line_model, cut.image)
            others = sorted(in_lines - set(cut.digits))
            tokens += tokens_of(digits, cut, text, count, size, others)
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


def read_upright_tokens(
    image: Pixels, page_model: PageModel, line_model: LineModel, deadline: Deadline = NO_DEADLINE
) -> PageTokens:
    """Read a picture, turned first if its digits say that it lies on its side or upside down."""
    tokens = read_tokens(image, page_model, line_model, deadline)
    turns = quarter_turns(tokens.digits)
    if not turns:
        return tokens
    turned = np.ascontiguousarray(np.rot90(image, turns))
    return read_tokens(turned, page_model, line_model, deadline)


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


def texts(lines: Sequence[LineTokens]) -> list[str]:
    """The digits of each line that has some."""
    found = ["".join(t.label for n in line.numbers for t in n.digits) for line in lines]
    return [text for text in found if text]
