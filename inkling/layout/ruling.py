"""Remove the long straight lines of ruled paper, frames and tables, and keep the writing."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import BOX_LEVEL, Pixels, stroke_width
from inkling.layout.components import digit_height

# A ruling line is at least this long: in parts of the picture's width or height, in digit heights
# (the stem of a 9 is shorter), and in pixels.
MIN_LENGTH = 0.2
MIN_LENGTH_DIGITS = 3.0
MIN_LENGTH_PIXELS = 24.0
# In a crop, a horizontal ruling line is at least this long: in parts of the width and in digit
# heights. CROP_LONG_ENOUGH of the width is always enough.
CROP_MIN_LENGTH = 0.4
CROP_MIN_LENGTH_DIGITS = 2.2
CROP_LONG_ENOUGH = 0.9
# A ruling line is at most this thick, in stroke widths of the pen.
MAX_THICKNESS = 2.5
CROP_MAX_THICKNESS = 1.9
# A line under a number is at least this long and slopes by at most this much, in digit heights.
UNDERLINE_LENGTH = 1.3
UNDERLINE_SLOPE = 0.1
# A bar that connects two ruling lines belongs to a form when its width is at most this part of its
# height.
TICK_ASPECT = 0.35
# A vertical line is darker than the mean of the pixels at most NEIGHBOURS beside it, by at least
# MIN_CONTRAST of black, in at least MIN_ROWS of all rows.
NEIGHBOURS = 10
MIN_CONTRAST = 0.05
MIN_ROWS = 0.8
# It leans by one of these, in pixels sideways for each pixel down.
LEANS = np.linspace(-0.04, 0.04, 17)
# Its sides end where its contrast falls to this part of its largest contrast.
SIDE_CONTRAST = 0.2
# Digits beside vertical lines are lower than this part of the picture's height. In a picture with
# higher digits, which is cut close around a digit, a vertical line is a digit's stem.
MAX_DIGIT_HEIGHT = 0.4


def remove_ruling_lines(ink: Pixels, *, is_crop: bool = False) -> Pixels:
    """Remove the long straight lines of ruled paper, frames and tables from ink.

    A line is removed only where nothing crosses it: the strokes that cross it stay whole.

    Args:
        ink: uint8 (h, w).
        is_crop: whether the picture is cut close around a line or two.

    Returns:
        uint8 (h, w); `ink` itself when it has no ruling lines.
    """
    height, width = ink.shape
    mask = ink >= BOX_LEVEL
    digit = digit_height(ink, is_crop=is_crop)
    strokes = CROP_MAX_THICKNESS if is_crop else MAX_THICKNESS
    thickness = max(3, round(strokes * stroke_width(ink)))
    ruling = _long_lines(mask, digit, thickness, is_crop=is_crop)
    is_line = is_crop and width >= height
    if not is_line:
        if ruling.any():
            # Measured again, because ruling lines may have connected digits to one component.
            digit = digit_height(np.where(ruling, 0, ink).astype(np.uint8), is_crop=is_crop)
        ruling |= _underlines(mask, digit, thickness)
    if not ruling.any():
        return ink
    if not is_line:
        # Not in a crop of a single line: there, digits stand between the lines above and below.
        ruling |= _ticks(mask & ~ruling, ruling)
    # A line's rim is fainter than the level at which the line was found.
    rim = _grown(ruling) & ~mask
    clean = ink.copy()
    clean[ruling | rim] = 0
    return clean


def remove_components_on(ink: Pixels, lines: NDArray[np.bool_]) -> Pixels:
    """Remove components that lie wholly on lines. Each part of a broken line may look like a 1.

    Args:
        ink: uint8 (h, w).
        lines: bool (h, w), as `vertical_lines` returns them.

    Returns:
        uint8 (h, w); `ink` itself when the lines are strokes of a digit.
    """
    number, labels, stats, _ = cv2.connectedComponentsWithStats(
        (ink >= BOX_LEVEL).astype(np.uint8), connectivity=8
    )
    inside = np.bincount(labels[lines], minlength=number)
    # A component that also covers other pixels may be connected to a digit, and stays.
    removed = inside >= stats[:, cv2.CC_STAT_AREA]
    removed[0] = False
    if not removed.any():
        return ink
    rim = _grown(removed[labels]) & (labels == 0)
    clean = np.where(removed[labels] | rim, 0, ink).astype(np.uint8)
    is_plausible = 0 < digit_height(clean, is_crop=True) < MAX_DIGIT_HEIGHT * ink.shape[0]
    return clean if is_plausible else ink


def vertical_lines(darkness: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Find vertical lines through a whole picture, such as a form's edge or a book's fold.

    They are searched for in the darkness, in which they are unbroken however faint they are.

    Args:
        darkness: float32 (h, w), as `ink.darkness_of` returns it.

    Returns:
        bool (h, w), True on the lines.
    """
    height, width = darkness.shape
    around = cv2.blur(darkness, (2 * NEIGHBOURS + 1, 1), borderType=cv2.BORDER_REPLICATE)
    contrast = darkness - around
    found = np.zeros(darkness.shape, np.uint8)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    for lean in LEANS.tolist():
        matrix = np.array([[1.0, lean, -lean * height / 2.0], [0.0, 1.0, 0.0]], np.float32)
        straightened = cv2.warpAffine(contrast, matrix, (width, height), flags=flags)
        # The contrast that MIN_ROWS of a column's rows reach.
        reached = np.percentile(straightened, 100.0 * (1.0 - MIN_ROWS), axis=0)
        mean = straightened.mean(axis=0)
        band = np.zeros(width, np.uint8)
        for column in np.flatnonzero(reached > MIN_CONTRAST).tolist():
            left = right = column
            while left > 0 and mean[left - 1] > SIDE_CONTRAST * mean[column]:
                left -= 1
            while right < width - 1 and mean[right + 1] > SIDE_CONTRAST * mean[column]:
                right += 1
            band[max(0, left - 1) : right + 2] = 1
        lines = np.repeat(band[None], height, axis=0)
        leaning = cv2.warpAffine(lines, matrix, (width, height), flags=cv2.INTER_NEAREST)
        found |= np.asarray(leaning, np.uint8)
    return np.asarray(found > 0)


def _long_lines(
    mask: NDArray[np.bool_], digit: float, thickness: int, *, is_crop: bool
) -> NDArray[np.bool_]:
    """Where long horizontal and vertical lines run, without the strokes that cross them."""
    height, width = mask.shape
    lines, crossings = np.zeros_like(mask), np.ones_like(mask)
    for size, upright in ((width, False), (height, True)):
        length = round(max(MIN_LENGTH_PIXELS, MIN_LENGTH * size, MIN_LENGTH_DIGITS * digit))
        if is_crop and not upright:
            least = max(CROP_MIN_LENGTH * size, CROP_MIN_LENGTH_DIGITS * digit)
            length = round(min(least, CROP_LONG_ENOUGH * size))
        # In thickened ink, a line that slopes by a pixel or two is found as well.
        found = _opened(_dilated(mask, 3, not upright), length, upright) & mask
        found = _dilated(found, 3, not upright) & mask
        # Ink thicker than a ruling line, measured across it, is a stroke that crosses it.
        lines |= found & ~_opened(mask, thickness + 1, not upright)
        crossings &= found
    # Where the lines of squared paper cross, both are found.
    return lines | crossings


def _underlines(mask: NDArray[np.bool_], digit: float, thickness: int) -> NDArray[np.bool_]:
    """Lines drawn by hand under a number: straight for longer than any digit is wide."""
    slope = max(3, round(UNDERLINE_SLOPE * digit)) | 1
    length = max(12, round(UNDERLINE_LENGTH * digit))
    found = _opened(_dilated(mask, slope, True), length, False) & mask
    return found & ~_opened(mask, thickness + 1, True)


def _ticks(mask: NDArray[np.bool_], ruling: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Upright bars that reach from one ruling line to another: part of a form, not a 1."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    near = _dilated(_dilated(ruling, 7, True), 9, False)
    are_ticks = np.zeros(len(stats), bool)
    for number, (x, y, width, height, _) in enumerate(stats.tolist()):
        if number and width <= TICK_ASPECT * height:
            ends = near[y, x : x + width].any(), near[y + height - 1, x : x + width].any()
            are_ticks[number] = all(ends)
    return np.asarray(are_ticks[labels])


def _bar(length: int, upright: bool) -> Pixels:
    return np.ones((length, 1) if upright else (1, length), np.uint8)


def _opened(mask: NDArray[np.bool_], length: int, upright: bool) -> NDArray[np.bool_]:
    """The parts of a mask into which a bar of this length fits."""
    out = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, _bar(length, upright))
    return np.asarray(out > 0)


def _dilated(mask: NDArray[np.bool_], length: int, upright: bool) -> NDArray[np.bool_]:
    return np.asarray(cv2.dilate(mask.astype(np.uint8), _bar(length, upright)) > 0)


def _grown(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A mask with one more pixel all around."""
    return _dilated(_dilated(mask, 3, True), 3, False)
