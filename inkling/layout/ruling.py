"""The long straight lines of ruled paper, frames and tables, taken off without their writing."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import BOX_LEVEL, Pixels, stroke_width
from inkling.layout.components import digit_height

# A rule is straight for this part of the picture's width or height, ...
RULE_LENGTH = 0.2
# ... for this many digit heights, or the stem of a 9 would be one, ...
RULE_HEIGHTS = 3.0
# ... and no thicker than this many pen strokes.
RULE_STROKES = 2.5
CROP_RULE_STROKES = 1.9
CROP_RULE_HEIGHTS = 2.2
# In a picture cut close around a number, this part of its width will do.
RULE_ACROSS = 0.9
# A line under a number runs for so many digit heights, and leans by that part of them.
UNDERLINE = 1.3
UNDERLINE_SLACK = 0.1
# Bars narrower than this part of their height are ticks where they join two rules.
TICK = 0.35
# A picture's upright lines are darker than what lies this far around them, in pixels, by this part
# of black, in so many of all rows; they lean by this at most, and end where they are so much
# fainter than at their darkest.
AROUND = 10
DARKER = 0.05
ROWS = 0.8
LEANS = np.linspace(-0.04, 0.04, 17)
FAINTER = 0.2
# Digits of a picture that has them are lower than this part of it.
LOWER = 0.4


def remove_ruling_lines(ink: Pixels, *, is_crop: bool = False) -> Pixels:
    """Ink without the long straight lines of ruled paper, frames and tables.

    A rule is taken away only where it runs alone: a stroke that crosses it stays whole.
    """
    height, width = ink.shape
    mask = ink >= BOX_LEVEL
    digit = digit_height(ink, is_crop=is_crop)
    strokes = CROP_RULE_STROKES if is_crop else RULE_STROKES
    thickness = max(3, round(strokes * stroke_width(ink)))
    rules, crossings = np.zeros_like(mask), np.ones_like(mask)
    for size, upright in ((width, False), (height, True)):
        length = round(max(24.0, RULE_LENGTH * size, RULE_HEIGHTS * digit))
        if is_crop and not upright:
            # What runs through nearly all of it is a rule, however short.
            length = round(min(max(0.4 * size, CROP_RULE_HEIGHTS * digit), RULE_ACROSS * size))
        # A rule that leans by a pixel or two is still found in the thickened ink.
        found = _opened(_dilated(mask, 3, not upright), length, upright) & mask
        found = _dilated(found, 3, not upright) & mask
        # Where the ink is thicker than a rule, measured across it, a stroke crosses it.
        rules |= found & ~_opened(mask, thickness + 1, not upright)
        crossings &= found
    # Squared paper's rules are long both ways where they cross.
    rules |= crossings
    is_line = is_crop and width >= height
    if not is_line:
        if rules.any():
            # What rules had tied together does not tell how high digits are.
            digit = digit_height(np.where(rules, 0, ink).astype(np.uint8), is_crop=is_crop)
        rules |= _underlines(mask, digit, thickness)
    if not rules.any():
        return ink
    if not is_line:
        # Between the rules above and below a single line stand digits.
        rules |= _ticks(mask & ~rules, rules)
    # The rim of a rule is softer than the level it was found at.
    rim = _dilated(_dilated(rules, 3, True), 3, False) & ~mask
    clean = ink.copy()
    clean[rules | rim] = 0
    return clean


def remove_components_on(ink: Pixels, lines: NDArray[np.bool_]) -> Pixels:
    """Ink without the parts that lie wholly on lines, as `vertical_lines` finds them: there the ink is
    broken, and each part of it may look like a 1.

    Args:
        ink: uint8 (h, w).
        lines: bool (h, w).
    """
    number, labels, stats, _ = cv2.connectedComponentsWithStats(
        (ink >= BOX_LEVEL).astype(np.uint8), connectivity=8
    )
    inside = np.bincount(labels[lines], minlength=number)
    # What hangs together with a digit stays.
    gone = inside >= stats[:, cv2.CC_STAT_AREA]
    gone[0] = False
    if not gone.any():
        return ink
    rim = _dilated(_dilated(gone[labels], 3, True), 3, False) & (labels == 0)
    clean = np.where(gone[labels] | rim, 0, ink).astype(np.uint8)
    # A picture cut close around a digit may be nothing but its stem.
    return clean if 0 < digit_height(clean, is_crop=True) < LOWER * ink.shape[0] else ink


def vertical_lines(darkness: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Where upright lines run through a whole picture, such as a form's edge or a book's fold: in
    the darkness they are whole, however faint.

    Args:
        darkness: float32 (h, w), as `ink.darkness_of` gives it.
    """
    height, width = darkness.shape
    around = cv2.blur(darkness, (2 * AROUND + 1, 1), borderType=cv2.BORDER_REPLICATE)
    darker = darkness - around
    found = np.zeros(darkness.shape, np.uint8)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    for lean in LEANS.tolist():
        matrix = np.array([[1.0, lean, -lean * height / 2.0], [0.0, 1.0, 0.0]], np.float32)
        upright = cv2.warpAffine(darker, matrix, (width, height), flags=flags)
        # What most rows of a column have at least.
        least = np.percentile(upright, 100.0 * (1.0 - ROWS), axis=0)
        mean = upright.mean(axis=0)
        band = np.zeros(width, np.uint8)
        for column in np.flatnonzero(least > DARKER).tolist():
            left = right = column
            while left > 0 and mean[left - 1] > FAINTER * mean[column]:
                left -= 1
            while right < width - 1 and mean[right + 1] > FAINTER * mean[column]:
                right += 1
            band[max(0, left - 1) : right + 2] = 1
        lines = np.repeat(band[None], height, axis=0)
        leant = cv2.warpAffine(lines, matrix, (width, height), flags=cv2.INTER_NEAREST)
        found |= np.asarray(leant, np.uint8)
    return np.asarray(found > 0)


def _underlines(mask: NDArray[np.bool_], digit: float, thickness: int) -> NDArray[np.bool_]:
    """Short lines drawn by hand under a number: straight for longer than any digit is wide."""
    slack = max(3, round(UNDERLINE_SLACK * digit)) | 1
    length = max(12, round(UNDERLINE * digit))
    found = _opened(_dilated(mask, slack, True), length, False) & mask
    return found & ~_opened(mask, thickness + 1, True)


def _ticks(mask: NDArray[np.bool_], rules: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Upright bars that stand between two rules, from one to the other: a form's, not a 1."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    near = _dilated(_dilated(rules, 7, True), 9, False)
    gone = np.zeros(len(stats), bool)
    for number, (x, y, width, height, _) in enumerate(stats.tolist()):
        if number and width <= TICK * height:
            ends = near[y, x : x + width].any(), near[y + height - 1, x : x + width].any()
            gone[number] = all(ends)
    return np.asarray(gone[labels])


def _bar(length: int, upright: bool) -> Pixels:
    return np.ones((length, 1) if upright else (1, length), np.uint8)


def _opened(mask: NDArray[np.bool_], length: int, upright: bool) -> NDArray[np.bool_]:
    """The parts of a mask in which a bar of that length fits."""
    out = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, _bar(length, upright))
    return np.asarray(out > 0)


def _dilated(mask: NDArray[np.bool_], length: int, upright: bool) -> NDArray[np.bool_]:
    return np.asarray(cv2.dilate(mask.astype(np.uint8), _bar(length, upright)) > 0)
