"""Pictures and canvases to ink, ink to glyphs: the only normaliser.

*Ink* is a grayscale uint8 image of any size in which 0 is paper and 255 is pen. A *glyph* is one
character's ink in MNIST's own form: 28x28, the longer side of its box scaled to 20 pixels with the
aspect kept, anti-aliased, and moved by whole pixels so that its centre of mass falls on the image's
centre (LeCun, Bottou, Bengio and Haffner, 1998, section III.A). Training, serving, the command line
and the pages all come through here, so what the network learnt on is what it is shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels: TypeAlias = NDArray[np.uint8]

GLYPH_SIZE = 28
BOX_SIZE = 20
# Half-covered outer pixels must not widen the box: at 64 of 255, 99.85 % of MNIST's own digits
# measure exactly 20, and a blurred enlargement of them still does.
BOX_LEVEL = 64
# Ink under this level is the ghost of compression, not a pen.
BLANK_LEVEL = 24
# From this skewness on, a picture's fine detail says which is the pen: even under a hard shadow,
# where brightness alone would take lit paper for one thing and shaded paper for another, and
# beside a dark desk. Lines, so much wider than high, and pictures of more than so many pixels are
# looked at from near first.
CLEAR_SKEW, WIDE_REACH = 2.0, 0.3
LINE_SHAPE, NEAR_SIDE, NEAR_REACH, NEAR_SKEW = 1.5, 100, 0.12, 1.1
# MNIST's centre of mass lies between 13.5 and 14.5 on both axes, in pixel indices.
CENTRE = 14.0
# Thinner strokes (in glyph pixels) break up when scaled down; MNIST's own are 2 to 3 wide.
MIN_STROKE = 1.5
# A pen laid on paper once: the mark is this small and nearly as wide as high.
DOT_STROKES = 1.8


class GlyphKind(StrEnum):
    """What the normaliser was given."""

    BLANK = "blank"
    DOT = "dot"
    CHARACTER = "character"


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character, normalised.

    Attributes:
        pixels: uint8 (28, 28), 0 paper and 255 pen; all zero when blank.
        kind: blank, a single dot, or a character.
        box: x, y, width, height of the ink in the source, in its pixels; zeros when blank.
        scale: glyph pixels per source pixel (20 / longer side); 0 when blank. Above 1: enlarged.
        stroke_width: mean width of the strokes in source pixels; 0 when blank.
        touches_edge: the ink runs into the border of the source, so a part may be missing.
    """

    pixels: Pixels
    kind: GlyphKind
    box: tuple[int, int, int, int]
    scale: float
    stroke_width: float
    touches_edge: bool

    @property
    def is_blank(self) -> bool:
        return self.kind is GlyphKind.BLANK


def _blank_glyph() -> Glyph:
    empty = np.zeros((GLYPH_SIZE, GLYPH_SIZE), np.uint8)
    return Glyph(empty, GlyphKind.BLANK, (0, 0, 0, 0), 0.0, 0.0, False)


# --- anything to ink -----------------------------------------------------------------------------


def as_uint8(image: NDArray[np.generic]) -> Pixels:
    """Any numeric picture as uint8, shape kept.

    Booleans become 0 and 255, 16-bit values are scaled down, floats are taken as 0..1 when they
    stay within it and as 0..255 otherwise.

    Raises:
        ValueError: the array is empty, is not (h, w), (h, w, 1), (h, w, 3) or (h, w, 4), or is not
            numeric.
    """
    array = np.asarray(image)
    if array.ndim not in (2, 3) or array.size == 0:
        raise ValueError(f"a picture is (h, w) or (h, w, channels), not {array.shape}")
    if array.ndim == 3 and array.shape[2] not in (1, 3, 4):
        raise ValueError(f"a picture has 1, 3 or 4 channels, not {array.shape[2]}")
    if array.dtype == np.uint8:
        return array
    if array.dtype == np.bool_:
        return array.astype(np.uint8) * np.uint8(255)
    if array.dtype == np.uint16:
        return (array >> 8).astype(np.uint8)
    if np.issubdtype(array.dtype, np.number) and not np.iscomplexobj(array):
        values = np.nan_to_num(array.astype(np.float32), nan=0.0, posinf=255.0, neginf=0.0)
        if np.issubdtype(array.dtype, np.floating) and float(values.max()) <= 1.0:
            values = values * 255.0
        return np.clip(np.rint(values), 0, 255).astype(np.uint8)
    raise ValueError(f"a picture holds numbers, not {array.dtype}")


def flatten_alpha(rgba: Pixels, paper: int | None = None) -> Pixels:
    """Lay an (h, w, 4) picture on paper: (h, w, 3) uint8.

    A transparent picture has no paper of its own: it gets white, or black when what is drawn on it
    is bright (`paper` None).
    """
    alpha = rgba[..., 3:].astype(np.float32) / 255.0
    colour = rgba[..., :3].astype(np.float32)
    if paper is None:
        weight = float(alpha.sum())
        mean = float((colour * alpha).sum()) / (3.0 * weight) if weight > 0 else 0.0
        covered = float((alpha > 0.5).mean())
        # Mostly covered: the picture brings its own paper, and the holes should look like it.
        paper = 255 if (mean > 127) == (covered > 0.5) else 0
    flat = colour * alpha + float(paper) * (1.0 - alpha)
    return np.asarray(np.rint(flat), np.uint8)


def _as_rgb(image: NDArray[np.generic]) -> Pixels:
    picture = as_uint8(image)
    if picture.ndim == 2:
        picture = picture[..., None]
    if picture.shape[2] == 4:
        return flatten_alpha(picture)
    return picture


def _paper_mask(gray: Pixels) -> NDArray[np.bool_]:
    """True where `gray` is paper: the one of Otsu's classes that holds the border and the area."""
    level, _ = cv2.threshold(gray, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    bright = gray > level
    ring = np.concatenate([bright[0], bright[-1], bright[:, 0], bright[:, -1]])
    score = 2.0 * float(ring.mean()) + float(bright.mean())
    return bright if score > 1.5 else ~bright


def is_light_on_dark(image: NDArray[np.generic]) -> bool:
    """True when the pen is brighter than the paper (chalk, MNIST itself)."""
    rgb = _as_rgb(image)
    # What is fine stands out from what is around it towards the pen's side, shadow or not; only
    # where the pen covers half of the picture does this say little.
    darkest, brightest = _darkest(rgb), 255 - _darkest(255 - rgb)
    height, width = darkest.shape
    if width > LINE_SHAPE * height or max(height, width) > NEAR_SIDE:
        # Strokes are fine beside the width, and what is wide is paper of two shades or a desk.
        skew = _clearer_skew(darkest, brightest, NEAR_REACH)
        if abs(skew) > NEAR_SKEW:
            return skew > 0
    skew = _clearer_skew(darkest, brightest, WIDE_REACH)
    if abs(skew) <= CLEAR_SKEW and max(darkest.shape) > 400:
        # A photo of more than a page: its writing shows only from nearer.
        skew = _clearer_skew(darkest, brightest, 0.04, side=800)
    if abs(skew) > CLEAR_SKEW:
        return skew > 0
    gray = brightest
    paper = _paper_mask(gray)
    if paper.all() or not paper.any():
        return bool(gray.mean() < 127)
    contrast = float(gray[~paper].mean()) - float(gray[paper].mean())
    if abs(contrast) < BLANK_LEVEL:
        # Nothing is drawn: two halves of the paper's grain say nothing.
        return bool(gray.mean() < 127)
    return contrast > 0


def _darkest(rgb: Pixels) -> Pixels:
    """The darkest channel: (h, w). Channel by channel, which is ten times faster than `min`."""
    darkest = rgb[..., 0].copy()
    for channel in range(1, rgb.shape[2]):
        np.minimum(darkest, rgb[..., channel], out=darkest)
    return darkest


def _clearer_skew(darkest: Pixels, brightest: Pixels, reach: float, side: int = 200) -> float:
    """The skewness of the detail (see `_detail`) in the channel that shows more of it."""
    looks = (_detail(gray, reach, side) for gray in (darkest, brightest))
    return max(looks, key=lambda detail: detail[1])[0]


def _detail(gray: Pixels, reach: float, side: int) -> tuple[float, float]:
    """How a picture of at most that side differs from its own local median, which reaches over that
    part of it: the skewness, and the root mean square."""
    height, width = gray.shape
    shrink = min(1.0, side / max(height, width))
    size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    window = max(3, int(reach * max(size)) | 1)
    difference = small.astype(np.float64) - cv2.medianBlur(small, window)
    power = float((difference**2).mean()) ** 0.5
    if power < 1e-6:
        return 0.0, 0.0
    return float((difference**3).mean()) / power**3, power


def from_canvas(rgba: NDArray[np.generic]) -> Pixels:
    """A drawing surface's pixels as ink.

    A canvas is clean, so its paper is one colour and nothing needs guessing but which: the colour
    at most of the border. A fully transparent canvas, or one of a single colour, is blank.

    Args:
        rgba: (h, w, 4), (h, w, 3) or (h, w), any numeric type.

    Returns:
        uint8 (h, w) ink; the pen's strongest colour is 255, anti-aliasing kept.
    """
    picture = as_uint8(rgba)
    if picture.ndim == 3 and picture.shape[2] == 4:
        alpha = picture[..., 3]
        if int(alpha.min()) < 255 and float((alpha > 127).mean()) < 0.5:
            # Drawn on nothing: how opaque a pixel is, is how much pen it holds.
            return _stretch(alpha)
        picture = picture[..., :3] if int(alpha.min()) == 255 else flatten_alpha(picture)
    if picture.ndim == 2:
        picture = picture[..., None]
    ring = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    distance = _distance(picture, np.median(ring, axis=0))
    if float((distance > 127).mean()) > 0.6:
        # Ink along most of the border: then the majority inside is the paper.
        distance = _distance(picture, np.median(picture.reshape(-1, picture.shape[2]), axis=0))
    return _stretch(distance)


def _distance(picture: Pixels, colour: NDArray[np.float64]) -> Pixels:
    """How far each pixel is from a colour in the channel where it is furthest: (h, w)."""
    furthest = np.zeros(picture.shape[:2], np.uint8)
    for channel, level in enumerate(colour):
        plane = np.ascontiguousarray(picture[..., channel])
        difference = cv2.absdiff(plane, np.full_like(plane, round(float(level))))
        np.maximum(furthest, difference, out=furthest)
    return furthest


def _stretch(ink: Pixels) -> Pixels:
    """Scale so that the darkest pen is 255; all zero when there is none."""
    top = int(ink.max())
    if top < BLANK_LEVEL:
        return np.zeros_like(ink)
    if top == 255:
        return ink.copy()
    return np.asarray(np.rint(ink.astype(np.float32) * (255.0 / top)), np.uint8)


def from_image(image: NDArray[np.generic], *, window: float = 0.25) -> Pixels:
    """A photographed, scanned or painted picture as ink, whatever its polarity and light.

    The paper's brightness is estimated everywhere (so a shadow is not ink), the pen is what differs
    from it in the strongest colour channel, and noise is cut at a level measured from the paper.

    Args:
        image: (h, w), (h, w, 1), RGB or RGBA; any numeric type.
        window: widest thing that can be ink, as a part of the picture's longer side.

    Returns:
        uint8 (h, w) ink.

    Raises:
        ValueError: not a picture (see `as_uint8`).
    """
    return cut_noise(shade_of(image, window=window))


def shade_of(image: NDArray[np.generic], *, window: float = 0.25) -> NDArray[np.float32]:
    """How much darker than its paper a picture is, grain and all: what `from_image` cuts ink from.

    Args:
        image: as `from_image` takes it.
        window: as there.

    Returns:
        float32 (h, w), 0 for paper to 1 for black.

    Raises:
        ValueError: not a picture (see `as_uint8`).
    """
    rgb = _as_rgb(image)
    if is_light_on_dark(rgb):
        rgb = 255 - rgb
    # The darkest channel shows coloured pens best: red ink is black in blue and green.
    gray = _darkest(rgb)
    paper = _estimate_paper(gray, window)
    shade = np.clip(1.0 - gray.astype(np.float32) / np.maximum(paper, 1.0), 0.0, 1.0)
    return np.asarray(shade, np.float32)


def _estimate_paper(gray: Pixels, window: float) -> NDArray[np.float32]:
    """Brightness of the bare paper at every pixel, float32 (h, w)."""
    height, width = gray.shape
    longer = max(height, width)
    shrink = min(1.0, 160.0 / longer)
    size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    reach = max(3, int(window * max(size)) | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    # Grey noise would lift a plain maximum; the blur first makes the closing see paper, not grain.
    smooth = cv2.GaussianBlur(small, (0, 0), 1.0) if longer > 64 else small
    closed = cv2.morphologyEx(smooth, cv2.MORPH_CLOSE, kernel, borderType=cv2.BORDER_REPLICATE)
    closed = cv2.GaussianBlur(closed, (0, 0), reach / 4.0, borderType=cv2.BORDER_REPLICATE)
    paper = cv2.resize(closed, (width, height), interpolation=cv2.INTER_LINEAR)
    return paper.astype(np.float32)


def cut_noise(shade: NDArray[np.float32]) -> Pixels:
    """Shade to ink: paper grain to 0, the pen to 255, anti-aliased edges in between.

    Args:
        shade: float32 (h, w), as `shade_of` gives it.

    Returns:
        uint8 (h, w).
    """
    levels = np.clip(np.rint(shade * 255.0), 0, 255).astype(np.uint8)
    if int(levels.max()) < BLANK_LEVEL:
        return np.zeros_like(levels)
    otsu, _ = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    pen = levels[levels > otsu]
    paper = levels[levels <= otsu].astype(np.float32)
    if pen.size == 0 or paper.size == 0:
        return np.zeros_like(levels)
    grain = float(np.median(paper)) + 3.0 * float(np.median(np.abs(paper - np.median(paper))))
    top = float(np.percentile(pen, 90))
    # Between grain and pen there must be room, or the "pen" is grain.
    if top - grain < BLANK_LEVEL:
        return np.zeros_like(levels)
    low = grain + 0.08 * (top - grain) if grain > 0 else 0.0
    ramp = (levels.astype(np.float32) - low) * (255.0 / (top - low))
    return np.asarray(np.clip(np.rint(ramp), 0, 255), np.uint8)


# --- ink to glyph --------------------------------------------------------------------------------


def stroke_width(ink: Pixels) -> float:
    """Mean width of the strokes, in pixels; 0 where there is no ink.

    In a stroke of width w the distance to its edge averages (w/2 + 1)/2 pixels, from which w
    follows.
    """
    mask = (np.pad(ink, 1) >= 128).astype(np.uint8)
    if not mask.any():
        return 0.0
    distance = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
    return max(1.0, 4.0 * float(distance[mask > 0].mean()) - 2.0)


def bounding_box(ink: Pixels, level: int = BOX_LEVEL) -> tuple[int, int, int, int] | None:
    """x, y, width, height of the pixels of at least `level`; None when there are none."""
    mask = ink >= level
    columns = np.flatnonzero(mask.any(axis=0))
    rows = np.flatnonzero(mask.any(axis=1))
    if columns.size == 0:
        return None
    x, y = int(columns[0]), int(rows[0])
    return x, y, int(columns[-1]) - x + 1, int(rows[-1]) - y + 1


def to_glyph(ink: Pixels) -> Glyph:
    """Normalise one character's ink to MNIST's recipe.

    Args:
        ink: uint8 (h, w), 0 paper, 255 pen.

    Returns:
        The glyph; its kind is blank when no pixel is inked, and dot for a single round mark.
    """
    if ink.dtype != np.uint8 or ink.ndim != 2:
        raise ValueError(f"ink is uint8 (h, w), not {ink.dtype} {ink.shape}")
    if ink.size == 0 or int(ink.max()) < BLANK_LEVEL:
        return _blank_glyph()
    ink = _stretch(ink)
    box = bounding_box(ink)
    if box is None:
        return _blank_glyph()
    x, y, width, height = box
    scale = BOX_SIZE / max(width, height)
    stroke = stroke_width(ink[y : y + height, x : x + width])
    edge = x == 0 or y == 0 or x + width == ink.shape[1] or y + height == ink.shape[0]
    kind = GlyphKind.CHARACTER
    # Two pixels more: the soft rim of a touch with a fine pen is as wide as the touch.
    if max(width, height) <= DOT_STROKES * stroke + 2.0 and width * height < ink.size / 4:
        kind = GlyphKind.DOT
    patch, width, height = _cut_patch(ink, box, scale, stroke)
    pixels = _centre(_scale_patch(patch, BOX_SIZE / max(width, height)))
    return Glyph(pixels, kind, box, scale, stroke, edge)


def to_glyphs(inks: Iterable[Pixels]) -> Pixels:
    """The pixels of each ink's glyph: uint8 (n, 28, 28)."""
    pixels = [to_glyph(ink).pixels for ink in inks]
    return np.stack(pixels) if pixels else np.zeros((0, GLYPH_SIZE, GLYPH_SIZE), np.uint8)


def _cut_patch(
    ink: Pixels, box: tuple[int, int, int, int], scale: float, stroke: float
) -> tuple[Pixels, int, int]:
    """The box's ink with a pixel of margin, thin strokes thickened; and the new box's size."""
    x, y, width, height = box
    reach = 0
    if stroke * scale < MIN_STROKE and scale < 0.75:
        reach = max(1, round((MIN_STROKE / scale - stroke) / 2.0))
    margin = reach + 1
    padded = np.pad(ink, margin)
    patch = padded[y : y + height + 2 * margin, x : x + width + 2 * margin]
    if reach:
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
        patch = np.asarray(cv2.dilate(patch, kernel), np.uint8)
    return patch, width + 2 * reach, height + 2 * reach


def _scale_patch(patch: Pixels, scale: float) -> Pixels:
    """Resize a patch that carries a one-pixel margin; averaging when it shrinks."""
    height, width = patch.shape
    if scale == 1.0:
        return patch
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    method = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_LINEAR
    return _stretch(np.asarray(cv2.resize(patch, size, interpolation=method), np.uint8))


def _centre(patch: Pixels) -> Pixels:
    """Place a patch on 28x28 so that its centre of mass is at the centre, to the nearest pixel."""
    height, width = patch.shape
    mass = patch.astype(np.float64)
    total = mass.sum()
    mean_x = float((mass.sum(axis=0) * np.arange(width)).sum() / total)
    mean_y = float((mass.sum(axis=1) * np.arange(height)).sum() / total)
    # The shift lands the mean in 13.5 .. 14.5, as in MNIST; a lopsided one still stays inside.
    left = int(np.floor(CENTRE - mean_x + 0.5))
    top = int(np.floor(CENTRE - mean_y + 0.5))
    glyph = np.zeros((GLYPH_SIZE, GLYPH_SIZE), np.uint8)
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(GLYPH_SIZE, left + width), min(GLYPH_SIZE, top + height)
    glyph[y0:y1, x0:x1] = patch[y0 - top : y1 - top, x0 - left : x1 - left]
    return glyph


# --- strokes to ink ------------------------------------------------------------------------------


def from_strokes(
    strokes: Iterable[NDArray[np.generic]],
    *,
    size: int = 160,
    brush: float = 12.0,
    margin: float = 0.1,
) -> Pixels:
    """Draw pen trajectories with a round brush, fitted into a square.

    Args:
        strokes: each (points, 2), x to the right and y **down**, any units; a stroke of one point
            is a dot.
        size: side of the square in pixels.
        brush: diameter of the brush in pixels.
        margin: free border on every side, as a part of `size`.

    Returns:
        uint8 (size, size) ink; blank when there are no points.
    """
    lines = [np.asarray(stroke, np.float64).reshape(-1, 2) for stroke in strokes]
    lines = [line for line in lines if len(line)]
    ink = np.zeros((size, size), np.uint8)
    if not lines:
        return ink
    points = np.concatenate(lines)
    low, high = points.min(axis=0), points.max(axis=0)
    room = size * (1.0 - 2.0 * margin) - brush
    extent = float((high - low).max())
    scale = room / extent if extent > 0 else 0.0
    offset = size / 2.0 - scale * (low + high) / 2.0
    draw_lines(ink, [line * scale + offset for line in lines], brush)
    return ink


def draw_lines(ink: Pixels, lines: Iterable[NDArray[np.float64]], brush: float) -> None:
    """Draw pen trajectories into ink with a round brush.

    Args:
        ink: uint8 (height, width), drawn into.
        lines: each (points, 2), x and y in pixels; one of a single point is a dot.
        brush: diameter in pixels.
    """
    # Fixed-point coordinates: sixteenths of a pixel, or slow strokes turn into staircases.
    shift = 4
    thickness = max(1, round(brush))
    for line in lines:
        fixed = np.rint(line * (1 << shift)).astype(np.int32)
        if len(fixed) == 1:
            middle = fixed[0].tolist()
            cv2.circle(ink, middle, round(brush * 8), 255, cv2.FILLED, cv2.LINE_AA, shift)
        else:
            cv2.polylines(ink, [fixed], False, 255, thickness, cv2.LINE_AA, shift)
