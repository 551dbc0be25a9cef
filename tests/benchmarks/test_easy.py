"""The easy set: its pictures hold what their cells say, and its figures count what they should."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.accuracy import easy as benchmark
from inkling.imaging.pixels import Pixels
from tests.fixtures import easy, easy_files
from tests.fixtures.hands import LABELS, mnist_digit, mnist_hands
from tests.fixtures.sheet import draw_digit
from tests.fixtures.skeleton import count_holes, count_parts, thin

PLAIN = easy.Cell("medium", 60, "dark on light", 440, "clean", "number", 0, 1)


def box_of(ink: Pixels) -> tuple[int, int]:
    """Height and width of the ink's box."""
    rows, columns = np.nonzero(ink >= 128)
    return int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1


def test_thinning_keeps_loops_and_parts() -> None:
    ring = np.zeros((40, 60), np.uint8)
    ring[5:35, 5:30] = 255
    ring[12:28, 12:23] = 0
    ring[10:30, 40:46] = 255
    thinned = thin(ring > 0)
    pixels = thinned.astype(np.uint8) * np.uint8(255)
    assert (count_holes(pixels), count_parts(pixels)) == (1, 2)
    # A line one pixel wide has hardly any 2x2 blocks.
    blocks = thinned[1:, 1:] & thinned[:-1, 1:] & thinned[1:, :-1] & thinned[:-1, :-1]
    assert blocks.sum() <= 4
    assert (thinned <= (ring > 0)).all()


@pytest.mark.parametrize("height", [12, 60, 200, 900])
@pytest.mark.parametrize("part", easy.PENS.values())
def test_digits_have_the_height_and_the_stroke_that_was_asked_for(height: int, part: float) -> None:
    """A straight stroke with round ends has an area that geometry knows."""
    width = max(1.0, part * height)
    ink = draw_digit([np.array([(0.0, 0.0), (0.0, 1.0)])], height, width)
    area = width * (height - width) + np.pi * width**2 / 4.0
    assert abs(ink.sum() / 255.0 - area) <= 0.08 * area
    tall, _ = box_of(draw_digit(mnist_digit("1", np.random.default_rng(0)), height, width))
    assert abs(tall - height) <= 1


@pytest.mark.parametrize("label", list(LABELS))
def test_redrawn_digits_keep_their_loops_in_every_pen(label: str) -> None:
    rng = np.random.default_rng(5)
    for width in (6.0, 14.0):
        ink = draw_digit(mnist_digit(label, rng), 160.0, width)
        assert count_parts(ink) == 1
        loops = {"0": {1}, "6": {1}, "8": {2}, "9": {1}, "2": {0, 1}, "4": {0, 1}}
        assert count_holes(ink) in loops.get(label, {0})


def test_a_sample_is_balanced() -> None:
    cells = easy.cells(8)
    assert Counter((cell.pen, cell.height) for cell in cells) == {
        (pen, height): 8 for pen in easy.PENS for height in easy.HEIGHTS
    }
    assert {cell.colour for cell in cells} == set(easy.COLOURS)
    assert {cell.turn for cell in cells} == {0, 90, 180, 270}
    assert {cell.length for cell in cells} == {0, *easy.LENGTHS}
    assert all(cell.content == "page" for cell in cells if cell.turn)
    assert all(cell.side == 1600 and cell.length <= 2 for cell in cells if cell.height == 900)


def test_a_cell_decides_what_its_picture_looks_like() -> None:
    plain = easy.draw(PLAIN, 3, mnist_hands)
    assert plain.numbers == ("3",)
    assert max(plain.picture.shape) == 440
    pen, paper = easy.COLOURS["dark on light"]
    assert plain.picture[0, 0].tolist() == list(paper)
    assert plain.picture.min() <= min(pen) + 2
    light = easy.draw(replace(PLAIN, colour="light on dark"), 3, mnist_hands)
    assert light.picture.mean() < 60 < 200 < plain.picture.mean()
    bold = easy.draw(replace(PLAIN, pen="bold"), 3, mnist_hands)
    assert (bold.picture < 128).sum() > 1.3 * (plain.picture < 128).sum()


def test_a_turned_page_is_the_upright_one_turned() -> None:
    upright = replace(PLAIN, height=28, content="page", length=0)
    first = easy.draw(upright, 4, mnist_hands)
    turned = easy.draw(replace(upright, turn=90), 4, mnist_hands)
    assert turned.numbers == first.numbers
    # Clockwise: the upper edge becomes the right one.
    assert (turned.picture[:, -1] == first.picture[0]).all()
    assert (np.rot90(turned.picture) == first.picture).all()
    text = "".join(first.numbers)
    assert len(text) >= easy.MIN_DIGITS
    assert sum(map(text.count, easy.UPRIGHT)) >= easy.MIN_UPRIGHT


def test_a_plain_page_is_the_same_at_every_size() -> None:
    small, numbers = easy_files.plain_page(1, 440, mnist_hands)
    large, again = easy_files.plain_page(1, 1600, mnist_hands)
    assert numbers == again
    assert (small.shape[1], large.shape[1]) == (440, 1600)
    assert abs(float(small.mean()) - float(large.mean())) < 1.0


@pytest.mark.parametrize(
    ("truth", "read", "right"),
    [
        (["12"], ["12"], 1),
        (["12"], ["12", "1"], 0),
        (["12"], [], 0),
        (["12", "34", "56"], ["12", "56"], 2),
        (["12", "34"], ["34", "12"], 1),
        (["12", "34"], ["7", "12", "34"], 1),
    ],
)
def test_numbers_count_in_order_and_extra_lines_cost_one(
    truth: list[str], read: list[str], right: int
) -> None:
    assert benchmark.numbers_right(truth, read) == right


def test_the_worst_row_has_enough_numbers() -> None:
    def row(n: int, accuracy: float) -> dict[str, float]:
        return {"n": n, "accuracy": accuracy}

    axes = {"pen": {"thin": row(50, 0.9), "bold": row(50, 0.8)}, "turn": {"90": row(3, 0.0)}}
    assert benchmark.worst(axes) == {"axis": "pen", "row": "bold", "n": 50, "accuracy": 0.8}
    assert benchmark.worst({"turn": {"90": row(3, 0.0)}}) == {}
