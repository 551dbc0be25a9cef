"""Characters to digits and numbers, and how reliable they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inkling.imaging.pixels import Pixels
from inkling.layout.rows import Line
from inkling.reader import verdicts
from inkling.reader.assembly import LineTokens, NumberTokens, assemble
from inkling.reader.context import CONTEXT, Existence, Surroundings
from inkling.reader.reliability import FEATURES, Reliability, features
from inkling.reader.tokens import Token
from inkling.recognition import classifier
from inkling.recognition.classifier import Classifier
from inkling.recognition.cut_reader import ELSE, Character
from inkling.recognition.results import Reason
from tests.fixtures.found_digits import found_digits

# A bar, which the classifier takes for a one.
BAR = np.zeros((24, 16), np.uint8)
BAR[2:22, 7:10] = 255
DIGITS = found_digits([(10.0, 20.0), (30.0, 20.0), (50.0, 20.0)], links=[(0, 1), (1, 2)])


@pytest.fixture(scope="module")
def digits() -> Classifier:
    return classifier.load()


def _token(label: str, digit: int | None, posterior: float = 1.0, cut: int = 0) -> Token:
    log_p = np.full(10, np.log(0.01))
    if label.isdecimal():
        log_p[int(label)] = np.log(0.91)
    character = Character(label, 0.0, log_p, posterior)
    x = 20.0 * (digit or 0)
    return Token(character, digit, x, 20.0, (int(x), 10, 12, 20), _ink(), cut, posterior)


def _ink() -> Pixels:
    return BAR.copy()


def _line(*tokens: Token, found: int | None = None) -> LineTokens:
    counts = {0: len(tokens) if found is None else found}
    return assemble(tokens, Line([[0, 1, 2]], 0.0), counts)


def _reliability(weight_of_cut: float = 0.0, bias: float = 3.0) -> Reliability:
    weights = np.zeros(len(FEATURES))
    weights[0] = weight_of_cut
    return Reliability(weights, bias, 0.9)


def _judged(line: LineTokens, model: Classifier, reliability: Reliability) -> verdicts.Verdicts:
    """What is said of a line whose numbers all exist."""
    found = verdicts.number_features([line], DIGITS, model)
    return verdicts.judge(found, reliability, None, Surroundings())


def test_what_is_hardly_a_number_is_left_out_as_doubtful(digits: Classifier) -> None:
    line = _line(_token("1", 0), _token(".", None), _token("1", 1), _token("1", 2))
    alone = Reliability(np.zeros(len(FEATURES)), 0.0, 0.0)
    hardly = Existence(alone, Reliability(np.zeros(len(CONTEXT)), 0.0, 0.6))
    read = verdicts.number_features([line], DIGITS, digits)
    found = verdicts.judge(read, _reliability(), hardly, Surroundings())
    assert found.lines == ()
    (out,) = found.doubtful
    assert (out.number, out.reason) == ("111", Reason.DOUBTFUL)
    assert out.box == (0, 10, 52, 20)


def test_digits_that_no_text_has_are_left_out_as_doubtful() -> None:
    log_p = np.full((3, 11), -5.0, np.float32)
    log_p[[0, 1, 2], [4, 7, 2]] = -0.1
    (out,) = verdicts.not_read(replace(DIGITS, log_p=log_p), [(1, 2)])
    assert (out.number, out.reason) == ("72", Reason.DOUBTFUL)
    assert out.box == (24, 10, 32, 20)


def test_the_weakest_digit_is_as_probable_as_its_number(digits: Classifier) -> None:
    line = _line(_token("1", 0), _token("1", 1, 0.6), _token("1", 2))
    (read,) = _judged(line, digits, _reliability(bias=0.0)).lines
    (number,) = read.numbers
    assert number.text == "111"
    assert number.confidence == pytest.approx(0.5)
    assert min(number.digits, key=lambda digit: digit.confidence) is number.digits[1]
    assert [digit.prediction.is_sure for digit in number.digits] == [True, False, True]
    for digit in number.digits:
        assert sum(digit.prediction.probabilities) == pytest.approx(1.0)
        assert digit.prediction.probabilities[1] == pytest.approx(digit.confidence)
    assert [digit.box for digit in number.digits] == [(x, 10, 12, 20) for x in (0, 20, 40)]


def test_a_number_keeps_its_signs(digits: Classifier) -> None:
    line = _line(_token("1", 0), _token(".", None), _token("1", 1))
    (read,) = _judged(line, digits, _reliability()).lines
    (number,) = read.numbers
    assert (number.text, number.written) == ("11", "1.1")


def test_what_is_crossed_out_is_left_out_by_name(digits: Classifier) -> None:
    line = _line(_token("struck", None), _token("struck", None), _token("1", 2))
    assert [number.text for number in _judged(line, digits, _reliability()).lines[0].numbers] == [
        "1"
    ]
    (out,) = verdicts.crossed_out([line])
    assert out.reason is Reason.CROSSED_OUT
    assert len(out.number) == 2


def test_a_digit_that_was_found_and_not_read_counts_against_its_number() -> None:
    assert verdicts.unread_beside(_line(_token("1", 0), _token("1", 1))) == [0]
    assert verdicts.unread_beside(_line(_token("1", 0), _token("1", 1), found=3)) == [1]


def test_features_are_those_of_the_weakest_digit() -> None:
    number = NumberTokens((_token("1", 0), _token("7", None, 0.7)), "17", 1, 0.25)
    glyph_p = np.full((2, 10), 0.05, np.float32)
    glyph_p[0, 1], glyph_p[1, 7] = 0.9, 0.4
    values = dict(zip(FEATURES, features(number, DIGITS, 2, glyph_p), strict=True))
    assert values["log of the probability of other texts of the cut"] == pytest.approx(np.log(0.3))
    assert values["digits that the page model did not find"] == 1
    assert values["digits that the page model found and the line model did not read"] == 2
    least = "log-probability of the least likely digit by the classifier"
    assert values[least] == pytest.approx(np.log(0.4), abs=1e-6)
    assert values["number of digits"] == 2
    assert values["sides at which a character stands that is neither digit nor sign"] == 1
    assert values["share of such characters in its line"] == 0.25
    assert all(np.isfinite(value) for value in values.values())


def test_the_probability_is_the_regressions() -> None:
    found = _reliability(weight_of_cut=-1.0, bias=0.5)
    values = np.zeros(len(FEATURES))
    values[0] = -2.0
    assert found.logits(values[None]).tolist() == pytest.approx([2.5])
    assert found.probabilities(values[None]).tolist() == pytest.approx([1 / (1 + np.exp(-2.5))])


def test_other_characters_and_digits_not_read_surround_the_numbers() -> None:
    line = _line(_token("1", 0), _token(ELSE, None), _token("1", 1))
    around = verdicts.surroundings([line], DIGITS, [(2,)])
    assert around.others == ((0, 10, 12, 20),)
    assert around.unread == ((44, 10, 12, 20),)


def test_a_picture_without_numbers_has_no_verdicts() -> None:
    assert verdicts.judge([], _reliability(), None, Surroundings()) == verdicts.Verdicts((), ())


@pytest.mark.parametrize(
    ("posterior", "glyph_p", "share"),
    [
        # The doubt about each digit: 0.001, its posterior's logarithm, and 0.3 of that of the
        # classifier's probability. The first one's is this part of the second one's.
        (1.0, 0.5, (0.001 + 0.3 * np.log(2.0)) / (0.001 + 0.3 * np.log(2.0) + np.log(2.0))),
        (1.0, 1.0, 0.001 / (0.001 + np.log(2.0))),
        (0.8, 1.0, (0.001 + np.log(1.25)) / (0.001 + np.log(2.0))),
    ],
)
def test_the_doubt_about_a_number_is_shared_by_its_digits(
    digits: Classifier, posterior: float, glyph_p: float, share: float
) -> None:
    line = _line(_token("1", 0, posterior), _token("1", 1, 0.5))
    (read,) = verdicts.number_features([line], DIGITS, digits)
    p = np.full((2, 10), 0.01, np.float32)
    p[:, 1] = glyph_p
    judged = verdicts.judge(
        [replace(read, glyph_p=p)], _reliability(bias=0.0), None, Surroundings()
    )
    first, second = judged.lines[0].numbers[0].digits
    assert second.confidence == pytest.approx(0.5)
    assert first.confidence == pytest.approx(0.5**share, abs=1e-4)
