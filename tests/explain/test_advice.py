"""The coach: every fact on drawings that were given that fault, and on others that were not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.explain.advice import APART, Fact, Kind, advice, facts
from inkling.imaging.pixels import Pixels
from inkling.imaging.strokes import from_strokes
from inkling.reader.drawing import read_ink
from inkling.recognition import classifier
from tests.fixtures.pages_made import mnist_test, number_ink
from tools.browser import STROKES


def strokes(name: str) -> list[np.ndarray]:
    """The pen's way for a digit, in hundredths of a square."""
    return [
        np.array([point.split(",") for point in stroke.split()], float) for stroke in STROKES[name]
    ]


def enlarged(glyph: Pixels, side: int = 280, pad: int = 40) -> Pixels:
    large = cv2.resize(glyph, (side, side), interpolation=cv2.INTER_CUBIC)
    return np.pad(large, pad)


def found(ink: Pixels, model: str = "digits") -> tuple[Fact, ...]:
    network = classifier.load(model)
    return facts(ink, read_ink(ink, network).digits, network)


def kinds(ink: Pixels, model: str = "digits") -> list[Kind]:
    return [fact.kind for fact in found(ink, model)]


def doubtful(inks: Iterable[Pixels], model: str = "digits") -> list[tuple[Pixels, set[Kind]]]:
    """Those that are not read surely, with the facts about each."""
    network = classifier.load(model)
    out = []
    for ink in inks:
        digits = read_ink(ink, network).digits
        if not all(digit.prediction.is_sure for digit in digits):
            out.append((ink, {fact.kind for fact in facts(ink, digits, network)}))
    return out


def share(cases: list[tuple[Pixels, set[Kind]]], kind: Kind) -> float:
    assert len(cases) >= 5
    return sum(kind in about for _, about in cases) / len(cases)


def test_an_empty_sheet() -> None:
    assert found(np.zeros((100, 100), np.uint8)) == (Fact(Kind.EMPTY),)


def test_a_dot_needs_no_coach() -> None:
    ink = np.zeros((200, 200), np.uint8)
    cv2.circle(ink, (90, 90), 9, 255, -1)
    assert found(ink) == ()


@pytest.mark.parametrize("side", [7, 10, 14])
def test_tiny_drawings_are_told_how_often_they_were_enlarged(side: int) -> None:
    ink = np.pad(from_strokes(strokes("7"), size=side, brush=1.0, margin=0.0), 60)
    small = [fact for fact in found(ink) if fact.kind is Kind.SMALL]
    rows, columns = np.nonzero(ink >= 64)
    longer = 1 + max(np.ptp(rows), np.ptp(columns))
    assert small[0].value == pytest.approx(20 / longer)
    assert Kind.SMALL not in kinds(from_strokes(strokes("7"), size=60, brush=4.0))


def test_thick_and_thin_pens_are_measured() -> None:
    for size, brush, kind in ((200, 70, Kind.THICK), (600, 6, Kind.THIN), (200, 18, None)):
        ink = np.pad(from_strokes(strokes("2"), size=size, brush=brush, margin=0.02), 20)
        measured = [fact for fact in found(ink) if fact.kind in (Kind.THICK, Kind.THIN)]
        assert [fact.kind for fact in measured] == ([kind] if kind else [])
        for fact in measured:
            # A pen's width is 1 where it draws as wide as the digit is high.
            assert fact.value == pytest.approx(brush / (0.96 * size), rel=0.35)


@pytest.mark.parametrize("side", ["left", "right", "top", "bottom"])
def test_a_drawing_that_runs_off_the_sheet(side: str) -> None:
    ink = np.pad(from_strokes(strokes("2"), size=160, brush=14), 30)
    assert Kind.EDGE not in kinds(ink)
    rows, columns = np.nonzero(ink >= 64)
    cut = {
        "left": ink[:, columns.min() + 3 :],
        "right": ink[:, : columns.max() - 3],
        "top": ink[rows.min() + 3 :],
        "bottom": ink[: rows.max() - 3],
    }[side]
    assert Kind.EDGE in kinds(np.ascontiguousarray(cut))


def test_upside_down_is_found_by_turning() -> None:
    x, y = mnist_test()
    chosen = x[np.isin(y, (2, 3, 4, 5, 7))][:60]
    turned = doubtful(enlarged(glyph[::-1, ::-1]) for glyph in chosen)
    assert len(turned) > 30
    assert share(turned, Kind.UPSIDE_DOWN) > 0.7
    # What is doubtful the right way up is seldom called so.
    upright = doubtful((enlarged(glyph) for glyph in x[:300]), "lenet5")
    assert share(upright, Kind.UPSIDE_DOWN) < 0.1


def dashed(name: str, dash: float, gap: float) -> Pixels:
    """A digit whose pen runs dry again and again; lengths in hundredths of its square."""
    parts = []
    for stroke in strokes(name):
        steps = np.concatenate([np.linspace(a, b, 40) for a, b in pairwise(stroke)])
        way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(steps, axis=0).T))])
        for start in np.arange(0.0, way[-1], dash + gap):
            part = steps[(way >= start) & (way < start + dash)]
            parts += [part] if len(part) > 1 else []
    return np.pad(from_strokes(parts, size=240, brush=14), 30)


def test_broken_strokes_are_found_by_closing_the_gaps() -> None:
    told = 0
    for name in "2347":
        for dash, gap in ((40, 0), (40, 12), (30, 16), (25, 20), (15, 15), (12, 14)):
            ink = dashed(name, dash, gap)
            digits = read_ink(ink, classifier.load()).digits
            broken = [fact for fact in found(ink) if fact.kind is Kind.BROKEN]
            told += bool(broken)
            assert {fact.label for fact in broken} <= {name}
            if gap == 0 or (len(digits) == 1 and digits[0].prediction.is_sure):
                assert not broken
    assert told >= 10


def test_a_ring_that_is_open_is_told_to_be_closed() -> None:
    ink = np.zeros((300, 300), np.uint8)
    cv2.ellipse(ink, (150, 150), (70, 100), 0, 14, 346, 255, 20, cv2.LINE_AA)
    first = found(ink)[0]
    assert (first.kind, first.label) == (Kind.BROKEN, "0")
    assert "reads as 0" in advice([first])


def test_a_drawing_that_is_like_no_digit_is_not_called_empty() -> None:
    ink = np.zeros((300, 300), np.uint8)
    cv2.ellipse(ink, (150, 150), (70, 100), 0, 40, 320, 255, 20, cv2.LINE_AA)
    assert Kind.EMPTY not in kinds(ink)


def test_two_digits_that_overlap_are_named() -> None:
    inks = [number_ink(text, seed, gap=(-0.25, -0.15)) for seed, text in enumerate(TWO)]
    cases = doubtful(inks)
    assert share(cases, Kind.TWO_DIGITS) >= 0.4
    for ink, text in zip(inks, TWO, strict=True):
        for fact in found(ink):
            if fact.kind is Kind.TWO_DIGITS:
                assert fact.value >= 2
                assert len(fact.label) == fact.value, text


TWO = [f"{a}{b}" for a in "234567" for b in "357"]


def test_crossed_sevens_are_found_by_taking_the_bar_away() -> None:
    x, y = mnist_test()
    rng = np.random.default_rng(0)
    sevens = [enlarged(glyph) for glyph in x[y == 7][:40]]
    # To a network that never saw one they are hard.
    cases = doubtful((crossed(seven, rng) for seven in sevens), "keras-io")
    assert share(cases, Kind.CROSSED_SEVEN) > 0.4
    others = doubtful((enlarged(glyph) for glyph in x[y != 7][:150]), "keras-io")
    assert share(others, Kind.CROSSED_SEVEN) < 0.15


def crossed(ink: Pixels, rng: np.random.Generator) -> Pixels:
    rows = np.flatnonzero((ink > 128).any(axis=1))
    row = round(rows[0] + rng.uniform(0.45, 0.6) * (rows[-1] - rows[0]))
    stem = round(float(np.flatnonzero(ink[row] > 128).mean()))
    half = round(0.3 * (rows[-1] - rows[0]))
    return np.asarray(cv2.line(ink.copy(), (stem - half, row), (stem + half, row), 255, 22))


def test_a_four_closed_at_the_top_is_told_from_an_open_one() -> None:
    x, _ = mnist_test()
    network = classifier.load("lenet5")
    p = network.probabilities(x)
    rows = [k for k in np.flatnonzero(p.max(axis=1) < 0.99) if set(np.argsort(p[k])[-2:]) == {4, 9}]
    assert len(rows) > 20
    for k in rows[:40]:
        about = kinds(enlarged(x[k]), "lenet5")
        # Contours know rings in another way.
        contours, tree = cv2.findContours(
            (np.pad(x[k], 1) >= 64).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE
        )
        holes = [c for c, (*_, parent) in zip(contours, tree[0], strict=True) if parent >= 0]
        if not holes:
            assert Kind.CLOSED_FOUR not in about
        if Kind.CLOSED_FOUR in about:
            assert Kind.ALIKE not in about


def fact_of(kind: Kind) -> st.SearchStrategy[Fact]:
    labels: dict[Kind, st.SearchStrategy[str]] = {
        Kind.TWO_DIGITS: st.text("0123456789", min_size=2, max_size=3),
        Kind.ALIKE: st.sampled_from(sorted(APART)),
    }
    label = labels.get(kind, st.sampled_from("0123456789"))
    return st.builds(Fact, st.just(kind), st.floats(0.0, 9.0), label)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(list(Kind)).flatmap(fact_of))
def test_advice_is_one_short_sentence(fact: Fact) -> None:
    sentence = advice([fact, Fact(Kind.EMPTY)])
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert sentence.count(".") == 1
    assert len(sentence) <= 110
    assert not any(word in sentence.lower() for word in ("wrong", "bad", "error", "fail"))


def test_no_fact_no_advice() -> None:
    assert advice(()) == ""


def test_clean_digits_have_nothing_said_about_them() -> None:
    checks: Callable[[str], tuple[Fact, ...]] = lambda name: found(  # noqa: E731
        np.pad(from_strokes(strokes(name), size=200, brush=16), 30)
    )
    assert {name: checks(name) for name in "1234"} == dict.fromkeys("1234", ())
