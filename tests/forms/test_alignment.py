"""Pages aligned with a form, or told."""

from __future__ import annotations

import numpy as np
import pytest

from inkling.forms import alignment, template
from inkling.forms.alignment import FormPrint, NotAlignedError, corners_of
from inkling.forms.template import Field, Kind
from inkling.imaging.pixels import Pixels
from tests.fixtures import forms
from tests.fixtures.forms import LAYOUTS
from tests.fixtures.pages_made import make_page

LAYOUT = LAYOUTS[0]
# Pixels of the photo.
CLOSE = 3.0


@pytest.fixture(scope="module")
def form() -> FormPrint:
    return alignment.form_print(forms.template_of(LAYOUT))


def photo(layout: forms.Layout, seed: int) -> tuple[Pixels, np.ndarray]:
    """An empty form, photographed at an angle."""
    picture = forms.flat(forms.printed(layout))
    return forms.photographed(picture, np.random.default_rng(seed))


@pytest.mark.parametrize("turns", [0, 1, 2])
def test_a_photo_at_an_angle_is_aligned_however_it_is_turned(form: FormPrint, turns: int):
    picture, matrix = photo(LAYOUT, 5)
    picture, matrix = forms.turned(picture, matrix, turns)
    found = alignment.align(picture, form)
    for field, place in zip(form.fields, LAYOUT.places, strict=True):
        truth = alignment.transformed(corners_of(forms.box_of(place)), matrix)
        assert np.abs(found.on_page(corners_of(field.box)) - truth).max() < CLOSE


def test_a_larger_and_a_smaller_scan_are_aligned(form: FormPrint):
    picture = forms.flat(forms.printed(LAYOUT))
    small = picture[::2, ::2].copy()
    large = picture.repeat(2, axis=0).repeat(2, axis=1)
    for scan, scale in ((small, 0.5), (large, 2.0)):
        found = alignment.align(scan, form)
        truth = corners_of(forms.box_of(LAYOUT.places[0])) * scale
        assert np.abs(found.on_page(corners_of(form.fields[0].box)) - truth).max() < CLOSE


@pytest.mark.parametrize(
    "picture",
    [
        photo(LAYOUTS[1], 1)[0],
        photo(forms.revised(LAYOUT), 1)[0],
        make_page([["12", "907"]], 3),
        np.full((900, 700, 3), 240, np.uint8),
        np.random.default_rng(0).integers(0, 255, (400, 300, 3), np.uint8),
    ],
    ids=["another form", "another edition", "handwriting", "blank", "noise"],
)
def test_a_page_that_is_not_the_form_is_told(form: FormPrint, picture: Pixels):
    with pytest.raises(NotAlignedError) as told:
        alignment.align(picture, form)
    assert "form" in str(told.value)


def test_a_field_beyond_the_picture_is_told(form: FormPrint):
    picture = forms.flat(forms.printed(LAYOUT))
    _, top, _, height = forms.box_of(LAYOUT.places[-1])
    with pytest.raises(NotAlignedError, match=r"“Student”"):
        alignment.align(np.ascontiguousarray(picture[: top + height // 2]), form)


def test_a_form_without_print_cannot_be_used():
    blank = np.full((600, 400, 3), 240, np.uint8)
    bare = template.from_page(blank, (Field("a", Kind.DIGITS, (10, 10, 100, 40)),))
    with pytest.raises(NotAlignedError, match="too little print"):
        alignment.form_print(bare)
