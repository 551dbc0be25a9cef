"""What the pages say about answers and figures."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from inkling.ui.shared import phrases
from tests.fixtures.app import shown

LABELS = ("1", "7", "8")


def digit(
    confidence: float, *, is_digit: bool = True, is_sure: bool = False, kind: str = "character"
) -> Any:
    """A 7 that might also be a 1."""
    prediction = SimpleNamespace(
        probabilities=(1 - confidence, confidence, 0.0), is_digit=is_digit, is_sure=is_sure
    )
    glyph = SimpleNamespace(kind=kind)
    return SimpleNamespace(label="7", confidence=confidence, prediction=prediction, glyph=glyph)


SURE, UNSURE = digit(0.996, is_sure=True), digit(0.6)
SCRIBBLE, DOT = digit(0.2, is_digit=False), digit(0.9, is_digit=False, kind="dot")


def spaced(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("share", "decimals", "text"),
    [
        (1.0, 0, "100 %"),
        (0.9999, 0, "over 99 %"),
        (0.99999, 1, "over 99.9 %"),
        (0.9954, 2, "99.54 %"),
        (0.984, 0, "98 %"),
        (0.0, 0, "0 %"),
    ],
)
def test_a_percentage_never_claims_too_much(share: float, decimals: int, text: str) -> None:
    assert spaced(phrases.percent(share, decimals)) == text


def test_an_article_fits_its_label() -> None:
    assert [phrases.with_article(label) for label in "0178"] == ["a 0", "a 1", "a 7", "an 8"]


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (120_400, "120 kB"), (1_250_000, "1.2 MB")],
)
def test_a_size_has_a_unit_that_suits_it(count: int, text: str) -> None:
    assert spaced(phrases.size(count)) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(12.4, "12 s"), (90.0, "2 min"), (5399.0, "90 min"), (5400.0, "1.5 h")]
)
def test_a_duration_has_a_unit_that_suits_it(seconds: float, text: str) -> None:
    assert spaced(phrases.duration(seconds)) == text


@pytest.mark.parametrize(
    ("digits", "verdict"),
    [
        ([SURE], "Sure: 99.6 %."),
        ([digit(0.94)], "Almost sure (94 %). It could also be a 1."),
        ([digit(0.97)], "Almost sure (97 %)."),
        ([digit(0.4)], "Not sure (40 %). It could also be a 1."),
        ([UNSURE], "Not sure (60 %). It could also be a 1."),
        ([SCRIBBLE], "This does not look like a digit."),
        ([digit(0.5, is_digit=False)], "This does not look like a digit. The closest is a 7."),
        ([DOT], "That is a dot. Draw a digit of any size."),
        ([SURE, SURE], "Sure of both digits."),
        ([SURE, SURE, SURE], "Sure of all 3 digits."),
        ([SURE, UNSURE], "Check the second digit: it could also be a 1."),
        ([SURE, digit(0.97)], "Check the second digit."),
        ([DOT, SURE, UNSURE], "The first character is a dot. 1 more to check."),
        ([SURE] * 11 + [SCRIBBLE], "Character 12 does not look like a digit."),
    ],
)
def test_the_verdict_on_a_drawing(digits: list[Any], verdict: str) -> None:
    assert spaced(phrases.number_verdict(digits, LABELS)) == verdict


def test_an_answer_is_never_its_own_rival() -> None:
    # A line may be read so that a digit is not what it looks most like by itself.
    assert phrases.second_best(digit(0.4), LABELS) == ("1", 0.6)
    assert phrases.rival(digit(0.4), LABELS) == "a 1"
    assert phrases.rival(digit(0.97), LABELS) == ""


@pytest.mark.parametrize(
    "text",
    ["a*b_c.png", "![i](http://x.y/p.png)", "https://x.y", "www.x.y", "a@b.c", r"a\*b", "1. &lt;"],
)
def test_a_text_of_unknown_origin_is_shown_as_it_is(text: str) -> None:
    """tests/browser/test_names.py shows that Streamlit takes it so."""
    plain = phrases.plain(text)
    assert shown(plain) == text
    # What GitHub's Markdown makes a link of, escaped or not.
    unescaped = plain.replace("\\", "")
    assert not re.search(r"https?://|www\.|[\w.+-]@", unescaped)
