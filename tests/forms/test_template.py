"""Templates: saved and opened, written by hand, and refused with a reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inkling.forms import template
from inkling.forms.template import Field, Kind, TemplateError
from tests.fixtures.pages_made import encode

PICTURE = np.full((200, 300, 3), 230, np.uint8)
FIELDS = (
    Field("meter", Kind.DIGITS, (10, 20, 120, 30)),
    Field("paid", Kind.YES_NO, (10, 80, 30, 30)),
)


def document(**changes: Any) -> bytes:
    """A template as JSON, with some values changed."""
    made = template.from_page(PICTURE, FIELDS, decimal=",", dates="ymd")
    return json.dumps(json.loads(made.encode()) | changes).encode()


def test_a_saved_template_is_opened_again():
    made = template.from_page(PICTURE, FIELDS, filled=True, decimal=",", dates="ymd")
    opened = template.decode(made.encode(), "form.json")
    assert opened == made and opened.reference.filled
    assert opened.picture().shape == PICTURE.shape


def test_a_large_picture_is_shrunk_with_the_boxes():
    large = np.full((4000, 3000, 3), 230, np.uint8)
    made = template.from_page(large, (Field("a", Kind.DIGITS, (1000, 2000, 500, 100)),))
    assert made.picture().shape[:2] == (template.REFERENCE_SIDE, 1200)
    assert made.fields[0].box == (400, 800, 200, 40)


def test_a_template_written_by_hand_names_its_picture(tmp_path: Path):
    (tmp_path / "form.png").write_bytes(encode(PICTURE))
    path = tmp_path / "form.json"
    path.write_bytes(document(reference={"file": "form.png"}))
    opened = template.load(path)
    assert opened.picture().shape == PICTURE.shape and not opened.reference.file
    # A server reads no files that an uploaded template names.
    with pytest.raises(TemplateError, match="holds its picture"):
        template.decode(path.read_bytes(), "form.json")
    path.write_bytes(document(reference={"file": "missing.png"}))
    with pytest.raises(TemplateError, match=r"missing\.png"):
        template.load(path)


FIELD = {"name": "meter", "kind": "digits", "box": [10, 20, 120, 30]}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"inkling_form": 2}, "later version"),
        ({"inkling_form": "1"}, "no template"),
        ({"fields": []}, "no fields"),
        ({"fields": [FIELD, FIELD]}, "Two fields are named “meter”"),
        ({"fields": [FIELD | {"name": " "}]}, "no name"),
        ({"fields": [FIELD | {"name": "Error"}]}, "cannot be the name"),
        ({"fields": [FIELD | {"kind": "words"}]}, "words"),
        ({"fields": [FIELD | {"box": [250, 20, 120, 30]}]}, "not inside the picture"),
        ({"fields": [FIELD | {"box": [10, 20, 0, 30]}]}, "box"),
        ({"fields": [FIELD] * 201}, "limit is 200"),
        ({"reference": {"picture": "AAAA"}}, "picture"),
        ({"reference": {}}, "either a picture"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_no_template_is_refused_with_a_reason(changes: dict[str, Any], reason: str):
    with pytest.raises(TemplateError, match=reason) as caught:
        template.decode(document(**changes), "form.json")
    assert "form.json" in str(caught.value)


def test_other_files_are_refused(tmp_path: Path):
    with pytest.raises(TemplateError, match=r"no template"):
        template.decode(b"\xff\xd8 a picture", "photo.jpg")
    with pytest.raises(TemplateError, match="Check the path"):
        template.load(tmp_path / "missing.json")
