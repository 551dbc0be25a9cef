"""Made lines: they hold the digits they say they hold, and follow from their seed."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.recognition.line_image import DIGIT_HEIGHT, STRIP_HEIGHT
from inkling.training.synthesis import allographs, clutter, compose, writer
from inkling.training.synthesis import lines as synthesis_lines
from inkling.training.synthesis.lines import ALIKE, LONGEST, Characters, _hand, _hands, make
from inkling.training.synthesis.writer import Trajectories, trajectories
from tests.fixtures.pages_made import mnist_test, pen_strokes

EXTRAS = ("TIE", "WORD", "NOTHING", "BESIDE", "BENT", "TALL", "JOINED", "CHAINED", "SHADE")
AROUND = ("POINT", "STRAY_POINT", "TAIL", "LEAD", "CLIPPED")
DIRT = ("RULE", "FRAME", "SPECKS", "NEIGHBOUR", "CUT", "EDGE", "BENT", "BLUR", "FADE", "NOISE")
PRINT = ("UNDER", "PATTERN")


def drawn() -> Trajectories:
    strokes = pen_strokes(writers=6)
    return trajectories(strokes, np.arange(len(strokes.labels)))


@pytest.fixture(scope="module")
def known() -> Characters:
    x, y = mnist_test()
    return Characters(x[:3000], y[:3000].astype(np.uint8), x[3000:3100], x[3100:3120], drawn())


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but digits, unbent."""
    leave_out(monkeypatch)


def leave_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, names in ((synthesis_lines, EXTRAS), (compose, AROUND), (clutter, DIRT)):
        for name in names:
            monkeypatch.setattr(module, name, 0.0)


def solid(*shapes: tuple[int, int]) -> Characters:
    """Filled blocks of different widths in place of digits: label 0, 1, ..."""
    digits = np.zeros((len(shapes) * 40, 28, 28), np.uint8)
    for label, (width, height) in enumerate(shapes):
        left, top = (28 - width) // 2, (28 - height) // 2
        digits[label * 40 : label * 40 + 40, top : top + height, left : left + width] = 255
    labels = np.repeat(np.arange(len(shapes), dtype=np.uint8), 40)
    return Characters(digits, labels, *np.zeros((2, 0, 28, 28), np.uint8))


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 100_000))
def test_a_line_is_a_strip_with_its_digits(known: Characters, seed: int) -> None:
    strip, said = make(known, np.random.default_rng(seed))
    assert strip.dtype == np.uint8 and strip.shape[0] == STRIP_HEIGHT and strip.shape[1] >= 8
    assert len(said) <= LONGEST and all(0 <= label <= 9 for label in said)
    assert strip.max() > 200
    again, same = make(known, np.random.default_rng(seed))
    np.testing.assert_array_equal(again, strip)
    assert same == said


def test_other_seeds_make_other_lines(known: Characters) -> None:
    made = {make(known, np.random.default_rng(seed))[0].tobytes() for seed in range(20)}
    assert len(made) == 20


@pytest.mark.usefixtures("clean")
def test_there_are_as_many_marks_as_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    # Far apart and solid, so that marks can be counted.
    blocks = solid((16, 20), (4, 20), (20, 20))
    monkeypatch.setattr(compose, "_left", lambda reach, *_: int(reach.max()) + 14)
    rng = np.random.default_rng(3)
    for _ in range(40):
        strip, said = make(blocks, rng)
        count, _, stats, _ = cv2.connectedComponentsWithStats((strip >= 100).astype(np.uint8))
        assert count - 1 == len(said)
        order = np.argsort(stats[1:, cv2.CC_STAT_LEFT])
        stats = stats[1:][order]
        # The narrow block is told from the wide one, from left to right, whatever the slant.
        breadths = stats[:, cv2.CC_STAT_AREA] / stats[:, cv2.CC_STAT_HEIGHT] ** 2.0
        for breadth, label in zip(breadths, said, strict=True):
            assert label == 0 or (breadth < 0.45) == (label == 1)


@pytest.mark.usefixtures("clean")
def test_digits_are_about_as_high_as_the_reader_makes_them(known: Characters) -> None:
    heights = []
    rng = np.random.default_rng(5)
    for _ in range(150):
        strip, said = make(known, rng)
        rows = np.flatnonzero((strip >= 100).any(axis=1))
        if len(said) == 1:
            heights.append(np.ptp(rows) + 1)
        assert rows.size
    assert abs(float(np.median(heights)) - DIGIT_HEIGHT) <= 3


@pytest.mark.parametrize("often", [0.0, 0.5])
def test_words_and_blots_say_nothing(
    known: Characters, monkeypatch: pytest.MonkeyPatch, often: float
) -> None:
    monkeypatch.setattr(synthesis_lines, "WORD", 1.0)
    monkeypatch.setattr(synthesis_lines, "NOTHING", often)
    rng = np.random.default_rng(1)
    assert all(make(known, rng)[1] == () for _ in range(20))
    # Without letters there are digits instead.
    monkeypatch.setattr(synthesis_lines, "NOTHING", 0.0)
    bare = Characters(known.digits, known.labels, known.letters[:0], known.scribbles)
    assert all(make(bare, rng)[1] for _ in range(20))


@pytest.mark.usefixtures("clean")
def test_a_word_beside_a_number_widens_the_line_and_not_what_it_says(
    known: Characters, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = [make(known, np.random.default_rng(seed)) for seed in range(20)]
    monkeypatch.setattr(synthesis_lines, "BESIDE", 1.0)
    beside = [make(known, np.random.default_rng(seed)) for seed in range(20)]
    assert [said for _, said in alone] == [said for _, said in beside]
    widths = [[strip.shape[1] for strip, _ in lines] for lines in (alone, beside)]
    assert np.mean(np.subtract(widths[1], widths[0])) > 2 * DIGIT_HEIGHT


def test_every_digit_and_length_is_met(known: Characters) -> None:
    rng = np.random.default_rng(2)
    made = [make(known, rng)[1] for _ in range(400)]
    counts = np.bincount([label for said in made for label in said], minlength=10)
    assert counts.min() > 0.05 * counts.sum() and counts.argmax() == 0  # round numbers
    front = np.bincount([said[0] for said in made if said], minlength=10)
    assert front.argmax() == 1 and front[1] > 1.5 * front[9]  # amounts
    assert {len(said) for said in made} == set(range(LONGEST + 1))


def test_surroundings_leave_the_labels_alone(
    known: Characters, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (*DIRT, *PRINT):
        monkeypatch.setattr(synthesis_lines, "SHADE", float(name in PRINT))
        for often in (0.0, 1.0):
            monkeypatch.setattr(clutter, name, often)
            strip, said = make(known, np.random.default_rng(8))
            assert strip.shape[0] == STRIP_HEIGHT and len(said) <= LONGEST
        assert said == make(known, np.random.default_rng(8))[1]


@pytest.mark.parametrize("is_printed", [False, True])
@pytest.mark.usefixtures("clean")
def test_a_lines_shade_shows_what_its_ink_does_on_paper_that_is_not_clean(
    known: Characters, monkeypatch: pytest.MonkeyPatch, is_printed: bool
) -> None:
    for name in PRINT:
        monkeypatch.setattr(clutter, name, float(is_printed))
    alike = []
    for seed in range(40):
        plain, said = make(known, np.random.default_rng(seed))
        with monkeypatch.context() as shaded:
            shaded.setattr(synthesis_lines, "SHADE", 1.0)
            seen, again = make(known, np.random.default_rng(seed))
        assert again == said and seen.shape == plain.shape and seen.dtype == np.uint8
        alike.append(np.corrcoef(seen.ravel(), plain.ravel())[0, 1])
        # The paper is there between the digits, and darker than nothing.
        assert np.median(seen) <= 3 and (seen[plain == 0] > 0).mean() > 0.02
    assert np.median(alike) > (0.6 if is_printed else 0.85)


@pytest.mark.usefixtures("clean")
def test_a_line_of_strokes_has_one_pen_and_one_writer(
    known: Characters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synthesis_lines, "STROKES", 1.0)
    monkeypatch.setattr(synthesis_lines, "STRANGER", 0.0)
    assert known.strokes is not None
    asked: list[set[int]] = []
    whole = writer.from_lines

    def watched(lines, label, hand, rng):  # type: ignore[no-untyped-def]
        assert known.strokes is not None
        row = next(k for k, each in enumerate(known.strokes.digits) if each is lines)
        assert known.strokes.labels[row] == label
        writers = known.strokes.writers
        asked[-1] &= {w for w, rows in enumerate(writers) if row in rows[label]}
        pens.add(hand.pen)
        return whole(lines, label, hand, rng)

    monkeypatch.setattr(synthesis_lines, "from_lines", watched)
    rng = np.random.default_rng(4)
    for _ in range(30):
        asked.append(set(range(6)))
        pens: set[float] = set()
        strip, said = make(known, rng)
        assert strip.max() == 255 and said
        assert len(asked[-1]) == 1 and len(pens) == 1


@pytest.mark.usefixtures("clean")
def test_some_hands_write_a_letter_for_a_digit(
    known: Characters, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters = [[np.array([[0.0, 0.0], [0.5, 1.0]])] for _ in range(3)]
    alike = {label: [letters] for label in ALIKE}
    monkeypatch.setattr(synthesis_lines, "STROKES", 1.0)
    monkeypatch.setattr(synthesis_lines, "ALIKE", dict.fromkeys(ALIKE, (1.0, "x")))
    asked: list[tuple[int, bool, allographs.Style]] = []
    whole = writer.from_lines

    def watched(lines, label, hand, rng):  # type: ignore[no-untyped-def]
        asked.append((label, any(lines is letter for letter in letters), hand.style))
        return whole(lines, label, hand, rng)

    monkeypatch.setattr(synthesis_lines, "from_lines", watched)
    rng = np.random.default_rng(4)
    said = [make(replace(known, alike=alike), rng)[1] for _ in range(40)]
    assert [label for label, _, _ in asked] == [label for line in said for label in line]
    assert all(is_letter == (label in alike) for label, is_letter, _ in asked)
    # A letter keeps its form.
    assert all(style == allographs.PLAIN for _, is_letter, style in asked if is_letter)
    assert {label for label, is_letter, _ in asked if not is_letter} == {3}


def test_a_pen_that_is_not_lifted_ties_digits(
    known: Characters, monkeypatch: pytest.MonkeyPatch
) -> None:
    def marks(often: float) -> int:
        leave_out(monkeypatch)
        monkeypatch.setattr(synthesis_lines, "STROKES", 1.0)
        monkeypatch.setattr(synthesis_lines, "TIE", often)
        total = 0
        for seed in range(150):
            strip, _ = make(known, np.random.default_rng(seed))
            total += cv2.connectedComponents((strip >= 100).astype(np.uint8))[0] - 1
        return total

    assert marks(1.0) < 0.85 * marks(0.0)


def test_a_first_digit_may_be_larger(monkeypatch: pytest.MonkeyPatch) -> None:
    hand = _hand(np.random.default_rng(0), 0.1)
    for often in (0.0, 1.0):
        monkeypatch.setattr(synthesis_lines, "TALL", often)
        first, *others = _hands(hand, (2, 3, 1), np.random.default_rng(1))
        assert (first.height > 1.1 * hand.height) == (often == 1.0)
        assert all(other is hand for other in others)
