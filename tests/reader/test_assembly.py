"""Characters to numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inkling.layout.rows import Line
from inkling.reader.assembly import assemble
from inkling.reader.tokens import Token
from inkling.recognition.cut_reader import Character

LOG_P = np.zeros(10)
INK = np.zeros((4, 4), np.uint8)


def _tokens(text: str, *, found: bool) -> list[Token]:
    """A token for each character, one digit height apart from the next at most; a space is a gap
    of two heights and "~" a crossed-out character."""
    tokens = []
    x, digit = 0.0, 0
    for sign in text:
        if sign == " ":
            x += 40.0
            continue
        label = "struck" if sign == "~" else sign
        row = digit if found and sign.isdigit() else None
        digit += sign.isdigit()
        character = Character(label, x, LOG_P, 1.0)
        tokens.append(Token(character, row, x, 20.0, (0, 0, 1, 1), INK, 0, 1.0))
        x += 14.0
    return tokens


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("123", ["123"]),
        ("24.6", ["24.6"]),
        ("10/24", ["10/24"]),
        ("12:30", ["12:30"]),
        ("2+4-3", ["2", "4", "3"]),
        ("-7", ["-7"]),
        ("5 -7", ["5", "-7"]),
        ("8=", ["8"]),
        ("12 34", ["12", "34"]),
        ("~~ 67", ["67"]),
        ("", []),
    ],
)
def test_numbers_are_written_with_their_signs(text: str, written: list[str]) -> None:
    line = assemble(_tokens(text, found=False), Line([], 0.0))
    assert [number.written for number in line.numbers] == written
    for number in line.numbers:
        digits = "".join(token.label for token in number.digits)
        assert digits == "".join(sign for sign in number.written if sign.isdigit())


def test_links_divide_numbers_that_stand_close() -> None:
    tokens = _tokens("1234", found=True)
    line = assemble(tokens, Line([[0, 1], [2, 3]], 0.0))
    assert [number.written for number in line.numbers] == ["12", "34"]


def test_what_stands_beside_a_number_is_counted() -> None:
    tokens = _tokens("x12 34x 5", found=False)
    labels = ["other" if token.label == "x" else token.label for token in tokens]
    changed = [
        replace(token, character=replace(token.character, label=label))
        for token, label in zip(tokens, labels, strict=True)
    ]
    line = assemble(changed, Line([], 0.0))
    assert [number.others_beside for number in line.numbers] == [1, 1, 0]
    assert {number.others_in_line for number in line.numbers} == {2 / 7}


def test_crossed_out_characters_are_kept_apart() -> None:
    line = assemble(_tokens("~~ 67 ~", found=False), Line([], 0.0))
    assert [len(run) for run in line.struck] == [2, 1]


@pytest.mark.parametrize(("text", "written"), [("5 .93", "5.93"), ("24 - 12 - 26", "24-12-26")])
def test_signs_join_digits_far_apart_where_there_is_one_text(text: str, written: str) -> None:
    tokens = _tokens(text, found=False)
    assert len(assemble(tokens, Line([], 0.0)).numbers) > 1
    (number,) = assemble(tokens, Line([], 0.0), is_one_text=True).numbers
    assert number.written == written


def _standing(*characters: tuple[str, float]) -> list[Token]:
    """Characters at places in digit heights; none was found by the page model."""
    return [
        Token(Character(label, x, LOG_P, 1.0), None, 20.0 * x, 20.0, (0, 0, 1, 1), INK, 0, 1.0)
        for label, x in characters
    ]


@pytest.mark.parametrize(
    ("characters", "written"),
    [
        # Digits of one number are at most 1.15 heights apart.
        ([("1", 0.0), ("2", 1.1)], ["12"]),
        ([("1", 0.0), ("2", 1.2)], ["1", "2"]),
        # With a sign between them, 1.7.
        ([("1", 0.0), (".", 0.8), ("2", 1.65)], ["1.2"]),
        ([("1", 0.0), (".", 0.8), ("2", 1.75)], ["1", "2"]),
        # A minus sign is at most 1.15 heights before its number, and 2 or more after another one.
        ([("-", 0.0), ("7", 1.1)], ["-7"]),
        ([("-", 0.0), ("7", 1.2)], ["7"]),
        ([("5", 0.0), ("-", 2.05), ("7", 2.9)], ["5", "-7"]),
        ([("5", 0.0), ("-", 1.95), ("7", 2.9)], ["5", "7"]),
    ],
)
def test_how_far_apart_the_characters_of_a_number_may_be(
    characters: list[tuple[str, float]], written: list[str]
) -> None:
    line = assemble(_standing(*characters), Line([], 0.0))
    assert [number.written for number in line.numbers] == written


def test_a_character_beside_a_number_is_within_1_15_heights() -> None:
    near = _standing(("other", 0.0), ("1", 1.1), ("2", 2.1), ("other", 3.2))
    far = _standing(("other", 0.0), ("1", 1.2), ("2", 2.2), ("other", 3.4))
    counts = [assemble(tokens, Line([], 0.0)).numbers[0].others_beside for tokens in (near, far)]
    assert counts == [2, 0]
