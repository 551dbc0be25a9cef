"""The downloads of a drawing."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

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


def path(*points: tuple[float, float], **more: Any) -> dict[str, Any]:
    """A stroke through points as the canvas describes it: curves between the middles."""
    curves = [["Q", *a, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2] for a, b in pairwise(points)]
    ends = ["M", points[0][0] - 0.02, points[0][1]], ["L", points[-1][0] + 0.02, points[-1][1]]
    return {"type": "Path", "path": [ends[0], *curves, ends[1]], "scaleX": 1, "scaleY": 1, **more}


def test_the_json_holds_the_strokes_with_points_and_times_and_the_size() -> None:
    way, dot = path((10, 20), (40, 20), (70, 60)), path((200, 90))
    canvas = Canvas(strokes=[way, dot], width=640)
    # The pointer's events have fractions, and there may be more of them.
    trails: list[list[list[float]]] = [
        [[10.4, 20.7, 1_000_000], [40.3, 20.2, 1_000_020], [55, 40, 1_000_030]],
        [[10.4, 20.7, 5_000], [40.3, 20.2, 5_017], [55, 40, 5_030], [70.9, 60.1, 5_051]],
        [[200.5, 90.5, 5_400], [200.5, 90.5, 5_460]],
    ]
    data = json.loads(downloads.strokes_json(canvas, trails))
    assert (data["width"], data["height"]) == (640, 400)
    assert data["started"] == "1970-01-01T00:00:05.000+00:00"
    first, second = data["strokes"]
    assert {key: first[key] for key in way} == way
    assert first["points"] == [[10, 20], [40, 20], [70, 60]] and first["times"] == [0, 17, 51]
    assert second["points"] == [[200, 90]] and second["times"] == [400]


def test_strokes_that_were_not_recorded_have_points_and_no_times() -> None:
    shrunk = path((100, 200), (300, 200), scaleX=0.5, scaleY=0.5)
    trail = [[100.0, 200.0, 70.0], [300.0, 200.0, 90.0]]
    canvas = Canvas(strokes=[shrunk, shrunk], width=352)
    first, second = json.loads(downloads.strokes_json(canvas, [trail]))["strokes"]
    # Each recorded way is that of one stroke, and a drawing may have been shrunk since.
    assert first["points"] == second["points"] == [[50, 100], [150, 100]]
    assert (first["times"], second["times"]) == ([0, 20], None)
    data = json.loads(downloads.strokes_json(canvas))
    assert data["started"] is None and [each["times"] for each in data["strokes"]] == [None] * 2
    empty = json.loads(downloads.strokes_json(Canvas(strokes=[{"type": "Path"}])))
    assert empty["strokes"] == [{"type": "Path", "points": [], "times": None}]
