"""Alignment: where a form's places are on a photo of a copy of it.

Features of the print (SIFT) give a first homography from the template's picture to the page. Small
pieces of print are then looked for around where it puts them. They make the homography exact, and
they decide whether the page is the form at all: most of the print must be where it belongs, in
every part of the form that has a field.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.forms.template import Field, Template
from inkling.geometry import shrink
from inkling.imaging.pixels import Pixels

Array = NDArray[np.float64]

# The longer side of the picture in which features of a page are looked for, in pixels.
PAGE_SIDE = 1600
MAX_FEATURES = 3000
# A feature is matched where the second best match is further by this factor (Lowe, 2004).
MAX_RATIO = 0.8
# How far a match may be from where the homography puts it, in pixels of the page's picture, and
# how many must not be further.
MAX_ERROR, MIN_MATCHES = 5.0, 12
# The side of a piece of print and how far around its place it is looked for, in pixels of the
# template; first far, then near.
PIECE, REACHES = 48, (14, 6)
# Pieces have at least so much ink, as a part of their pixels, that is at least so dark, 0 to 255.
MIN_INK, INK_LEVEL = 0.02, 40
# A piece is found where its correlation is at least this.
MIN_CORRELATION = 0.55
# At least this part of all pieces, and of the NEAREST ones to each field, must be found.
MIN_FOUND, MIN_FOUND_NEAR, NEAREST = 0.7, 0.5, 6
# The homography is right where the pieces that are found lie this near on average, in pixels of
# the template.
MAX_MEAN_ERROR = 3.0
# The side of the blur that stands for the paper's own brightness, as a part of the longer side.
PAPER_BLUR = 0.02


class NotAlignedError(Exception):
    """A page cannot be read as the form. The message says why, for a person."""


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """SIFT features of a picture.

    Attributes:
        points: float64 (n, 2), in pixels of the picture.
        descriptors: float32 (n, 128), each of length 1 (Arandjelović and Zisserman, 2012).
    """

    points: Array
    descriptors: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class FormPrint:
    """What is printed on a form.

    Attributes:
        fields: of the template.
        ink: uint8 (h, w), its picture as ink; also of what is written, if it is filled in.
        features: of what lies outside the fields.
        pieces: int64 (n, 2), left and top of the pieces of print outside the fields.
    """

    fields: tuple[Field, ...]
    ink: Pixels
    features: Features
    pieces: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """A page that is the form.

    Attributes:
        matrix: float64 (3, 3), from the template's picture to the page.
        found: the part of the pieces of print that are where they belong.
    """

    matrix: Array
    found: float

    def on_page(self, points: Array) -> Array:
        """Points of the template's picture, (n, 2), in pixels of the page."""
        return transformed(points, self.matrix)


def form_print(template: Template) -> FormPrint:
    """What is printed on a template's form.

    Raises:
        NotAlignedError: the picture shows too little print to align anything with.
    """
    ink = flat_ink(template.picture())
    outside = np.full(ink.shape, 255, np.uint8)
    for field in template.fields:
        x, y, width, height = (round(value) for value in field.box)
        outside[max(0, y) : y + height, max(0, x) : x + width] = 0
    features = _features(ink, outside)
    pieces = _pieces(ink, outside)
    if len(features.points) < MIN_MATCHES or len(pieces) < NEAREST:
        raise NotAlignedError(
            "The form shows too little print outside its fields to find it on other pages."
        )
    return FormPrint(template.fields, ink, features, pieces)


def align(image: Pixels, form: FormPrint) -> Alignment:
    """Find a form on a page, however it is turned.

    Args:
        image: uint8 (height, width, 3), RGB.
        form: what is printed on the form.

    Raises:
        NotAlignedError: the page is not this form, or a part of it is not seen.
    """
    scale = min(1.0, PAGE_SIDE / max(image.shape[:2]))
    ink = flat_ink(shrink(image, scale))
    matrix = _first_matrix(form, _features(ink))
    found = np.zeros(0, np.bool_)
    for reach in REACHES:
        places, shifts, found = _look_for(form, ink, matrix, reach)
        if found.sum() < NEAREST:
            break
        middles = places + PIECE / 2.0
        here = transformed((middles + shifts)[found], matrix)
        better: Any = cv2.findHomography(middles[found], here, cv2.LMEDS)[0]
        if better is None:
            break
        matrix = np.asarray(better, np.float64)
    _check(form, ink.shape, matrix, found, shifts)
    return Alignment(np.diag([1.0 / scale, 1.0 / scale, 1.0]) @ matrix, float(found.mean()))


def flat_ink(image: Pixels) -> Pixels:
    """A picture's ink, whatever the light: uint8 (h, w), 0 is paper.

    Args:
        image: uint8 (h, w, 3), RGB.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    sigma = PAPER_BLUR * max(grey.shape)
    paper = cv2.blur(cv2.blur(grey, (2 * round(sigma) + 1,) * 2), (2 * round(sigma) + 1,) * 2)
    ink = 255.0 * np.clip(1.0 - grey / np.maximum(paper, 1.0), 0.0, 1.0)
    return np.asarray(np.rint(ink), np.uint8)


def transformed(points: Array, matrix: Array) -> Array:
    """Points (n, 2) through a homography: float64 (n, 2)."""
    mapped = cv2.perspectiveTransform(np.asarray(points, np.float64).reshape(1, -1, 2), matrix)
    return np.asarray(mapped[0], np.float64)


def corners_of(box: tuple[float, float, float, float]) -> Array:
    """A box's corners, clockwise from the top left: float64 (4, 2)."""
    x, y, width, height = box
    return np.array([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], np.float64)


def _features(ink: Pixels, mask: Pixels | None = None) -> Features:
    sift = cv2.SIFT.create(MAX_FEATURES, contrastThreshold=0.02)
    keypoints, descriptors = sift.detectAndCompute(ink, mask)
    if not keypoints:
        return Features(np.zeros((0, 2)), np.zeros((0, 128), np.float32))
    sums = np.maximum(descriptors.sum(axis=1, keepdims=True), 1e-6)
    points = np.array([keypoint.pt for keypoint in keypoints], np.float64)
    return Features(points, np.sqrt(descriptors / sums).astype(np.float32))


def _pieces(ink: Pixels, outside: Pixels) -> NDArray[np.int64]:
    """The corners of squares with print in them and no part of a field: int64 (n, 2)."""
    step = PIECE // 2
    dark = cv2.integral((ink >= INK_LEVEL).astype(np.uint8))
    inside = cv2.integral((outside == 0).astype(np.uint8))
    rows = np.arange(0, ink.shape[0] - PIECE, step)
    columns = np.arange(0, ink.shape[1] - PIECE, step)
    x, y = (grid.ravel() for grid in np.meshgrid(columns, rows))

    def total(table: NDArray[np.generic]) -> NDArray[np.int64]:
        sums, below, right = np.asarray(table, np.int64), y + PIECE, x + PIECE
        return np.asarray(sums[below, right] - sums[y, right] - sums[below, x] + sums[y, x])

    is_piece = (total(dark) >= MIN_INK * PIECE**2) & (total(inside) == 0)
    return np.asarray(np.stack([x, y], 1)[is_piece], np.int64)


def _first_matrix(form: FormPrint, page: Features) -> Array:
    """The homography that most features agree with."""
    told = "This page does not look like the form."
    if len(page.points) < MIN_MATCHES:
        raise NotAlignedError(told)
    matcher = cv2.BFMatcher(cv2.NORM_L2)
    pairs = matcher.knnMatch(form.features.descriptors, page.descriptors, k=2)
    good = [best for best, second in pairs if best.distance < MAX_RATIO * second.distance]
    if len(good) < MIN_MATCHES:
        raise NotAlignedError(told)
    there = form.features.points[[match.queryIdx for match in good]]
    here = page.points[[match.trainIdx for match in good]]
    cv2.setRNGSeed(0)
    matrix, is_inlier = cv2.findHomography(
        there, here, cv2.USAC_MAGSAC, MAX_ERROR, maxIters=5000, confidence=0.9999
    )
    if matrix is None or int(is_inlier.sum()) < MIN_MATCHES:
        raise NotAlignedError(told)
    found = np.asarray(matrix, np.float64)
    if not _is_a_view(form.ink, found):
        raise NotAlignedError(told)
    return found


def _is_a_view(ink: Pixels, matrix: Array) -> bool:
    """Whether a homography shows the form as a camera can: from its front, and not edge-on."""
    height, width = ink.shape
    homogeneous = np.c_[corners_of((0, 0, width, height)), np.ones(4)] @ matrix.T
    if (homogeneous[:, 2] <= 0).any():
        return False
    corners = homogeneous[:, :2] / homogeneous[:, 2:]
    edges = np.roll(corners, -1, axis=0) - corners
    turns = np.cross(np.c_[edges, np.zeros(4)], np.c_[np.roll(edges, -1, axis=0), np.zeros(4)])[
        :, 2
    ]
    lengths = np.hypot(*edges.T)
    return bool((turns > 0).all() and lengths.min() > 0.1 * lengths.max())


def _look_for(
    form: FormPrint, ink: Pixels, matrix: Array, reach: int
) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Look for every piece of print around its place.

    Returns:
        The places of the pieces, how far each is from its place, and which were found: float64
        (n, 2), float64 (n, 2), bool (n,).
    """
    size = form.ink.shape[::-1]
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    level = np.asarray(cv2.warpPerspective(ink, matrix, size, flags=flags), np.uint8)
    level = np.pad(cv2.GaussianBlur(level, (0, 0), 1.0), reach)
    form_ink = cv2.GaussianBlur(form.ink, (0, 0), 1.0)
    places = form.pieces.astype(np.float64)
    height, width = ink.shape
    corners = transformed(places + PIECE / 2.0, matrix)
    is_seen = np.asarray(((corners >= 0) & (corners < (width, height))).all(axis=1), np.bool_)
    shifts, found = np.zeros_like(places), np.zeros(len(places), np.bool_)
    for k, (x, y) in enumerate(form.pieces.tolist()):
        piece = form_ink[y : y + PIECE, x : x + PIECE]
        area = level[y : y + PIECE + 2 * reach, x : x + PIECE + 2 * reach]
        match = cv2.matchTemplate(area, piece, cv2.TM_CCOEFF_NORMED)
        _, best, _, (column, row) = cv2.minMaxLoc(match)
        shifts[k] = column - reach, row - reach
        found[k] = best >= MIN_CORRELATION
    return places, shifts, found & is_seen


def _check(
    form: FormPrint,
    shape: tuple[int, ...],
    matrix: Array,
    found: NDArray[np.bool_],
    shifts: Array,
) -> None:
    """Raise `NotAlignedError` unless the print is where it belongs, near every field, too."""
    if not _is_a_view(form.ink, matrix) or found.mean() < MIN_FOUND:
        raise NotAlignedError(
            f"This page does not look like the form: only {found.mean():.0%} of its print was "
            "found where it belongs."
        )
    if float(np.hypot(*shifts[found].T).mean()) > MAX_MEAN_ERROR:
        raise NotAlignedError("The page is too bent to say where the fields are.")
    middles = form.pieces + PIECE / 2.0
    for field in form.fields:
        corners = transformed(corners_of(field.box), matrix)
        if (corners < 0).any() or (corners >= shape[1::-1]).any():
            raise NotAlignedError(f"The field “{field.name}” is not on the picture.")
        x, y, width, height = field.box
        low, high = np.array([x, y]), np.array([x + width, y + height])
        away = np.hypot(*np.maximum(np.maximum(low - middles, middles - high), 0.0).T)
        near = np.argsort(away)[:NEAREST]
        if found[near].mean() < MIN_FOUND_NEAR:
            raise NotAlignedError(
                f"The print around the field “{field.name}” is not where it belongs. Is this "
                "another edition of the form?"
            )
