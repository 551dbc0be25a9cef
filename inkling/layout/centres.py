"""Digits of a picture: the page model's centres at several scales, each digit once."""

from __future__ import annotations

from dataclasses import dataclass, fields

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling import geometry
from inkling.imaging.pixels import Pixels
from inkling.layout import page_model
from inkling.layout.page_model import STRIDE, PageModel

Array = NDArray[np.float32]

# The longer side of the largest picture that the model looks at, in pixels; how far a smaller
# picture is enlarged for it, at most; and how much smaller each further scale is, down to the
# smallest side.
LARGEST_SIDE, MAX_ENLARGEMENT = 1536, 3.0
SCALE_STEP, SMALLEST_SIDE = 2.5, 40
# A centre with at least this score is a candidate, and with at least the other one a digit. One in
# between is a digit where a digit's link leads to it.
MIN_CANDIDATE, MIN_SCORE = 0.12, 0.3
# More candidates than this are grain or a texture; the best of them are looked at. The fullest of
# people's pictures has some 800.
MAX_CANDIDATES = 1200
# The heights of digits that the model was trained on, in pixels. A centre that is found outside
# them counts less, by these exponents for smaller and larger ones.
TRAINED_HEIGHTS = (16.0, 90.0)
SMALL_EXPONENT, LARGE_EXPONENT = 0.6, 0.5
# Two digits are one where they share at least this part of the smaller one's box.
MAX_SHARED = 0.5
# The longest way of a link that misses, in digit heights.
LINK_REACH = 0.4


@dataclass(frozen=True, slots=True, eq=False)
class Digits:
    """The digits of a picture, in its pixels; every array has one row per digit.

    Attributes:
        x: float32 (n,), of the middle.
        y: likewise.
        width: of the upright digit.
        height: likewise.
        score: that there is a digit, 0 to 1.
        light: logit that it is light ink on dark paper.
        log_p: float32 (n, 11), log-probabilities of the digits and of being crossed out.
        has_next: probability that another digit of its number follows.
        next_x: the way to that digit, in pixels.
        next_y: likewise.
        angle: of the line of writing, in radians, clockwise.
        turn: float32 (n, 4), log-likelihoods of how the page lies, up to a constant.
        scale: at which it was found: pixels of the model's picture per pixel.
    """

    x: Array
    y: Array
    width: Array
    height: Array
    score: Array
    light: Array
    log_p: Array
    has_next: Array
    next_x: Array
    next_y: Array
    angle: Array
    turn: Array
    scale: Array

    def __len__(self) -> int:
        return len(self.x)

    def take(self, rows: NDArray[np.generic]) -> Digits:
        """Some of the digits, by row numbers or by a mask."""
        return Digits(*(getattr(self, field.name)[rows] for field in fields(Digits)))


@dataclass(frozen=True, slots=True, eq=False)
class InkMap:
    """How likely each square of a picture is ink, at one scale.

    Attributes:
        scale: pixels of the model's picture per pixel of the picture.
        digit: float32 (h, w), the probability of a digit's ink in each square of STRIDE pixels.
        other: likewise, of other ink.
    """

    scale: float
    digit: Array
    other: Array


def scales(width: int, height: int) -> list[float]:
    """The scales at which the model looks at a picture of this size, the largest first."""
    longest = max(width, height)
    scale = min(LARGEST_SIDE / longest, MAX_ENLARGEMENT)
    found = [scale]
    while found[-1] * longest / SCALE_STEP >= SMALLEST_SIDE:
        found.append(found[-1] / SCALE_STEP)
    return found


def detect(
    model: PageModel, image: Pixels, at: list[float] | None = None
) -> tuple[Digits, list[InkMap]]:
    """Find the digits of a picture.

    Args:
        model: the page model.
        image: uint8 (height, width, 3), RGB.
        at: the scales to look at; by default `scales`.

    Returns:
        The digits, each once, in no order; and the ink at each scale.
    """
    found, maps = [], []
    for scale in scales(image.shape[1], image.shape[0]) if at is None else at:
        small = geometry.resize(image, scale)
        answer = model.run(small)
        ink = _softmax(answer[..., page_model.INK])
        exact = small.shape[1] / image.shape[1]
        maps.append(InkMap(exact, ink[..., 1], ink[..., 2]))
        found.append(_peaks(answer, exact))
    return _strong(_once(_concatenate(found))), maps


def _peaks(answer: Array, scale: float) -> Digits:
    """The centres at one scale, in pixels of the picture."""
    heat = _sigmoid(np.ascontiguousarray(answer[..., page_model.CENTRE]))
    is_peak = heat >= cv2.dilate(heat, np.ones((3, 3), np.uint8))
    rows, columns = np.nonzero(is_peak & (heat > MIN_CANDIDATE))
    at = answer[rows, columns]
    width, height = np.exp(np.clip(at[:, page_model.SIZE], 0.0, 6.5)).T
    middle = (STRIDE - 1) / 2.0
    x = columns * STRIDE + middle + at[:, page_model.OFFSET.start] * height
    y = rows * STRIDE + middle + at[:, page_model.OFFSET.start + 1] * height
    low, high = TRAINED_HEIGHTS
    trust = np.minimum(1.0, height / low) ** SMALL_EXPONENT
    trust = trust * np.minimum(1.0, high / height) ** LARGE_EXPONENT
    values = (
        x / scale,
        y / scale,
        width / scale,
        height / scale,
        heat[rows, columns] * trust,
        at[:, page_model.IS_LIGHT],
        np.log(_softmax(at[:, page_model.CLASSES])),
        _sigmoid(at[:, page_model.HAS_NEXT]),
        at[:, page_model.NEXT.start] * height / scale,
        at[:, page_model.NEXT.start + 1] * height / scale,
        at[:, page_model.ANGLE],
        np.log(_softmax(at[:, page_model.TURN])) - np.log(page_model.TURN_PRIOR),
        np.full(len(rows), scale),
    )
    return Digits(*(np.asarray(value, np.float32) for value in values))


def _once(digits: Digits) -> Digits:
    """The digits without those that share most of their box with one of a higher score."""
    digits = digits.take(np.argsort(-digits.score, kind="stable")[:MAX_CANDIDATES])
    left, right = digits.x - digits.width / 2.0, digits.x + digits.width / 2.0
    top, bottom = digits.y - digits.height / 2.0, digits.y + digits.height / 2.0
    area = digits.width * digits.height
    is_kept = np.ones(len(digits), np.bool_)
    for k in range(len(digits)):
        if not is_kept[k]:
            continue
        later = slice(k + 1, None)
        wide = np.minimum(right[later], right[k]) - np.maximum(left[later], left[k])
        high = np.minimum(bottom[later], bottom[k]) - np.maximum(top[later], top[k])
        shared = np.maximum(wide, 0.0) * np.maximum(high, 0.0)
        is_kept[later] &= shared < MAX_SHARED * np.minimum(area[later], area[k])
    return digits.take(is_kept)


def _strong(digits: Digits) -> Digits:
    """The digits with a high score, and those that a link of one leads to, or whose link does."""
    is_digit = digits.score >= MIN_SCORE
    weak = np.flatnonzero(~is_digit)
    while weak.size:
        strong = np.flatnonzero(is_digit)
        joined = weak[
            _is_linked(digits, strong, weak).any(axis=0)
            | _is_linked(digits, weak, strong).any(axis=1)
        ]
        if not joined.size:
            break
        is_digit[joined] = True
        weak = np.flatnonzero(~is_digit)
    return digits.take(is_digit)


def _is_linked(
    digits: Digits, first: NDArray[np.int64], second: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Whether the link of each of some digits leads to each of others: bool (n, m)."""
    x = digits.x[first] + digits.next_x[first]
    y = digits.y[first] + digits.next_y[first]
    away = np.hypot(x[:, None] - digits.x[second][None, :], y[:, None] - digits.y[second][None, :])
    is_near = away < LINK_REACH * digits.height[first][:, None]
    ratio = digits.height[first][:, None] / digits.height[second][None, :]
    return np.asarray(
        is_near & (digits.has_next[first] > 0.5)[:, None] & (np.abs(np.log(ratio)) < 0.7)
    )


def _concatenate(parts: list[Digits]) -> Digits:
    return Digits(
        *(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Digits))
    )


def _softmax(x: Array) -> Array:
    x = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.asarray(np.maximum(x / x.sum(axis=-1, keepdims=True), 1e-9), np.float32)


def _sigmoid(x: Array) -> Array:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(x, -30.0, 30.0))), np.float32)
