"""Synthetic lines: they hold their digits, and depend only on their seed."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.recognition.line_image import DIGIT_HEIGHT, IMAGE_HEIGHT
from inkling.training.synthesis import clutter, compose, lines, photo
from inkling.training.synthesis.allographs import NO_ALLOGRAPHS, Allographs
from inkling.training.synthesis.characters import LETTER_LOOKALIKES, Characters
from inkling.training.synthesis.lines import MAX_DIGITS, make_line
from inkling.training.synthesis.trajectories import Trajectories, to_trajectories
from inkling.training.synthesis.writer import Writer, draw_strokes
from tests.fixtures.pages_made import mnist_test, pen_strokes

EXTRAS: dict[ModuleType, tuple[str, ...]] = {
    lines: (
        "LIGATURE_RATE",
        "WORD_RATE",
        "EMPTY_RATE",
        "WORD_BESIDE_RATE",
        "AUGMENTED_RATE",
        "LARGE_FIRST_RATE",
        "JOINED_STROKES_RATE",
        "JOINED_ZEROS_RATE",
        "DARKNESS_RATE",
    ),
    compose: (
        "THOUSANDS_RATE",
        "STRAY_POINT_RATE",
        "TRAILING_MARK_RATE",
        "LEADING_MARK_RATE",
        "CLIPPED_RATE",
    ),
}
FLAWS: dict[ModuleType, tuple[str, ...]] = {
    clutter: (
        "RULE_RATE",
        "FRAME_RATE",
        "SPECKS_RATE",
        "NEIGHBOUR_RATE",
        "GAP_RATE",
        "EDGE_RATE",
    ),
    photo: ("WARP_RATE", "BLUR_RATE", "FADE_RATE", "NOISE_RATE"),
}
PRINT = ("BASELINE_RATE", "PATTERN_RATE")


def pen_digits() -> Trajectories:
    strokes = pen_strokes(writers=6)
    return to_trajectories(strokes, np.arange(len(strokes.labels)))


@pytest.fixture(scope="module")
def known() -> Characters:
    x, y = mnist_test()
    return Characters(x[:3000], y[:3000].astype(np.uint8), x[3000:3100], x[3100:3120], pen_digits())


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines of nothing but undistorted digits."""
    leave_out_extras(monkeypatch)


def leave_out_extras(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, names in (EXTRAS | FLAWS).items():
        for name in names:
            monkeypatch.setattr(module, name, 0.0)


def solid(*shapes: tuple[int, int]) -> Characters:
    """Filled blocks of different widths in place of the digits 0, 1, …"""
    digits = np.zeros((len(shapes) * 40, 28, 28), np.uint8)
    for label, (width, height) in enumerate(shapes):
        left, top = (28 - width) // 2, (28 - height) // 2
        digits[label * 40 : label * 40 + 40, top : top + height, left : left + width] = 255
    labels = np.repeat(np.arange(len(shapes), dtype=np.uint8), 40)
    return Characters(digits, labels, *np.zeros((2, 0, 28, 28), np.uint8))


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 100_000))
def test_a_line_is_an_image_and_its_digits(known: Characters, seed: int) -> None:
    image, digits = make_line(known, np.random.default_rng(seed))
    assert image.dtype == np.uint8 and image.shape[0] == IMAGE_HEIGHT and image.shape[1] >= 8
    assert len(digits) <= MAX_DIGITS and all(0 <= digit <= 9 for digit in digits)
    assert image.max() > 200
    again, same = make_line(known, np.random.default_rng(seed))
    np.testing.assert_array_equal(again, image)
    assert same == digits


def test_other_seeds_make_other_lines(known: Characters) -> None:
    made = {make_line(known, np.random.default_rng(seed))[0].tobytes() for seed in range(20)}
    assert len(made) == 20


@pytest.mark.usefixtures("clean")
def test_there_are_as_many_components_as_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    # The blocks are solid and far apart, so that their components can be counted.
    blocks = solid((16, 20), (4, 20), (20, 20))
    choose = lines.choose_writer
    monkeypatch.setattr(lines, "choose_writer", lambda *args: replace(choose(*args), gap=0.6))
    monkeypatch.setattr(lines, "FAST_ZEROS_RATE", 0.0)
    rng = np.random.default_rng(3)
    for _ in range(40):
        image, digits = make_line(blocks, rng)
        count, _, stats, _ = cv2.connectedComponentsWithStats((image >= 100).astype(np.uint8))
        assert count - 1 == len(digits)
        order = np.argsort(stats[1:, cv2.CC_STAT_LEFT])
        stats = stats[1:][order]
        # From left to right the narrow block can be told from the wide ones at any slant.
        breadths = stats[:, cv2.CC_STAT_AREA] / stats[:, cv2.CC_STAT_HEIGHT] ** 2.0
        for breadth, digit in zip(breadths, digits, strict=True):
            assert digit == 0 or (breadth < 0.42) == (digit == 1)


@pytest.mark.usefixtures("clean")
def test_digits_are_about_as_high_as_the_reader_makes_them(known: Characters) -> None:
    heights = []
    rng = np.random.default_rng(5)
    for _ in range(150):
        image, digits = make_line(known, rng)
        rows = np.flatnonzero((image >= 100).any(axis=1))
        if len(digits) == 1:
            heights.append(np.ptp(rows) + 1)
        assert rows.size
    assert abs(float(np.median(heights)) - DIGIT_HEIGHT) <= 3


@pytest.mark.parametrize("rate", [0.0, 0.5])
def test_words_and_scribbles_have_no_digits(
    known: Characters, monkeypatch: pytest.MonkeyPatch, rate: float
) -> None:
    monkeypatch.setattr(lines, "WORD_RATE", 1.0)
    monkeypatch.setattr(lines, "EMPTY_RATE", rate)
    rng = np.random.default_rng(1)
    assert all(make_line(known, rng)[1] == () for _ in range(20))
    # Where there are no letters, lines are numbers instead of words.
    monkeypatch.setattr(lines, "EMPTY_RATE", 0.0)
    bare = Characters(known.digits, known.labels, known.letters[:0], known.scribbles)
    assert all(make_line(bare, rng)[1] for _ in range(20))


@pytest.mark.usefixtures("clean")
def test_a_word_beside_a_number_widens_the_line_and_adds_no_digits(
    known: Characters, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = [make_line(known, np.random.default_rng(seed)) for seed in range(20)]
    monkeypatch.setattr(lines, "WORD_BESIDE_RATE", 1.0)
    beside = [make_line(known, np.random.default_rng(seed)) for seed in range(20)]
    assert [digits for _, digits in alone] == [digits for _, digits in beside]
    widths = [[image.shape[1] for image, _ in made] for made in (alone, beside)]
    assert np.mean(np.subtract(widths[1], widths[0])) > 2 * DIGIT_HEIGHT


def test_every_digit_and_length_occurs(known: Characters) -> None:
    rng = np.random.default_rng(2)
    made = [make_line(known, rng)[1] for _ in range(400)]
    counts = np.bincount([digit for digits in made for digit in digits], minlength=10)
    assert counts.min() > 0.05 * counts.sum() and counts.argmax() == 0  # Round numbers.
    first = np.bincount([digits[0] for digits in made if digits], minlength=10)
    assert first.argmax() == 1 and first[1] > 1.5 * first[9]  # Amounts of money.
    assert {len(digits) for digits in made} == set(range(MAX_DIGITS + 1))


def test_clutter_and_flaws_change_no_digits(
    known: Characters, monkeypatch: pytest.MonkeyPatch
) -> None:
    flaws = [(module, name) for module, names in FLAWS.items() for name in names]
    for module, name in (*flaws, *((photo, name) for name in PRINT)):
        monkeypatch.setattr(lines, "DARKNESS_RATE", float(name in PRINT))
        for rate in (0.0, 1.0):
            monkeypatch.setattr(module, name, rate)
            image, digits = make_line(known, np.random.default_rng(8))
            assert image.shape[0] == IMAGE_HEIGHT and len(digits) <= MAX_DIGITS
        assert digits == make_line(known, np.random.default_rng(8))[1]


@pytest.mark.parametrize("is_printed", [False, True])
@pytest.mark.usefixtures("clean")
def test_a_darkness_image_shows_the_ink_and_the_paper(
    known: Characters, monkeypatch: pytest.MonkeyPatch, is_printed: bool
) -> None:
    for name in PRINT:
        monkeypatch.setattr(photo, name, float(is_printed))
    correlations = []
    for seed in range(40):
        ink, digits = make_line(known, np.random.default_rng(seed))
        with monkeypatch.context() as patch:
            patch.setattr(lines, "DARKNESS_RATE", 1.0)
            darkness, again = make_line(known, np.random.default_rng(seed))
        assert again == digits and darkness.shape == ink.shape and darkness.dtype == np.uint8
        correlations.append(np.corrcoef(darkness.ravel(), ink.ravel())[0, 1])
        # Most paper is white, but some of it between the digits is not.
        assert np.median(darkness) <= 3 and (darkness[ink == 0] > 0).mean() > 0.02
    assert np.median(correlations) > (0.6 if is_printed else 0.85)


@pytest.mark.usefixtures("clean")
def test_a_line_of_pen_strokes_has_one_pen_and_one_writer(
    known: Characters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "PEN_STROKE_RATE", 1.0)
    monkeypatch.setattr(lines, "OTHER_WRITER_RATE", 0.0)
    trajectories = known.trajectories
    assert trajectories is not None
    # For each line, the people who wrote all of its digits.
    people: list[set[int]] = []

    def record(strokes, label, writer, rng):
        row = next(k for k, each in enumerate(trajectories.digits) if each is strokes)
        assert trajectories.labels[row] == label
        people[-1] &= {w for w, rows in enumerate(trajectories.writers) if row in rows[label]}
        pen_widths.add(writer.pen_width)
        return draw_strokes(strokes, label, writer, rng)

    monkeypatch.setattr(lines, "draw_strokes", record)
    rng = np.random.default_rng(4)
    for _ in range(30):
        people.append(set(range(6)))
        pen_widths: set[float] = set()
        image, digits = make_line(known, rng)
        assert image.max() == 255 and digits
        assert len(people[-1]) == 1 and len(pen_widths) == 1


@pytest.mark.usefixtures("clean")
def test_some_writers_write_a_letter_for_a_digit(
    known: Characters, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters = [[np.array([[0.0, 0.0], [0.5, 1.0]])] for _ in range(3)]
    lookalikes = {label: [letters] for label in LETTER_LOOKALIKES}
    monkeypatch.setattr(lines, "PEN_STROKE_RATE", 1.0)
    monkeypatch.setattr(lines, "LETTER_LOOKALIKES", dict.fromkeys(LETTER_LOOKALIKES, (1.0, "x")))
    drawn: list[tuple[int, bool, Allographs]] = []

    def record(strokes, label, writer, rng):
        is_letter = any(strokes is letter for letter in letters)
        drawn.append((label, is_letter, writer.allographs))
        return draw_strokes(strokes, label, writer, rng)

    monkeypatch.setattr(lines, "draw_strokes", record)
    rng = np.random.default_rng(4)
    made = [make_line(replace(known, lookalikes=lookalikes), rng)[1] for _ in range(40)]
    assert [label for label, _, _ in drawn] == [digit for digits in made for digit in digits]
    assert all(is_letter == (label in lookalikes) for label, is_letter, _ in drawn)
    # A letter keeps its own form.
    assert all(each == NO_ALLOGRAPHS for _, is_letter, each in drawn if is_letter)
    assert {label for label, is_letter, _ in drawn if not is_letter} == {3}


def test_ligatures_join_digits(known: Characters, monkeypatch: pytest.MonkeyPatch) -> None:
    def components(rate: float) -> int:
        leave_out_extras(monkeypatch)
        monkeypatch.setattr(lines, "PEN_STROKE_RATE", 1.0)
        monkeypatch.setattr(lines, "LIGATURE_RATE", rate)
        total = 0
        for seed in range(150):
            image, _ = make_line(known, np.random.default_rng(seed))
            total += cv2.connectedComponents((image >= 100).astype(np.uint8))[0] - 1
        return total

    assert components(1.0) < 0.85 * components(0.0)


def test_a_first_digit_may_be_larger(monkeypatch: pytest.MonkeyPatch) -> None:
    writer: Writer = lines.choose_writer(np.random.default_rng(0), 0.1)
    for rate in (0.0, 1.0):
        monkeypatch.setattr(lines, "LARGE_FIRST_RATE", rate)
        first, *others = lines.writers_of_digits(writer, (2, 3, 1), np.random.default_rng(1))
        assert (first.height > 1.1 * writer.height) == (rate == 1.0)
        assert all(other is writer for other in others)
