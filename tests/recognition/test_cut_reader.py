"""What a cut says, against all texts that its columns could say."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.recognition.ctc import ctc_log_likelihood
from inkling.recognition.cut_reader import FoundDigits, hypotheses, match_found, read_cut
from inkling.recognition.expectation import Expectation
from inkling.recognition.line_model import LineModel

LABELS = ("1", "7", "-")
IMAGE = np.zeros((32, 12), np.uint8)


class _Fixed(LineModel):
    """A line model that gives prepared columns."""

    def __init__(self, log_p: NDArray[np.float64]) -> None:
        self.labels = LABELS
        self._log_p = log_p

    def columns(self, image: Pixels) -> NDArray[np.float64]:
        del image
        return self._log_p


def _columns(*labels: int) -> NDArray[np.float64]:
    """Columns of which each says one label nearly surely; 3 is the blank."""
    p = np.full((len(labels), 4), 0.01)
    p[np.arange(len(labels)), labels] = 0.97
    return np.log(p)


def test_a_clear_cut_is_read_and_each_character_has_its_place() -> None:
    text = read_cut(_Fixed(_columns(3, 0, 0, 3, 2, 3, 1, 3)), IMAGE)
    assert text.labels == ("1", "-", "7")
    assert [character.x for character in text.characters] == [4.0, 9.0, 13.0]
    assert text.posterior > 0.8
    assert all(character.posterior > 0.9 for character in text.characters)
    for character in text.characters:
        assert np.exp(character.log_p).sum() == pytest.approx(1.0)
        assert LABELS[int(character.log_p.argmax())] == character.label


def test_posteriors_are_those_of_all_texts() -> None:
    log_p = np.log(np.random.default_rng(3).dirichlet([0.3] * 4, 5))
    texts = [text for n in range(6) for text in product(range(3), repeat=n)]
    likelihood = np.array([ctc_log_likelihood(log_p, text) for text in texts])
    p = np.exp(likelihood - np.logaddexp.reduce(likelihood))
    found = read_cut(_Fixed(log_p), IMAGE)
    best = texts[int(p.argmax())]
    assert found.labels == tuple(LABELS[k] for k in best)
    # Only the most probable texts are compared.
    assert found.posterior == pytest.approx(float(p.max()), abs=0.1)


def test_a_doubtful_character_is_doubted_and_the_others_are_not() -> None:
    log_p = _columns(0, 3, 1, 3)
    log_p[2] = np.log([0.45, 0.52, 0.01, 0.02])
    text = read_cut(_Fixed(log_p), IMAGE)
    assert text.labels == ("1", "7")
    first, second = (character.posterior for character in text.characters)
    assert first > 0.9
    assert second == pytest.approx(0.53, abs=0.08)
    assert text.rivals[0][0] == ("1", "1")


def test_paper_says_nothing() -> None:
    text = read_cut(_Fixed(_columns(3, 3, 3)), IMAGE)
    assert text.characters == ()
    assert text.posterior > 0.8


def test_a_cut_that_holds_a_digit_is_not_read_as_a_sign_alone() -> None:
    log_p = _columns(3, 2, 3)
    log_p[1] = np.log([0.03, 0.3, 0.6, 0.07])
    assert read_cut(_Fixed(log_p), IMAGE).labels == ("-",)
    text = read_cut(_Fixed(log_p), IMAGE, has_digits=True)
    assert text.labels == ("7",)
    # It is compared with the other texts with a digit alone.
    assert all(set(labels) & {"1", "7"} for labels, _ in text.rivals)
    assert text.posterior + sum(p for _, p in text.rivals) == pytest.approx(1.0)


def _found(*digits: tuple[float, int], is_apart: bool = True) -> FoundDigits:
    """Digits at a place, of whose label the page model and the classifier are nearly sure."""
    log_p = np.full((len(digits), 11), np.log(0.001), np.float32)
    for row, (_, label) in enumerate(digits):
        log_p[row, label] = np.log(0.99)
    x = np.array([x for x, _ in digits], np.float64)
    return FoundDigits(x, 20.0, np.full(len(digits), is_apart), log_p, log_p, np.ones((40, 2)))


def test_the_page_model_decides_between_texts_that_the_line_model_doubts() -> None:
    log_p = _columns(0, 3, 1, 3)
    log_p[2] = np.log([0.45, 0.52, 0.01, 0.02])
    weights = np.array([1.0, 0.5, 0.5, 0.0, 0.0])
    # The labels are "1", "7" and "-"; the digit in doubt stands at 5.
    found = _found((1.0, 1), (5.0, 1))
    assert read_cut(_Fixed(log_p), IMAGE, found, weights).labels == ("1", "1")
    found = _found((1.0, 1), (5.0, 7))
    assert read_cut(_Fixed(log_p), IMAGE, found, weights).labels == ("1", "7")


def test_a_digit_that_touches_another_is_the_line_models_to_read() -> None:
    log_p = _columns(0, 3, 1, 3)
    log_p[2] = np.log([0.45, 0.52, 0.01, 0.02])
    found = _found((1.0, 1), (5.0, 1), is_apart=False)
    weights = np.array([1.0, 0.5, 0.5, 0.0, 0.0])
    assert read_cut(_Fixed(log_p), IMAGE, found, weights).labels == ("1", "7")


def test_a_digit_where_none_was_found_counts_against_a_text() -> None:
    log_p = _columns(0, 3, 1, 3)
    log_p[2] = np.log([0.02, 0.50, 0.45, 0.03])
    weights = np.array([1.0, 0.0, 0.0, 2.0, 0.0])
    assert read_cut(_Fixed(log_p), IMAGE, _found((1.0, 1)), weights).labels == ("1", "-")
    assert read_cut(_Fixed(log_p), IMAGE, _found((1.0, 1), (5.0, 7)), weights).labels == ("1", "7")


def test_a_digit_that_was_not_found_counts_where_the_ink_is_a_digits() -> None:
    log_p = _columns(0, 3, 1, 3)
    log_p[2] = np.log([0.02, 0.50, 0.45, 0.03])
    weights = np.array([1.0, 0.0, 0.0, 0.0, 0.5])
    found = replace(_found((1.0, 1)), height=5.0)
    # Of the ink of the digit that was found, half is a digit's by the page model.
    found.ink[:, 1] = 0.5
    for share, text in ((0.01, ("1", "-")), (0.45, ("1", "7"))):
        found.ink[4:, 1] = share
        assert read_cut(_Fixed(log_p), IMAGE, found, weights).labels == text


def test_characters_and_digits_are_matched_in_order() -> None:
    x = np.array([10.0, 20.0, 29.0])
    places = np.array([10.5, 29.5])
    assert match_found(["3", ".", "7"], x, places, 20.0) == [0, None, 1]
    assert match_found(["3", "4", "7"], x, np.array([19.0]), 20.0) == [None, 0, None]
    assert match_found([], np.zeros(0), places, 20.0) == []


def test_what_is_expected_adds_texts_and_decides_between_them() -> None:
    log_p = _columns(0, 3, 3, 3, 1)
    assert read_cut(_Fixed(log_p), IMAGE).labels == ("1", "7")
    expected = Expectation(
        lambda text: 0.0 if "-" in text else -20.0,
        lambda text: [f"{text[0]}-{text[1:]}"] if len(text) == 2 else [],
    )
    text = read_cut(_Fixed(log_p), IMAGE, expected=expected)
    assert text.labels == ("1", "-", "7") and all(
        "-" in labels for labels, p in text.rivals if p > 0.01
    )
    # A variant that is too long for the cut is left out.
    short = read_cut(_Fixed(_columns(0, 3, 1)), IMAGE, expected=expected)
    assert len(short.labels) < 3


def test_a_slash_is_rarer_than_a_one_that_looks_the_same() -> None:
    """The prior is 1.4 nats: without other evidence, one of five is a slash."""
    labels = ("1", "/")
    log_p = np.log(np.array([[0.01, 0.01, 0.98], [0.495, 0.495, 0.01], [0.01, 0.01, 0.98]]))
    found = {
        "".join(labels[k] for k in each.labels): each.evidence[0]
        for each in hypotheses(log_p, labels, None)
    }
    assert found["1"] - found["/"] == pytest.approx(1.4)
    assert found["1"] > found["/"]
