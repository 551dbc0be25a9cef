"""Readings: what they export."""

from __future__ import annotations

import numpy as np

from inkling.imaging.glyph import to_glyph
from inkling.recognition.results import Digit, LeftOut, Line, Number, Prediction, Reading, Reason

NO_GLYPH = to_glyph(np.zeros((4, 4), np.uint8))


def _number(text: str, *, sure: bool = True, signed: str = "") -> Number:
    digits = []
    for place, label in enumerate(text):
        one_hot = tuple(float(label == str(k)) for k in range(10))
        prediction = Prediction(label, one_hot, 0.9, True, sure)
        digits.append(Digit(label, 0.9, (10 * place, 0, 8, 12), prediction, NO_GLYPH))
    return Number(tuple(digits), signed=signed)


def _reading() -> Reading:
    line = Line((_number("246", signed="24.6"), _number("7", sure=False)))
    left_out = (LeftOut("86", (50, 0, 20, 12), Reason.CROSSED_OUT),)
    return Reading((line,), 100, 20, file="a.png", left_out=left_out)


def test_json_gives_numbers_with_and_without_their_signs() -> None:
    data = _reading().export()
    assert data["text"] == "2467"
    (line,) = data["lines"]
    assert line["numbers"] == ["246", "7"]
    assert line["written"] == ["24.6", "7"]
    assert line["sure"] == [True, False]
    assert [digit["sure"] for digit in line["digits"]] == [True, True, True, False]


def test_json_lists_what_does_not_count_and_why() -> None:
    assert _reading().export()["left_out"] == [
        {"number": "86", "box": [50, 0, 20, 12], "reason": "crossed out"}
    ]


def test_rows_say_how_a_number_is_written_and_whether_it_is_sure() -> None:
    rows = _reading().rows()
    assert [(row["number"], row["written"], row["sure"]) for row in rows] == [
        ("246", "24.6", "yes"),
        ("7", "7", "no"),
    ]
