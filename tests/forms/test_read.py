"""Made forms read with their templates."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from inkling.forms import template
from inkling.forms.read import Form, open_form, read_form
from inkling.forms.template import Field, TemplateError
from inkling.imaging.load import Page
from inkling.reader.deadline import Deadline
from inkling.recognition.classifier import load
from tests.fixtures import forms
from tests.fixtures.forms import LAYOUTS, make_form
from tests.fixtures.hands import mnist_hands


@cache
def opened(which: int) -> Form:
    return open_form(forms.template_of(LAYOUTS[which]))


@pytest.mark.parametrize("which", [0, 1])
def test_every_field_of_a_photo_is_read(which: int):
    made = make_form(LAYOUTS[which], which, mnist_hands)
    reading = read_form(Page("a.jpg", 1, made.picture), opened(which), load())
    assert reading.is_aligned and not reading.warnings
    assert {field.name: field.shown for field in reading.fields} == made.truth
    first = np.array(reading.fields[0].polygon)
    height, width = made.picture.shape[:2]
    assert (first > 0).all() and (first < (width, height)).all()
    exported = reading.export()["fields"]
    assert [field["sure"] for field in exported] == [field.is_sure for field in reading.fields]


def test_print_is_not_read():
    """Currency signs, cells and rules in the fields, and numbers around them."""
    picture, _ = forms.photographed(forms.flat(forms.printed(LAYOUTS[1])), np.random.default_rng(4))
    reading = read_form(Page("a.jpg", 1, picture), opened(1), load())
    assert {field.shown for field in reading.fields} == {"", "no"}
    assert not reading.unsure


def test_a_filled_in_page_serves_as_a_template():
    layout = LAYOUTS[2]
    first = make_form(layout, 2, mnist_hands, photo=False)
    fields = tuple(
        Field(place.label, place.kind, tuple(map(float, forms.box_of(place))))  # type: ignore[arg-type]
        for place in layout.places
    )
    form = open_form(template.from_page(first.picture, fields, filled=True))
    made = make_form(layout, 5, mnist_hands)
    reading = read_form(Page("a.jpg", 1, made.picture), form, load())
    digits = {place.label for place in layout.places if place.kind == "digits"}
    read = {field.name: field.shown for field in reading.fields}
    assert {name: read[name] for name in digits} == {name: made.truth[name] for name in digits}


def test_another_form_is_told():
    made = make_form(LAYOUTS[1], 1, mnist_hands)
    reading = read_form(Page("b.jpg", 3, made.picture), opened(0), load())
    assert not reading.fields and "does not look like the form" in reading.problem
    assert reading.export() == {"file": "b.jpg", "page": 3, "error": reading.problem}
    assert reading.row() == {"file": "b.jpg", "page": 3, "error": reading.problem}


def test_fields_for_which_the_time_is_too_short_are_not_sure():
    made = make_form(LAYOUTS[0], 0, mnist_hands)
    deadline = Deadline(0.0)
    reading = read_form(Page("a.jpg", 1, made.picture), opened(0), load(), deadline)
    written = [
        field for field in reading.fields if field.kind != "yes-no" and made.truth[field.name]
    ]
    assert written and not any(field.text or field.is_sure for field in written)
    assert "Some fields were not read" in reading.warnings[0]


def test_a_template_without_print_is_refused():
    blank = np.full((600, 400, 3), 240, np.uint8)
    with pytest.raises(TemplateError, match="too little print"):
        open_form(template.from_page(blank, (Field("a", template.Kind.DIGITS, (9, 9, 90, 40)),)))
