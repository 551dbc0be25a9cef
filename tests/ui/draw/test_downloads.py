"""The downloads of a drawing."""

from __future__ import annotations

import json

import numpy as np

from inkling.imaging.ink import from_canvas
from inkling.reader.drawing import read_ink
from inkling.recognition import classifier
from inkling.ui.draw import downloads
from inkling.ui.draw.canvas import Canvas
from tests.fixtures.app import drawing


def test_the_csv_holds_each_digit_with_its_label() -> None:
    digits = read_ink(from_canvas(drawing("37")), classifier.load("digits")).digits
    rows = downloads.labelled_csv(digits, ["3", "1"]).decode().splitlines()
    assert rows[0].startswith("label,pixel0,pixel1,") and rows[0].endswith(",pixel783")
    values = np.array([row.split(",") for row in rows[1:]], int)
    assert values[:, 0].tolist() == [3, 1]
    assert (values[0, 1:] == digits[0].glyph.pixels.ravel()).all()


def test_the_json_holds_the_strokes_and_the_size() -> None:
    canvas = Canvas(strokes=[{"type": "Path"}], width=640)
    assert json.loads(downloads.strokes_json(canvas)) == {
        "width": 640,
        "height": 400,
        "strokes": [{"type": "Path"}],
    }
