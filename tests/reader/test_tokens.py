"""Characters of a cut on the picture."""

from __future__ import annotations

import numpy as np
import pytest

from inkling.layout.cut import CUT_HEIGHT, Cut
from inkling.reader.tokens import found_digits as known_digits
from inkling.reader.tokens import tokens_of
from inkling.recognition import classifier
from inkling.recognition.cut_reader import Character, CutText
from tests.fixtures.found_digits import found_digits

# A cut of a picture at half its size, whose middle is the row 40 of the picture.
MATRIX = np.array([[2.0, 0.0, 10.0], [0.0, 2.0, 40.0 - CUT_HEIGHT]])
SIZE = (300, 80)


def _text(*characters: tuple[str, float]) -> CutText:
    return CutText(
        tuple(Character(label, x, np.zeros(10), 1.0) for label, x in characters), 0.9, ()
    )


def _cut(digits: list[int]) -> Cut:
    shape = (CUT_HEIGHT, 100)
    return Cut(np.zeros(shape, np.uint8), np.zeros(shape, np.float32), MATRIX, digits)


def test_characters_are_the_digits_that_were_found_there() -> None:
    digits = found_digits([(30.0, 40.0), (70.0, 40.0)], height=40.0)
    text = _text(("3", 10.5), (".", 20.0), ("7", 29.0))
    tokens = tokens_of(digits, _cut([0, 1]), text, 4, SIZE)
    assert [token.label for token in tokens] == ["3", ".", "7"]
    assert [token.digit for token in tokens] == [0, None, 1]
    assert [token.is_digit for token in tokens] == [True, False, True]
    assert {token.cut for token in tokens} == {4}
    # A digit has the box that was found: 24 by 40 pixels around its middle.
    x, y, width, height = tokens[0].box
    assert (x, y) == (18, 20)
    assert (width, height) == (24, 40)


def test_a_character_that_was_not_found_has_a_usual_box() -> None:
    digits = found_digits([(30.0, 40.0)], height=40.0)
    tokens = tokens_of(digits, _cut([0]), _text(("3", 10.0), ("5", 60.0)), 0, SIZE)
    assert [token.digit for token in tokens] == [0, None]
    x, _, width, height = tokens[1].box
    assert x + width / 2 == pytest.approx(10 + 2 * 60, abs=1)
    assert (width, height) == (pytest.approx(24, abs=2), pytest.approx(40, abs=2))


def test_boxes_stay_in_the_picture() -> None:
    digits = found_digits([(4.0, 6.0)], height=40.0)
    (token,) = tokens_of(digits, _cut([0]), _text(("3", -3.0)), 0, SIZE)
    x, y, width, height = token.box
    assert x == 0 and y == 0
    assert 0 < width <= 16 and 0 < height <= 26


def test_two_characters_do_not_share_a_digit() -> None:
    digits = found_digits([(30.0, 40.0)], height=40.0)
    tokens = tokens_of(digits, _cut([0]), _text(("1", 7.0), ("1", 10.0)), 0, SIZE)
    assert [token.digit for token in tokens] == [None, 0]


def test_digits_stand_apart_where_there_is_space_between_their_boxes() -> None:
    # Their boxes are 24 pixels wide, and 8 % of their height are 3.2 pixels.
    places = [(30.0, 40.0), (58.0, 40.0), (84.0, 40.0), (105.0, 40.0)]
    digits = found_digits(places, height=40.0)
    known = known_digits(digits, _cut([0, 1, 2, 3]), classifier.load())
    assert known.is_apart.tolist() == [True, False, False, False]
    assert known.x.tolist() == [10.0, 24.0, 37.0, 47.5]
    alone = known_digits(digits, _cut([2]), classifier.load())
    assert alone.is_apart.tolist() == [True]
    assert alone.height == 20.0
