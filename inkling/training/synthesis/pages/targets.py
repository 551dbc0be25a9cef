"""What the page network should say about a made page."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inkling.layout.page_model import STRIDE, STRUCK
from inkling.training.synthesis.pages.make import IGNORED, MadePage
from inkling.training.synthesis.pages.sheet import Written

# Where the channels lie: the ink's class; the heat of centres, 0 to 1; 1 where a digit of an
# upright page is described; 1 where one of any page is; the way to the digit's centre in digit
# heights; the logarithm of its width and height; whether its ink is light; the digit; whether
# another digit of the number follows (-1: not known) and the way to it in digit heights; the
# direction of the line of writing; how the page lies, in quarter turns anticlockwise.
INK, HEAT, OWN, OWN_TURNED = 0, 1, 2, 3
OFFSET = slice(4, 6)
SIZE = slice(6, 8)
IS_LIGHT, DIGIT, HAS_NEXT = 8, 9, 10
NEXT = slice(11, 13)
ANGLE, TURN = 13, 14
CHANNELS = 15
# In INK: not known. It is just above the classes, so that the loss can tell it by comparing.
INK_UNKNOWN = 3
# The spread of a centre's heat, as a part of the digit's size, and at least in pixels.
SPREAD, MIN_SPREAD = 0.17, 2.4
# A square describes the digit whose heat there is at least this.
MIN_OWN_HEAT = 0.3
# A digit's width counts at least as this part of its height.
MIN_WIDTH = 0.35


def targets(page: MadePage, turn: int = 0) -> NDArray[np.float32]:
    """The targets of one page.

    Args:
        page: as it was made, upright.
        turn: quarter turns anticlockwise that the picture is turned by, 0 to 3.

    Returns:
        float32 (height / STRIDE, width / STRIDE, CHANNELS), turned like the picture.
    """
    height, width = page.ink.shape
    answer = np.zeros((height, width, CHANNELS), np.float32)
    answer[..., INK] = np.where(page.ink == IGNORED, INK_UNKNOWN, page.ink)
    digits = [k for k, each in enumerate(page.written) if each.character.isdigit()]
    for place, k in enumerate(digits):
        after = digits[place + 1] if place + 1 < len(digits) else None
        _add_digit(answer, page, k, after)
    answer[..., TURN] = turn
    answer[..., OWN_TURNED] = answer[..., OWN]
    if turn:
        answer[..., OWN] = 0.0
    return np.ascontiguousarray(np.rot90(answer, turn))


def _add_digit(answer: NDArray[np.float32], page: MadePage, index: int, after: int | None) -> None:
    """Add the heat of a digit's centre, and describe the digit around it, in place."""
    digit = page.written[index]
    height, width = answer.shape[:2]
    spread_x = max(MIN_SPREAD, SPREAD * max(digit.width, MIN_WIDTH * digit.height))
    spread_y = max(MIN_SPREAD, SPREAD * digit.height)
    left, right = _squares(digit.x, 3.0 * spread_x, width)
    top, bottom = _squares(digit.y, 3.0 * spread_y, height)
    if left >= right or top >= bottom:
        return
    # The middle of each square, in pixels.
    columns = np.arange(left, right) * STRIDE + (STRIDE - 1) / 2.0
    rows = np.arange(top, bottom) * STRIDE + (STRIDE - 1) / 2.0
    heat = np.exp(-0.5 * ((columns - digit.x) / spread_x) ** 2)[None, :]
    heat = heat * np.exp(-0.5 * ((rows - digit.y) / spread_y) ** 2)[:, None]
    row, column = int(digit.y // STRIDE) - top, int(digit.x // STRIDE) - left
    if 0 <= row < heat.shape[0] and 0 <= column < heat.shape[1]:
        heat[row, column] = 1.0
    area = answer[top:bottom, left:right]
    is_nearest = heat > area[..., HEAT]
    area[..., HEAT] = np.where(is_nearest, heat, area[..., HEAT])
    own = is_nearest & (heat > MIN_OWN_HEAT)
    values = np.zeros((*heat.shape, CHANNELS), np.float32)
    values[..., OWN] = 1.0
    values[..., OFFSET.start] = (digit.x - columns)[None, :] / digit.height
    values[..., OFFSET.start + 1] = (digit.y - rows)[:, None] / digit.height
    values[..., SIZE] = np.log(np.maximum([digit.width, digit.height], 1.0))
    values[..., IS_LIGHT] = page.is_light_on_dark
    values[..., DIGIT] = STRUCK if digit.is_struck else int(digit.character)
    values[..., HAS_NEXT], values[..., NEXT] = _next(page, digit, after)
    values[..., ANGLE] = page.angles[index]
    area[own, OWN:] = values[own, OWN:]


def _next(page: MadePage, digit: Written, after: int | None) -> tuple[float, tuple[float, float]]:
    """Whether a digit of the same number follows, and the way to it in digit heights."""
    if after is None or page.written[after].number != digit.number:
        return 0.0, (0.0, 0.0)
    other = page.written[after]
    x, y = (other.x - digit.x) / digit.height, (other.y - digit.y) / digit.height
    # A digit in between may be outside the picture.
    return (1.0, (x, y)) if abs(x) < 3.0 and abs(y) < 3.0 else (-1.0, (0.0, 0.0))


def _squares(middle: float, reach: float, count: int) -> tuple[int, int]:
    """The first square within reach of a pixel, and the one after the last."""
    first = int(np.floor((middle - reach) / STRIDE))
    last = int(np.floor((middle + reach) / STRIDE)) + 2
    return max(0, first), min(count, last)
