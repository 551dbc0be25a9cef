"""The corruptions of MNIST-C, each compared with an independent computation."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from inkling.imaging import corruption_filters, corruptions
from inkling.imaging.corruptions import NAMES, corrupt, published, severities
from inkling.training.data import datasets

# Sizes in MiB of the published MNIST-C in TensorFlow Datasets' catalogue, 70,000 PNG files per
# corruption, and of MNIST itself: a fingerprint of how the images were made.
CATALOGUE = {
    "shot_noise": 15.05,
    "impulse_noise": 24.61,
    "glass_blur": 35.91,
    "motion_blur": 32.45,
    "shear": 27.73,
    "scale": 17.41,
    "rotate": 27.09,
    "brightness": 20.52,
    "translate": 20.88,
    "stripe": 23.09,
    "fog": 35.76,
    "spatter": 29.67,
    "dotted_line": 24.45,
    "zigzag": 25.91,
    "canny_edges": 13.23,
}
CATALOGUE_CLEAN = 21.00
DETERMINISTIC = {"scale", "brightness", "stripe", "canny_edges"}


def seeded(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.fixture(scope="module")
def digits():
    return datasets.load("mnist", "test")[0][:200]


# --- all corruptions ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_the_seed_decides(name, digits):
    before = digits.copy()
    one = corrupt(digits, name, seeded(1))
    assert (one.shape, one.dtype) == (digits.shape, np.uint8)
    assert np.array_equal(one, corrupt(digits, name, seeded(1), published(name)))
    assert np.array_equal(one, corrupt(digits, name, seeded(2))) == (name in DETERMINISTIC)
    assert np.array_equal(digits, before)
    assert corrupt(digits[:0], name, seeded()).shape == (0, 28, 28)


@pytest.mark.parametrize("name", NAMES)
def test_severity_grows_with_its_number(name, digits):
    change = [
        np.abs(corrupt(digits, name, seeded(), severity) - digits.astype(float)).mean()
        for severity in severities(name)
    ]
    assert change[0] > 1
    if name == "spatter":
        # The last two severities have finer drops.
        assert change[:3] == sorted(change[:3])
        assert change[3] < change[4]
    elif name == "motion_blur":
        # From a deviation of 12 on, the blur is as wide as the glyph.
        assert change[:4] == sorted(change[:4])
    else:
        assert change == sorted(change)


def png_bytes(glyphs) -> float:
    total = 0
    for glyph in glyphs:
        file = io.BytesIO()
        Image.fromarray(glyph).save(file, "PNG")
        total += file.tell()
    return total / len(glyphs)


@pytest.mark.parametrize("name", NAMES)
def test_images_compress_like_the_published_ones(name, digits):
    clean = png_bytes(digits)
    theirs = clean + (CATALOGUE[name] - CATALOGUE_CLEAN) * 2**20 / 70_000
    assert png_bytes(corrupt(digits, name, seeded())) == pytest.approx(theirs, rel=0.06)


def test_fifteen_corruptions_and_no_others(digits):
    assert set(NAMES) == set(CATALOGUE)
    assert list(severities("fog")) == [1, 2, 3, 4, 5]
    assert list(severities("zigzag")) == [published("zigzag")] == [corruptions.ONLY]
    with pytest.raises(KeyError, match="there are shot_noise"):
        corrupt(digits, "snow", seeded())
    with pytest.raises(ValueError, match="has the severities"):
        corrupt(digits, "fog", seeded(), 6)
    with pytest.raises(ValueError, match="has the severities"):
        corrupt(digits, "zigzag", seeded(), 1)


# --- noise and blur -------------------------------------------------------------------------------


def flat(level: int, n: int = 100):
    return np.full((n, 28, 28), level, np.uint8)


def test_shot_noise_has_a_poisson_variance():
    noisy = corrupt(flat(51), "shot_noise", seeded(), 1) / 255.0
    assert noisy.mean() == pytest.approx(0.2, rel=0.01)
    assert noisy.var() == pytest.approx(0.2 / 60, rel=0.03)
    assert not corrupt(flat(0), "shot_noise", seeded()).any()


def test_impulse_noise_is_half_salt_half_pepper():
    noisy = corrupt(flat(100), "impulse_noise", seeded())
    shares = [(noisy == level).mean() for level in (0, 100, 255)]
    assert shares == pytest.approx([0.085, 0.83, 0.085], abs=0.004)


def test_glass_blur_swaps_neighbours_between_two_blurs(digits):
    glyph = digits[:1]

    def blur(picture):
        return ndimage.gaussian_filter(picture, (0.7, 0.0), mode="nearest", truncate=4.0)

    rng = seeded(3)
    picture = np.floor(blur(glyph[0] / 255.0) * 255.0) / 255.0
    for _ in range(2):
        for row in range(27, 1, -1):
            for column in range(27, 1, -1):
                down, right = rng.integers(-1, 1, (2, 1)).ravel()
                if rng.random(1, np.float32)[0] < 0.5:
                    here, there = (row, column), (row + down, column + right)
                    picture[here], picture[there] = picture[there], picture[here]
    expected = np.rint(np.clip(blur(picture), 0, 1) * 255)
    assert np.abs(corrupt(glyph, "glass_blur", seeded(3))[0] - expected).max() <= 1


def test_motion_blur_smears_in_one_direction_and_keeps_the_ink(digits):
    dot = np.zeros((50, 28, 28), np.uint8)
    dot[:, 14, 20] = 255
    smeared = corrupt(dot, "motion_blur", seeded()).astype(float)
    assert smeared.sum(axis=(1, 2)) == pytest.approx(255, abs=8)
    # The first weight of half a Gaussian.
    first = 255 / np.exp(-(np.arange(21) ** 2) / 18.0).sum()
    assert smeared[:, 14, 20] == pytest.approx(first, abs=0.5)
    # The smear goes to the left, and never further up or down than sideways.
    _, rows, columns = np.nonzero(smeared)
    assert columns.max() == 20
    assert (np.abs(rows - 14) <= 20 - columns + 1).all()
    assert smeared[:, :14].any()
    assert smeared[:, 15:].any()


# --- place and shape ------------------------------------------------------------------------------


def by_scipy(glyph, matrix):
    """A glyph, (28, 28), whose point p comes from `matrix` p, both relative to the centre."""
    rows_first = np.array(matrix)[::-1, ::-1]
    offset = 13.5 - rows_first @ np.full(2, 13.5)
    moved = ndimage.affine_transform(glyph.astype(float), rows_first, offset, order=1)
    return np.rint(np.clip(moved, 0, 255))


def turned(angle):
    return [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]


def sheared(angle):
    return [[1.0, -np.sin(angle)], [0.0, np.cos(angle)]]


@pytest.mark.parametrize(
    ("name", "matrices"),
    [
        ("rotate", [turned(0.4), turned(-0.4)]),
        ("shear", [sheared(0.4), sheared(-0.4)]),
        ("scale", [np.eye(2) / 0.7]),
    ],
)
def test_affine_corruptions_are_scipys(name, matrices, digits):
    met = set()
    for glyph, moved in zip(digits[:20], corrupt(digits[:20], name, seeded()), strict=True):
        distances = [np.abs(by_scipy(glyph, matrix) - moved).mean() for matrix in matrices]
        met.add(int(np.argmin(distances)))
        # OpenCV interpolates at 32nds of a pixel.
        assert min(distances) < 0.5
    assert met == set(range(len(matrices)))


def test_translate_moves_to_all_four_corners(digits):
    met = set()
    for glyph, moved in zip(digits, corrupt(digits, "translate", seeded()), strict=True):
        for shift in ((3, 3), (3, -3), (-3, 3), (-3, -3)):
            if np.array_equal(ndimage.shift(glyph, shift, order=0), moved):
                met.add(shift)
                break
        else:
            pytest.fail("not moved diagonally by 3 pixels")
    assert len(met) == 4


# --- light and dirt -------------------------------------------------------------------------------


def test_brightness_and_stripe_are_arithmetic(digits):
    bright = corrupt(digits, "brightness", seeded(), 2)
    assert np.array_equal(bright, np.minimum(digits + np.uint16(51), 255))
    striped = corrupt(digits, "stripe", seeded())
    assert np.array_equal(striped[:, :, 7:21], digits[:, :, 7:21])
    assert np.array_equal(striped[:, :, :7], 255 - digits[:, :, :7])
    assert np.array_equal(striped[:, :, 21:], 255 - digits[:, :, 21:])


def test_fog_is_added_to_the_glyph_and_keeps_the_range(digits):
    """With the same fog, two fogged glyphs differ in proportion to the glyphs' difference."""
    one, other = digits[:50].copy(), np.zeros((50, 28, 28), np.uint8)
    one[:, 0, 0] = other[:, 0, 0] = 255
    fogged = [corrupt(glyphs, "fog", seeded(), 5).astype(float) for glyphs in (one, other)]
    difference = one.astype(float) - other
    assert np.abs((fogged[0] - fogged[1]) * (1 + 3.0) - difference).max() <= 4
    assert not corrupt(flat(0), "fog", seeded()).any()


def test_fog_is_a_diamond_square_fractal():
    """One halving of the grid, compared with the algorithm cell by cell."""
    n, m = 2, 4
    grid = seeded(1).random((n, m, m)).astype(np.float32)
    fine = corruption_filters.diamond_square(grid, 10.0, seeded(2))
    rng = seeded(2)
    chance = [(rng.random((n, m, m), np.float32) - 0.5) * 20.0 for _ in range(3)]
    for k in range(n):
        wide = np.zeros((2 * m, 2 * m))
        wide[::2, ::2] = grid[k]
        for i in range(m):
            for j in range(m):
                corners = [grid[k, a % m, b % m] for a in (i, i + 1) for b in (j, j + 1)]
                wide[2 * i + 1, 2 * j + 1] = np.mean(corners) + chance[0][k, i, j]
        for part, (down, right) in ((1, (1, 0)), (2, (0, 1))):
            for i in range(m):
                for j in range(m):
                    row, column = 2 * i + down, 2 * j + right
                    around = [(row - 1, column), (row + 1, column)]
                    around += [(row, column - 1), (row, column + 1)]
                    mean = np.mean([wide[a % (2 * m), b % (2 * m)] for a, b in around])
                    wide[row, column] = mean + chance[part][k, i, j]
        assert fine[k] == pytest.approx(wide, abs=1e-4)


def test_spatter_covers_ink_with_grey_mud():
    over_paper = corrupt(flat(0), "spatter", seeded())
    over_ink = corrupt(flat(255), "spatter", seeded())
    mud = over_paper > 0
    # Thick mud is 63, and it ends at four fifths of that.
    assert over_paper[mud].min() >= 50
    assert over_paper.max() == 63
    assert (over_ink[~mud] == 255).all()
    assert over_ink[mud].max() <= 102
    rng = seeded(7)
    liquid = rng.normal(0.65, 0.3, (100, 28, 28))
    liquid = ndimage.gaussian_filter(liquid, (0, 1, 1), mode="nearest")
    thick = ndimage.gaussian_filter((liquid > 0.65).astype(float), (0, 1.5, 1.5), mode="nearest")
    assert mud.mean() == pytest.approx((thick >= 0.8).mean(), abs=0.02)


# --- lines drawn over the glyph -------------------------------------------------------------------


def test_a_dotted_line_is_straight_and_dotted():
    drawn = corrupt(flat(0), "dotted_line", seeded()).astype(float)
    columns = drawn.sum(axis=(0, 1))
    assert np.flatnonzero(columns).tolist() == [2, 3, 6, 7, 10, 11, 14, 15, 18, 19, 22, 23, 26]
    inked = np.flatnonzero(columns)
    rows = np.arange(28)
    for line in drawn:
        touched = line[:2].any() or line[-2:].any()
        heights = (line[:, inked] * rows[:, None]).sum(axis=0) / line[:, inked].sum(axis=0)
        residual = np.polyfit(inked, heights, 1, full=True)[1]
        assert touched or residual < 0.2


def test_a_zigzag_rises_and_falls_between_its_margins():
    drawn = corrupt(flat(0), "zigzag", seeded())
    inside = drawn[~(drawn[:, 0].any(axis=1) | drawn[:, -1].any(axis=1))].astype(float)
    assert len(inside) > 40
    for line in inside:
        inked = np.flatnonzero(line.any(axis=0))
        assert inked.min() <= 3
        assert 23 <= inked.max() <= 25
        heights = line.argmax(axis=0)[3:24]
        turns = np.diff(np.sign(np.diff(heights)[np.diff(heights) != 0]))
        assert np.count_nonzero(turns) >= 4


def test_canny_leaves_outlines_only():
    square = np.zeros((1, 28, 28), np.uint8)
    square[0, 8:20, 8:20] = 255
    edges = corrupt(square, "canny_edges", seeded())[0]
    assert set(np.unique(edges)) == {0, 255}
    assert not edges[10:18, 10:18].any()
    assert not edges[:7].any()
    assert not edges[21:].any()
    # The edge is one closed line, so that the rest is two regions.
    assert ndimage.label(edges == 0)[1] == 2
    assert ndimage.label(edges, np.ones((3, 3)))[1] == 1
    assert not corrupt(flat(0, 1), "canny_edges", seeded()).any()
