"""Crops: one field of an aligned page, cut out upright, without what is printed there."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.forms.alignment import Alignment, FormPrint, corners_of, flat_ink
from inkling.forms.template import Field
from inkling.imaging.pixels import Pixels

# How much around a field is seen, in parts of its height: digits reach beyond the printed line.
MARGIN = 0.25
# The longer side of the largest crop, and the height of the lowest field, in pixels.
MAX_SIDE, MIN_HEIGHT = 1400, 24
# What is at least so dark on the form, 0 to 255, is print; on the page it covers so many pixels of
# the template more on each side, for what the alignment misses and for its blur.
PRINT_LEVEL, PRINT_RIM, BLUR_RIM = 40, 1.5, 4.0
# Below this level, 0 to 255, is blur of print where print is near, and below the other one is
# paper. Around what is darker, so many pixels are kept.
BLUR_LEVEL, PAPER_LEVEL, KEPT_RIM = 40, 24, 2
# Strokes go on across print that is at most so wide, in pixels of the template with its rims.
MAX_CROSSED = 7.0
# The paper's own colour is averaged over this part of the crop's height.
PAPER_REACH = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Crop:
    """A field as it is read.

    Attributes:
        image: uint8 (h, w, 3), RGB, with some of the page around the field, and print painted over.
        inside: bool (h, w), where the field is.
        ink: uint8 (h, w), what is darker than the form itself is there, 0 is paper.
        matrix: float64 (3, 3), from the crop's pixels to the page.
    """

    image: Pixels
    inside: NDArray[np.bool_]
    ink: Pixels
    matrix: NDArray[np.float64]


def crop_field(
    image: Pixels, form: FormPrint, alignment: Alignment, field: Field, *, filled: bool
) -> Crop:
    """Cut a field out of a page.

    Args:
        image: uint8 (height, width, 3), RGB, the page.
        form: what is printed on it.
        alignment: where that is on the page.
        field: one of the form's.
        filled: whether the template's page is filled in, so that what is in its fields is writing.
    """
    x, y, width, height = field.box
    margin = MARGIN * height
    scale = _scale(alignment, field)
    size = (round((width + 2 * margin) * scale), round((height + 2 * margin) * scale))
    # From the crop to the template, middles of pixels at whole numbers.
    step = 1.0 / scale
    to_form = np.array([[step, 0, x - margin], [0, step, y - margin], [0, 0, 1]], np.float64)
    to_page = alignment.matrix @ to_form
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    cut = np.asarray(
        cv2.warpPerspective(image, to_page, size, flags=flags, borderMode=cv2.BORDER_REPLICATE),
        np.uint8,
    )
    form_ink = np.asarray(cv2.warpPerspective(form.ink, to_form, size, flags=flags), np.uint8)
    inside = _filled_box(field.box, to_form, size)
    if filled:
        form_ink[inside] = 0
    page_ink = flat_ink(cut)
    is_blur = (_dilated(form_ink, BLUR_RIM * scale) >= PRINT_LEVEL) & (page_ink < BLUR_LEVEL)
    is_print = is_blur | (_dilated(form_ink, PRINT_RIM * scale) >= PRINT_LEVEL)
    elsewhere = np.zeros_like(inside)
    for other in form.fields:
        if other is not field:
            elsewhere |= _filled_box(other.box, to_form, size)
    ink = np.where(is_print | (elsewhere & ~inside), 0, page_ink).astype(np.uint8)
    is_written = ink >= PAPER_LEVEL
    ink = np.where(is_written | _crossing(is_written, MAX_CROSSED * scale), page_ink, 0)
    ink = np.where(is_written | is_print, ink, 0).astype(np.uint8)
    return Crop(_cleaned(cut, ink >= PAPER_LEVEL, is_print), inside, ink, to_page)


def _dilated(ink: Pixels, reach: float) -> Pixels:
    """Ink that reaches so many pixels further."""
    side = 2 * round(reach) + 1
    return np.asarray(cv2.dilate(ink, np.ones((side, side), np.uint8)), np.uint8)


def _crossing(is_written: NDArray[np.bool_], width: float) -> NDArray[np.bool_]:
    """What lies between writing at both sides that is at most so far apart."""
    side = round(width) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    closed = cv2.morphologyEx(is_written.astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    return np.asarray(closed, np.uint8) > 0


def _cleaned(cut: Pixels, is_ink: NDArray[np.bool_], is_print: NDArray[np.bool_]) -> Pixels:
    """A crop's writing on its paper, without anything else."""
    kept = _dilated(is_ink.astype(np.uint8), KEPT_RIM)
    weight = ((kept == 0) & ~is_print).astype(np.float32)
    side = 2 * round(PAPER_REACH * cut.shape[0] / 2) + 1
    total = cv2.blur(cut.astype(np.float32) * weight[..., None], (side, side))
    paper = total / np.maximum(cv2.blur(weight, (side, side)), 1e-3)[..., None]
    return np.where(kept[..., None] > 0, cut, np.rint(np.clip(paper, 0, 255))).astype(np.uint8)


def _scale(alignment: Alignment, field: Field) -> float:
    """Pixels of the crop per pixel of the template: about as many as the page has there."""
    corners = corners_of(field.box)
    there = alignment.on_page(corners)
    edges, own = (np.hypot(*(np.roll(c, -1, axis=0) - c).T) for c in (there, corners))
    scale = max(float((edges / own).max()), MIN_HEIGHT / field.box[3])
    longest = max(field.box[2], field.box[3]) + 2 * MARGIN * field.box[3]
    return min(scale, MAX_SIDE / longest)


def _filled_box(
    box: tuple[float, float, float, float], to_form: NDArray[np.float64], size: tuple[int, int]
) -> NDArray[np.bool_]:
    """Which pixels of a crop lie in a box of the template: bool (h, w)."""
    step, left, top = to_form[0, 0], to_form[0, 2], to_form[1, 2]
    x0, y0 = (box[0] - left) / step, (box[1] - top) / step
    x1, y1 = x0 + box[2] / step, y0 + box[3] / step
    columns, rows = np.arange(size[0]), np.arange(size[1])
    return np.asarray(
        ((rows >= y0) & (rows <= y1))[:, None] & ((columns >= x0) & (columns <= x1))[None, :]
    )
