"""The line network's arithmetic against all alignments there are, its strips, and its absence."""

from __future__ import annotations

import itertools
import json
import math
import threading
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.imaging.load import Page
from inkling.layout.lines import PageLayout, canvas_layout, page_layout
from inkling.reader.drawing import read_ink
from inkling.reader.page import read_page
from inkling.recognition import classifier, ctc, line_model
from inkling.recognition.candidates import line_height
from inkling.recognition.ctc import best_labels
from inkling.recognition.line_image import (
    DIGIT_HEIGHT,
    ENDS,
    STRIP_HEIGHT,
    contrasted,
    shade_strip_of,
    strip_of,
)
from inkling.training.synthesis import allographs, clutter, compose
from inkling.training.synthesis.clutter import DIGIT
from inkling.training.synthesis.writer import Hand, from_lines
from tests.fixtures.pages_made import Paper, make_page, number_ink

LABELS = 2
BLANK = LABELS


def columns_of(count: int, seed: int, sharpness: float = 1.0) -> np.ndarray:
    """Log-probabilities of so many columns: float64 (count, LABELS + 1)."""
    rng = np.random.default_rng(seed)
    return np.log(rng.dirichlet(np.full(LABELS + 1, 1.0 / sharpness), count) + 1e-12)


def collapsed(states: tuple[int, ...]) -> tuple[int, ...]:
    """What an alignment says: repeats are one, blanks nothing."""
    return tuple(state for state, _ in itertools.groupby(states) if state != BLANK)


def all_readings(log_p: np.ndarray) -> dict[tuple[int, ...], float]:
    """Every reading's probability: the sum over all its alignments."""
    total: dict[tuple[int, ...], float] = defaultdict(float)
    for states in itertools.product(range(LABELS + 1), repeat=len(log_p)):
        p = math.exp(sum(log_p[column, state] for column, state in enumerate(states)))
        total[collapsed(states)] += p
    return total


@settings(max_examples=40, deadline=None)
@given(
    count=st.integers(1, 6),
    labels=st.lists(st.integers(0, LABELS - 1), max_size=4),
    seed=st.integers(0, 10_000),
)
def test_a_readings_score_is_the_sum_over_all_alignments(
    count: int, labels: list[int], seed: int
) -> None:
    log_p = columns_of(count, seed)
    truth = all_readings(log_p).get(tuple(labels), 0.0)
    assert math.exp(ctc.score(log_p, labels)) == pytest.approx(truth, rel=1e-9, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(count=st.integers(1, 6), seed=st.integers(0, 10_000), sharpness=st.sampled_from([1.0, 4.0]))
def test_the_best_readings_are_the_most_probable_of_all(
    count: int, seed: int, sharpness: float
) -> None:
    log_p = columns_of(count, seed, sharpness)
    truth = all_readings(log_p)
    found = best_labels(log_p, 3, beam=200)
    assert len(set(found)) == len(found)
    # Ways below exp(-9) are not looked at, and columns that say nothing for certain are skipped.
    for labels, best in zip(found, sorted(truth.values(), reverse=True), strict=False):
        assert truth[labels] == pytest.approx(best, rel=0.01, abs=1e-3)


def test_the_search_finds_what_is_written_plainly() -> None:
    said = [7, 7, 10, 7, 3, 3, 10, 10, 0]
    log_p = np.log(np.full((len(said), 11), 0.005))
    log_p[np.arange(len(said)), said] = np.log(0.95)
    assert best_labels(log_p, 1) == [(7, 7, 3, 0)]
    assert ctc.score(log_p, (7, 7, 3, 0)) > ctc.score(log_p, (7, 3, 0)) + 2


# --- strips --------------------------------------------------------------------------------------


def strip(ink: np.ndarray) -> tuple[np.ndarray, PageLayout]:
    sheet = canvas_layout(ink)
    return strip_of(sheet, sheet.lines[0], line_height(sheet.lines[0])), sheet


def spans(mask: np.ndarray) -> tuple[int, int]:
    rows = np.flatnonzero(mask.any(axis=1))
    return int(rows[0]), int(rows[-1]) + 1


@pytest.mark.parametrize("digit", [14, 24, 60, 200])
def test_a_strip_holds_the_digits_at_their_height(digit: int) -> None:
    # Eights, for each is as high as a digit can be.
    found, sheet = strip(number_ink("888", 1, digit=digit))
    assert found.dtype == np.uint8 and found.shape[0] == STRIP_HEIGHT and found.max() == 255
    mask = found >= 100
    top, bottom = spans(mask)
    assert abs((bottom - top) - DIGIT_HEIGHT) <= 4
    assert abs((top + bottom) / 2 - STRIP_HEIGHT / 2) <= 3
    boxes = np.array([mark.box for mark in sheet.lines[0]])
    wide = (boxes[:, 0] + boxes[:, 2]).max() - boxes[:, 0].min()
    scale = DIGIT_HEIGHT / line_height(sheet.lines[0])
    assert abs(found.shape[1] - (wide * scale + 2 * ENDS)) <= 1
    assert not (found[:, : ENDS - 2] >= 100).any() and not (found[:, -ENDS + 2 :] >= 100).any()
    assert (found[:, ENDS : ENDS + 3] >= 60).any()


@pytest.mark.parametrize("is_head", [True, False])
def test_what_is_much_higher_than_the_others_keeps_its_head_or_foot(is_head: bool) -> None:
    ink = np.zeros((300, 700), np.uint8)
    for place in range(4):
        cv2.ellipse(ink, (200 + 100 * place, 150), (26, 30), 0, 0, 360, 255, 8)
    end = 74 if is_head else 226
    cv2.line(ink, (100, end), (100, 180 if is_head else 120), 255, 8)
    cv2.line(ink, (84, end), (116, end), 255, 8)
    sheet = page_layout(ink)
    found = strip_of(sheet, sheet.lines[0], 68.0)
    # The bar at its end is there, and the others are whole.
    bar = found[:, ENDS : ENDS + 8] if is_head else found[::-1, ENDS : ENDS + 8]
    assert (bar[:4] >= 150).any()
    top, bottom = spans(found[:, 40:] >= 100)
    assert abs((bottom - top) - DIGIT_HEIGHT) <= 2 and top > 0 and bottom < STRIP_HEIGHT


@pytest.mark.parametrize("slope", [-0.15, 0.1, 0.2])
def test_a_lines_slope_is_taken_out(slope: float) -> None:
    ink = np.zeros((420, 1000), np.uint8)
    for place in range(8):
        x = 60 + 110 * place
        y = round(210 + slope * (x - 500))
        cv2.ellipse(ink, (x, y), (22, 40), 0, 0, 360, 255, 10)
    found, _ = strip(ink)
    mask = (found >= 100).astype(np.uint8)
    count, _, stats, middles = cv2.connectedComponentsWithStats(mask)
    assert count == 9
    assert np.ptp(middles[1:, 1]) < 2.0 and np.abs(middles[1:, 1] - STRIP_HEIGHT / 2).max() < 2.0
    assert abs(float(np.median(stats[1:, cv2.CC_STAT_HEIGHT])) - DIGIT_HEIGHT) <= 2


def test_a_strip_has_its_own_lines_ink_only() -> None:
    ink = np.zeros((400, 700), np.uint8)
    for row, y in enumerate((120, 205)):
        for place in range(5):
            x = 80 + 110 * place
            cv2.ellipse(ink, (x, y), (22, 36), 0, 0, 360, 255, 8)
            if row == 0 and place == 2:
                cv2.line(ink, (x + 20, y), (x + 30, y + 66), 255, 8)  # its tail hangs down
    sheet = page_layout(ink)
    assert [len(each) for each in sheet.lines] == [5, 5]
    alone = ink.copy()
    alone[:164] = 0
    alone_sheet = page_layout(np.where(sheet.labels > 0, alone, 0).astype(np.uint8))
    lower = strip_of(sheet, sheet.lines[1], 72.0)
    truth = strip_of(alone_sheet, alone_sheet.lines[-1], 72.0)
    middle = lower.shape[1] // 2
    # Left and right of the tail the strip is that of the line by itself.
    for part in (slice(0, middle - 30), slice(middle + 40, None)):
        assert np.abs(lower[:, part].astype(int) - truth[:, part].astype(int)).max() < 90


def test_a_strip_of_the_shade_lies_as_the_strip_of_the_ink() -> None:
    """A tilted line with a tall one: the same pixels, and around them what the picture has."""
    ink = np.zeros((420, 1000), np.uint8)
    for place in range(8):
        y = round(210 + 0.1 * (60 + 110 * place - 500))
        cv2.ellipse(ink, (60 + 110 * place, y), (22, 40), 0, 0, 360, 255, 10)
    sheet = canvas_layout(ink)
    assert shade_strip_of(sheet, sheet.lines[0], 90.0) is None
    for height in (90.0, 120.0, 20.0):
        plain = strip_of(sheet, sheet.lines[0], height)
        seen = shade_strip_of(replace(sheet, darkness=ink // 2), sheet.lines[0], height)
        assert seen is not None and seen.shape == plain.shape and seen.dtype == np.uint8
        # Both are shrunk, each from its own corner on: strokes may lie half a pixel apart.
        off = seen.astype(float) - plain
        assert abs(off.mean()) < 6.0 and np.abs(cv2.GaussianBlur(off, (0, 0), 1.5)).max() < 60.0
    # A rule and a faint stroke that are no ink are seen.
    shade = ink // 2
    cv2.line(shade, (0, 290), (999, 290), 60, 6)
    seen = shade_strip_of(replace(sheet, darkness=shade), sheet.lines[0], 90.0)
    assert seen is not None and (seen[-8:].max(axis=0) > 60).mean() > 0.5
    assert not (strip_of(sheet, sheet.lines[0], 90.0)[-4:] > 60).any()


@settings(max_examples=30, deadline=None)
@given(
    paper=st.floats(0.0, 0.6),
    pen=st.floats(0.1, 0.4),
    grain=st.floats(0.0, 0.01),
    seed=st.integers(0, 99),
)
def test_a_contrasted_strip_has_its_paper_at_nothing_and_its_pen_at_full(
    paper: float, pen: float, grain: float, seed: int
) -> None:
    written = number_ink("305", seed, digit=22).astype(np.float32) / 255.0
    rng = np.random.default_rng(seed)
    found = contrasted(
        paper + pen * written + rng.normal(0.0, grain, written.shape).astype(np.float32)
    )
    assert found.dtype == np.uint8
    assert np.median(found) <= 2 and np.median(found[written > 0.9]) >= 200
    assert not contrasted(np.full((STRIP_HEIGHT, 60), paper, np.float32)).any()


# --- the network ---------------------------------------------------------------------------------


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for models in place of the real one, empty."""
    monkeypatch.setattr(line_model, "model_folder", lambda: tmp_path)
    line_model.load.cache_clear()
    yield tmp_path
    line_model.load.cache_clear()


@pytest.fixture
def shipped() -> line_model.LineNetwork:
    found = line_model.load()
    assert found is not None
    return found


def test_the_shipped_network_reads_what_touches(shipped: line_model.LineNetwork) -> None:
    right = 0
    for seed, text in enumerate(("3058", "27", "46130", "905", "7128", "350")):
        found, _ = strip(number_ink(text, seed, gap=(-0.06, 0.02)))
        said = best_labels(shipped.log_probabilities(found), 1)[0]
        right += "".join(map(str, said)) == text
    assert right >= 4


def test_the_shipped_network_knows_the_forms_that_cheques_are_full_of(
    shipped: line_model.LineNetwork,
) -> None:
    """Numbers of which every digit is in another form than most write (see `learning.styles`)."""
    rng = np.random.default_rng(1)
    right = 0
    for _ in range(40):
        said = tuple(rng.choice(list(allographs.FORMS), int(rng.integers(2, 6))).tolist())
        forms = {
            label: [allographs.corners(way) for way in known[int(rng.integers(len(known)))]]
            for label, (_, known) in allographs.FORMS.items()
        }
        style = allographs.Style(forms=forms)
        hand = Hand(DIGIT, slant=0.1, stretch=1.0, gap=0.15, wobble=0.03, pen=4.0, style=style)
        patches = [from_lines([], label, hand, rng) for label in said]
        ink = compose.write(patches, said, [hand] * len(said), rng)
        strip = clutter.photographed(ink, rng)
        right += best_labels(shipped.log_probabilities(strip), 1)[0] == said
    assert right >= 36, right


def test_each_column_holds_probabilities(shipped: line_model.LineNetwork) -> None:
    found, _ = strip(number_ink("3058", 3))
    log_p = shipped.log_probabilities(found)
    assert log_p.shape[1] == 11 and 4 < len(log_p) <= found.shape[1] / 2 + line_model.WIDTH_STEP
    assert log_p.dtype == np.float64
    assert log_p.max() <= 0.0 and log_p.min() >= line_model.LEAST
    np.testing.assert_allclose(np.exp(log_p).sum(axis=1), 1.0, atol=1e-6)
    # Another width before and after changes nothing.
    shipped.log_probabilities(np.zeros((STRIP_HEIGHT, 400), np.uint8))
    np.testing.assert_array_equal(shipped.log_probabilities(found), log_p)


def test_pauses_left_out_change_no_reading(
    shipped: line_model.LineNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed, text in enumerate(("3058", "27", "40055", "9")):
        found, _ = strip(number_ink(text, seed))
        short = shipped.log_probabilities(found)
        with monkeypatch.context() as every:
            every.setattr(ctc, "CERTAIN", 1.0)
            whole = shipped.log_probabilities(found)
        assert (
            len(whole)
            == math.ceil(found.shape[1] / line_model.WIDTH_STEP) * line_model.WIDTH_STEP // 2
        )
        assert len(short) < len(whole)
        best = best_labels(whole, 3)
        assert best_labels(short, 1) == best[:1]
        for labels in best[:2]:
            assert ctc.score(short, labels) == pytest.approx(ctc.score(whole, labels), abs=0.15)


def test_many_threads_get_the_same_answers(shipped: line_model.LineNetwork) -> None:
    strips = [strip(number_ink(text, seed))[0] for seed, text in enumerate(("1", "204", "77385"))]
    alone = [shipped.log_probabilities(each) for each in strips]
    wrong: list[int] = []

    def work(start: int) -> None:
        for turn in range(12):
            index = (start + turn) % len(strips)
            if not np.array_equal(shipped.log_probabilities(strips[index]), alone[index]):
                wrong.append(index)

    threads = [threading.Thread(target=work, args=(start,)) for start in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def damage(models: Path, how: str) -> None:
    folder = models / line_model.NAME
    if how == "missing":
        return
    folder.mkdir()
    content = b"no model"
    (folder / line_model.MODEL_FILE).write_bytes(content)
    notes = {
        "no notes": None,
        "broken notes": "{",
        "another sum": json.dumps({"sha256": "0" * 64}),
        "no sum": "{}",
    }[how]
    if notes is not None:
        (folder / line_model.NOTES_FILE).write_text(notes)


@pytest.mark.parametrize("how", ["missing", "no notes", "broken notes", "another sum", "no sum"])
def test_without_the_network_lines_are_read_by_their_lattices(models: Path, how: str) -> None:
    damage(models, how)
    assert line_model.load() is None
    digits = classifier.load("digits")
    assert read_ink(number_ink("3058", 3), digits).text == "3058"
    page = Page("a.jpg", 1, make_page([["27", "350"]], 4, Paper(height=260)))
    assert read_page(page, digits).text == "27350"
