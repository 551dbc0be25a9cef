"""Changes of a picture, against their geometry, and the lines that are kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.accuracy import readers, stability
from benchmarks.accuracy.readers import LineRead, Reader
from benchmarks.accuracy.stability import Kept
from inkling.imaging.load import Page
from inkling.imaging.pixels import Pixels
from tests.benchmarks.pictures import picture


def paper() -> Pixels:
    """A gray sheet, 200 wide and 100 high, with a dark spot 60 right of its centre."""
    image = np.full((100, 200, 3), 200, np.uint8)
    image[47:53, 157:163] = 20
    return image


def spot(image: Pixels) -> tuple[float, float]:
    """Where the spot is, x and y from the picture's centre."""
    ys, xs = np.nonzero(image[..., 0] < 110)
    height, width = image.shape[:2]
    return float(xs.mean()) - (width - 1) / 2, float(ys.mean()) - (height - 1) / 2


@pytest.mark.parametrize("degrees", [3.0, -3.0, 30.0])
def test_a_turn_is_clockwise_and_cuts_nothing_off(degrees: float) -> None:
    found = stability.turned(paper(), degrees)
    angle = np.deg2rad(degrees)
    assert found.shape[1] == round(200 * np.cos(angle) + 100 * abs(np.sin(angle)))
    # In pictures y points down, so that clockwise goes from the right to the bottom.
    expected = (60 * np.cos(angle), 60 * np.sin(angle))
    assert spot(found) == pytest.approx(expected, abs=1.0)
    assert (found[[0, 0, -1, -1], [0, -1, 0, -1]] == 200).all()


@pytest.mark.parametrize("name", stability.CHANGES)
def test_each_change_gives_a_picture_again(name: str) -> None:
    before = paper()
    found = stability.CHANGES[name](before)
    assert found.dtype == np.uint8 and found.ndim == 3 and found.shape[2] == 3
    assert (before == paper()).all()
    assert found.shape != before.shape or (found != before).any()


def test_changes_do_what_they_say() -> None:
    image = paper()
    assert stability.CHANGES["×0.7"](image).shape == (70, 140, 3)
    assert stability.CHANGES["×1.3"](image).shape == (130, 260, 3)
    assert stability.cropped(image).shape == (96, 192, 3)
    assert stability.darker(image)[0, 0, 0] == 120
    noise = stability.noisier(image)[:40].astype(float) - 200
    assert abs(noise.mean()) < 0.5 and noise.std() == pytest.approx(stability.NOISE, rel=0.05)
    assert np.abs(stability.as_jpeg(image).astype(int) - image).max() < 80
    # A colour stays that colour.
    red = np.zeros((16, 16, 3), np.uint8)
    red[..., 0] = 200
    assert np.abs(stability.as_jpeg(red).astype(int) - red).max() < 12


def test_lines_that_stay_right_are_counted(tmp_path: Path) -> None:
    page = picture(tmp_path, "a.png", "12", "34")

    def read(page: Page, _single_line: bool, /) -> list[LineRead]:
        """Both lines as it is; the first is lost when it shrinks, all when it grows."""
        lines = {24: ["12", "34"], 17: ["34"], 31: []}.get(page.width, ["12", "34", "9"])
        return [LineRead(line) for line in lines]

    found = stability.measure(page, Reader("a", "1", read), one_line=False)
    assert found["×0.7"] == Kept(2, 1)
    assert found["×1.3"] == Kept(2, 0)
    assert found["darker"] == Kept(2, 2)
    other = picture(tmp_path, "b.png", "99")
    nothing = stability.measure(other, Reader("a", "1", read), one_line=False)
    assert set(nothing.values()) == {Kept(0, 0)}
    rows = stability.figures([found, nothing])
    assert (rows["×0.7"]["right"], rows["×0.7"]["still"]) == (2, 1)
    assert (rows["all"]["right"], rows["all"]["still"]) == (16, 13)
    assert rows["darker"]["low"] == rows["darker"]["high"] == 1.0


def test_right_lines_are_those_of_the_alignment() -> None:
    assert stability.right_lines(["12", "34", "56"], ["12", "7", "56"]) == {0, 2}
    assert stability.right_lines(["12"], []) == set()


def test_one_number_per_picture_is_joined(tmp_path: Path) -> None:
    page = picture(tmp_path, "a.png", "1234")

    def read(page: Page, _single_line: bool, /) -> list[LineRead]:
        return [LineRead("12"), LineRead("34")]

    reader = Reader("a", "1", read)
    assert stability.measure(page, reader, one_line=True)["darker"] == Kept(1, 1)
    assert stability.measure(page, reader, one_line=False)["darker"] == Kept(0, 0)
    assert readers.joined(read(Page("a", 1, paper()), False)) == [LineRead("1234")]
