"""Facts: each one on drawings that have that fault, and on others that do not."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import cv2
import numpy as np
import pytest

from inkling.explain.advice import sentence
from inkling.explain.facts import Fact, FactKind, find_facts
from inkling.imaging.pixels import Pixels
from inkling.imaging.strokes import from_strokes
from inkling.reader.drawing import read_ink
from inkling.recognition import classifier
from tests.fixtures.pages_made import mnist_test, number_ink
from tools.browser import STROKES

PAIRS = [f"{a}{b}" for a in "234567" for b in "357"]


def strokes(name: str) -> list[np.ndarray]:
    """A digit's strokes, in hundredths of a square."""
    return [
        np.array([point.split(",") for point in stroke.split()], float) for stroke in STROKES[name]
    ]


def enlarged(glyph: Pixels, side: int = 280, pad: int = 40) -> Pixels:
    large = cv2.resize(glyph, (side, side), interpolation=cv2.INTER_CUBIC)
    return np.pad(large, pad)


def facts_about(ink: Pixels, model: str = "digits") -> tuple[Fact, ...]:
    network = classifier.load(model)
    return find_facts(ink, read_ink(ink, network).digits, network)


def kinds(ink: Pixels, model: str = "digits") -> list[FactKind]:
    return [fact.kind for fact in facts_about(ink, model)]


def doubtful(inks: Iterable[Pixels], model: str = "digits") -> list[tuple[Pixels, set[FactKind]]]:
    """The drawings that are not read surely, with the kinds of facts about each."""
    network = classifier.load(model)
    out = []
    for ink in inks:
        digits = read_ink(ink, network).digits
        if not all(digit.prediction.is_sure for digit in digits):
            out.append((ink, {fact.kind for fact in find_facts(ink, digits, network)}))
    return out


def share(cases: list[tuple[Pixels, set[FactKind]]], kind: FactKind) -> float:
    assert len(cases) >= 5
    return sum(kind in about for _, about in cases) / len(cases)


def test_an_empty_canvas_is_the_only_fact() -> None:
    assert facts_about(np.zeros((100, 100), np.uint8)) == (Fact(FactKind.EMPTY),)


def test_a_dot_has_no_facts() -> None:
    ink = np.zeros((200, 200), np.uint8)
    cv2.circle(ink, (90, 90), 9, 255, -1)
    assert facts_about(ink) == ()


@pytest.mark.parametrize("side", [7, 10, 14])
def test_the_enlargement_of_tiny_drawings_is_measured(side: int) -> None:
    ink = np.pad(from_strokes(strokes("7"), size=side, brush=1.0, margin=0.0), 60)
    small = [fact for fact in facts_about(ink) if fact.kind is FactKind.SMALL]
    rows, columns = np.nonzero(ink >= 64)
    longer = 1 + max(np.ptp(rows), np.ptp(columns))
    assert small[0].value == pytest.approx(20 / longer)
    assert FactKind.SMALL not in kinds(from_strokes(strokes("7"), size=60, brush=4.0))


def test_thick_and_thin_pens_are_measured() -> None:
    for size, brush, kind in ((200, 70, FactKind.THICK), (600, 6, FactKind.THIN), (200, 18, None)):
        ink = np.pad(from_strokes(strokes("2"), size=size, brush=brush, margin=0.02), 20)
        measured = [
            fact for fact in facts_about(ink) if fact.kind in (FactKind.THICK, FactKind.THIN)
        ]
        assert [fact.kind for fact in measured] == ([kind] if kind else [])
        for fact in measured:
            # The width is a share of the digit's height, which is 0.96 of the size.
            assert fact.value == pytest.approx(brush / (0.96 * size), rel=0.35)


@pytest.mark.parametrize("side", ["left", "right", "top", "bottom"])
def test_a_drawing_cut_off_by_the_edge_is_found(side: str) -> None:
    ink = np.pad(from_strokes(strokes("2"), size=160, brush=14), 30)
    assert FactKind.EDGE not in kinds(ink)
    rows, columns = np.nonzero(ink >= 64)
    cut = {
        "left": ink[:, columns.min() + 3 :],
        "right": ink[:, : columns.max() - 3],
        "top": ink[rows.min() + 3 :],
        "bottom": ink[: rows.max() - 3],
    }[side]
    assert FactKind.EDGE in kinds(np.ascontiguousarray(cut))


def test_drawings_upside_down_are_found() -> None:
    x, y = mnist_test()
    chosen = x[np.isin(y, (2, 3, 4, 5, 7))][:60]
    turned = doubtful(enlarged(glyph[::-1, ::-1]) for glyph in chosen)
    assert len(turned) > 30
    assert share(turned, FactKind.UPSIDE_DOWN) > 0.7
    # Doubtful drawings that are the right way up are seldom called so.
    upright = doubtful((enlarged(glyph) for glyph in x[:300]), "lenet5")
    assert share(upright, FactKind.UPSIDE_DOWN) < 0.1


def dashed(name: str, dash: float, gap: float) -> Pixels:
    """A digit drawn in dashes; lengths in hundredths of its square."""
    parts = []
    for stroke in strokes(name):
        steps = np.concatenate([np.linspace(a, b, 40) for a, b in pairwise(stroke)])
        length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(steps, axis=0).T))])
        for start in np.arange(0.0, length[-1], dash + gap):
            part = steps[(length >= start) & (length < start + dash)]
            parts += [part] if len(part) > 1 else []
    return np.pad(from_strokes(parts, size=240, brush=14), 30)


def test_broken_strokes_are_found() -> None:
    reported = 0
    for name in "2347":
        for dash, gap in ((40, 0), (40, 12), (30, 16), (25, 20), (15, 15), (12, 14)):
            ink = dashed(name, dash, gap)
            digits = read_ink(ink, classifier.load()).digits
            broken = [fact for fact in facts_about(ink) if fact.kind is FactKind.BROKEN]
            reported += bool(broken)
            assert {fact.label for fact in broken} <= {name}
            if gap == 0 or (len(digits) == 1 and digits[0].prediction.is_sure):
                assert not broken
    assert reported >= 10


def test_an_open_ring_is_a_broken_stroke() -> None:
    ink = np.zeros((300, 300), np.uint8)
    cv2.ellipse(ink, (150, 150), (70, 100), 0, 14, 346, 255, 20, cv2.LINE_AA)
    first = facts_about(ink)[0]
    assert (first.kind, first.label) == (FactKind.BROKEN, "0")
    assert "reads as 0" in sentence([first])


def test_a_drawing_like_no_digit_is_not_called_empty() -> None:
    ink = np.zeros((300, 300), np.uint8)
    cv2.ellipse(ink, (150, 150), (70, 100), 0, 40, 320, 255, 20, cv2.LINE_AA)
    assert FactKind.EMPTY not in kinds(ink)


def test_two_digits_that_overlap_are_named() -> None:
    inks = [number_ink(text, seed, gap=(-0.25, -0.15)) for seed, text in enumerate(PAIRS)]
    cases = doubtful(inks)
    assert share(cases, FactKind.TWO_DIGITS) >= 0.4
    for ink in inks:
        for fact in facts_about(ink):
            if fact.kind is FactKind.TWO_DIGITS:
                assert len(fact.label) == 2


def test_digits_with_space_between_them_are_a_number() -> None:
    texts = ("1984", "11", "100", "0123456789")
    inks = [number_ink(text, seed, gap=(0.1, 0.4)) for seed in range(5) for text in texts]
    facts = [fact for ink in inks for fact in facts_about(ink)]
    assert not [fact for fact in facts if fact.kind is FactKind.TWO_DIGITS]


def test_crossed_sevens_are_found() -> None:
    x, y = mnist_test()
    rng = np.random.default_rng(0)
    sevens = [enlarged(glyph) for glyph in x[y == 7][:40]]
    # This network was never trained with crossed sevens.
    cases = doubtful((crossed(seven, rng) for seven in sevens), "keras-io")
    assert share(cases, FactKind.CROSSED_SEVEN) > 0.4
    others = doubtful((enlarged(glyph) for glyph in x[y != 7][:150]), "keras-io")
    assert share(others, FactKind.CROSSED_SEVEN) < 0.15


def crossed(ink: Pixels, rng: np.random.Generator) -> Pixels:
    rows = np.flatnonzero((ink > 128).any(axis=1))
    row = round(rows[0] + rng.uniform(0.45, 0.6) * (rows[-1] - rows[0]))
    stem = round(float(np.flatnonzero(ink[row] > 128).mean()))
    half = round(0.3 * (rows[-1] - rows[0]))
    return np.asarray(cv2.line(ink.copy(), (stem - half, row), (stem + half, row), 255, 22))


def test_a_four_is_called_closed_only_if_it_has_a_ring() -> None:
    x, _ = mnist_test()
    network = classifier.load("lenet5")
    p = network.probabilities(x)
    rows = [k for k in np.flatnonzero(p.max(axis=1) < 0.99) if set(np.argsort(p[k])[-2:]) == {4, 9}]
    assert len(rows) > 20
    for k in rows[:40]:
        about = kinds(enlarged(x[k]), "lenet5")
        # Contours find rings by another method.
        contours, tree = cv2.findContours(
            (np.pad(x[k], 1) >= 64).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE
        )
        holes = [c for c, (*_, parent) in zip(contours, tree[0], strict=True) if parent >= 0]
        if not holes:
            assert FactKind.CLOSED_FOUR not in about
        if FactKind.CLOSED_FOUR in about:
            assert FactKind.AMBIGUOUS not in about


def test_clean_digits_have_no_facts() -> None:
    for name in "1234":
        ink = np.pad(from_strokes(strokes(name), size=200, brush=16), 30)
        assert facts_about(ink) == (), name
