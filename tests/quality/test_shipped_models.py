"""Floors for what the shipped reports say."""

from __future__ import annotations

import pytest

from inkling.reports import files


@pytest.mark.parametrize(("name", "floor"), [("digits", 0.995), ("lenet5", 0.989)])
def test_accuracy_on_the_test_set(name: str, floor: float):
    """Accuracy on MNIST's 10,000 test digits; 99.72 % and 99.29 %."""
    test = files.load_report(name).split("test")
    assert test is not None
    assert test.n == 10_000
    assert test.accuracy.value >= floor
    assert test.accuracy.low < test.accuracy.value < test.accuracy.high


def test_digits_rejects_negatives_better_than_lenet5():
    """Accepted of 1000 negatives of each kind; at most 105 (halves), with a sure answer 16.

    Of 354 signs 9 get one, most of them strokes that anybody would read as a 1.
    """
    ours = {row.kind: row for row in files.load_report("digits").rejections}
    theirs = files.load_report("lenet5").rejections
    # The kind "cuts" was added after lenet5 had been measured.
    assert {row.kind for row in theirs} == ours.keys() - {"cuts"}
    assert 0 < ours["cuts"].accepted < 0.15 * ours["cuts"].n
    for their in theirs:
        our = ours[their.kind]
        assert our.n == their.n > 0
        assert our.sure <= our.accepted < 0.15 * our.n
        assert our.sure < 0.03 * our.n
        assert our.auroc is not None and their.auroc is not None
        assert our.auroc is not None and their.auroc is not None
        assert our.auroc > their.auroc
        assert our.accepted < their.accepted
