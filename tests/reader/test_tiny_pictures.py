"""Pictures of a pixel or two, as pages, as digits and as drawings: read, and nothing is found."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from inkling.imaging import ink
from inkling.imaging.load import MIN_SIDE, Page, open_pages
from inkling.reader.drawing import read_digit, read_ink
from inkling.reader.page import read_page, read_upright
from inkling.recognition.classifier import Classifier, load

SIZES = [(1, 1), (1, 2), (2, 1), (2, 2), (1, 300), (300, 1), (MIN_SIDE - 1, MIN_SIDE - 1)]


@pytest.fixture(scope="module")
def digits() -> Classifier:
    return load("digits")


def page_of(pixels: np.ndarray) -> Page:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    (page,) = open_pages(file.getvalue(), "tiny.png")
    return page


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("level", [0, 128, 255, None], ids=str)
def test_a_tiny_picture_is_read(
    width: int, height: int, level: int | None, digits: Classifier
) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3)).astype(np.uint8)
    if level is not None:
        pixels[:] = level
    page = page_of(pixels)
    assert (page.width, page.height) == (width, height)
    for reading in (read_page(page, digits), read_upright(page, digits)[1]):
        assert {reading.width, reading.height} == {width, height}
        assert any("too few to read" in warning for warning in reading.warnings)
    read_digit(ink.from_image(page.image), digits)
    read_ink(ink.from_canvas(page.image), digits)
