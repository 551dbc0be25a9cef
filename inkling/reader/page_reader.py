"""The learned reader: a picture to lines of numbers, along the page model and the line model."""

from __future__ import annotations

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
from inkling.reader.tokens import Token, tokens_of
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
    lines = []
    for line in rows.find_lines(digits):
        if deadline.is_over():
            break
        tokens: list[Token] = []
        for number, cut in enumerate(cut_line(pyramid, maps, digits, line.digits, line.angle)):
            text = read_cut(line_model, cut.image)
            tokens += tokens_of(digits, cut, text, number, size)
        lines.append(assemble(tokens, line))
    return PageTokens(digits, tuple(lines))


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
