"""Pictures cut around a number in a form: its edge, its print and what a hand drew under it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inkling.imaging.pixels import BOX_LEVEL
from inkling.reader.page import read_page
from inkling.recognition import classifier, rejection
from inkling.recognition.classifier import Classifier
from tests.fixtures.crops import form_crop


@pytest.fixture(scope="module")
def digits() -> Classifier:
    return classifier.load("digits")


def test_of_a_crop_the_high_lines_are_kept(digits: Classifier) -> None:
    """All of what is likely a number, of others what is surely digits, and nothing small."""
    number = read_page(form_crop("52", 2), digits).lines[0]
    five, two = number.digits
    items: rejection.Items = [(five, five.box), (two, two.box)]
    sure = rejection.LineHypothesis(items, 24.0)
    assert rejection.keep_in_crop([sure]) == [[five, two]]

    def changed(scale: float, *, is_digit: bool) -> rejection.Items:
        found: rejection.Items = []
        for digit, (x, y, width, height) in items:
            assert digit is not None
            box = (x, y, width, round(height * scale))
            prediction = replace(digit.prediction, is_digit=is_digit, is_sure=False)
            found.append((replace(digit, box=box, prediction=prediction), box))
        return found

    # Half of a likely number is enough to keep its other half.
    half = [items[0], changed(1.0, is_digit=False)[1]]
    assert [
        d.label for d in rejection.keep_in_crop([rejection.LineHypothesis(half, 24.0)])[0] if d
    ] == ["5", "2"]
    doubtful = rejection.LineHypothesis(half, 24.0, posterior=0.1)
    assert [d.label for d in rejection.keep_in_crop([doubtful])[0] if d] == ["5"]
    # Small ones go: print sooner than numbers.
    small = rejection.LineHypothesis(changed(0.6, is_digit=True), 14.0)
    print_ = rejection.LineHypothesis(changed(0.6, is_digit=True), 14.0, posterior=0.1)
    specks = rejection.LineHypothesis(changed(0.4, is_digit=True), 9.0)
    assert len(rejection.keep_in_crop([sure, small])) == 2
    assert len(rejection.keep_in_crop([sure, print_])) == 1
    assert len(rejection.keep_in_crop([sure, specks])) == 1


def test_the_edge_the_print_and_the_line_of_a_crop_are_dark() -> None:
    """The crops show what they are made to show; otherwise no test with them would say anything."""
    page = form_crop("37", 0, edge=0.7, print_="Trykt", line=4)
    assert (page.image < 225 - BOX_LEVEL).any(axis=(1, 2)).mean() > 0.3
