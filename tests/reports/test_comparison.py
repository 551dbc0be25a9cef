"""What follows from stored reports: against MNIST's own labels, scipy and counting by hand."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, chi2
from sklearn.metrics import confusion_matrix

from inkling.paths import ASSETS
from inkling.reports import comparison, files, published, test_set
from inkling.reports.comparison import Predictions
from inkling.reports.files import ReportError

answers = st.integers(1, 60).flatmap(
    lambda n: st.tuples(
        st.lists(st.integers(0, 3), min_size=n, max_size=n),
        st.lists(st.integers(0, 3), min_size=n, max_size=n),
        st.lists(st.floats(0.25, 1.0, width=32), min_size=n, max_size=n),
    )
)


def made(parts: tuple[list[int], list[int], list[float]]) -> Predictions:
    true, predicted, confidence = parts
    return Predictions(
        np.array(true, np.uint8), np.array(predicted, np.uint8), np.array(confidence, np.float32)
    )


@pytest.fixture(scope="module")
def labels() -> np.ndarray:
    with np.load(ASSETS / "mnist.npz") as file:
        return file["y_test"]


@pytest.mark.parametrize("name", files.model_names())
def test_a_report_gives_back_every_label_and_answer(name: str, labels: np.ndarray):
    report = files.load_report(name)
    found = comparison.predictions_of(report)
    assert (found.true == labels).all()
    matrix = confusion_matrix(found.true, found.predicted)
    assert matrix.tolist() == report.confusion
    cell = np.array(report.confusion) - np.diag(np.diag(report.confusion))
    true, read = np.unravel_index(cell.argmax(), cell.shape)
    wrong = {image.index for image in report.wrong if (image.true, image.predicted) == (true, read)}
    assert set(found.cell(int(true), int(read)).tolist()) == wrong


def test_a_report_without_answers_is_a_sentence():
    report = files.load_report("lenet5")
    with pytest.raises(ReportError, match="does not hold the individual predictions"):
        comparison.predictions_of(msgspec.structs.replace(report, answers=None))
    short = msgspec.structs.replace(report.answers, predicted="AAAA")
    with pytest.raises(ReportError, match="damaged"):
        comparison.predictions_of(msgspec.structs.replace(report, answers=short))


@given(answers)
def test_a_threshold_counts_what_it_lets_through(parts):
    found = made(parts)
    n = len(found.true)
    for coverage in (0.01, 0.5, 1.0):
        kept = comparison.at_coverage(found, coverage)
        sure = [k for k in range(n) if found.confidence[k] >= kept.threshold]
        assert kept.answered == len(sure) >= min(n, max(1, round(coverage * n)))
        assert kept.wrong == sum(found.true[k] != found.predicted[k] for k in sure)
        # The next higher confidence would let too few through.
        above = sum(found.confidence > kept.threshold)
        assert above < max(1, round(coverage * n))


@given(answers)
def test_the_curve_goes_from_all_to_few_and_tells_the_truth(parts):
    found = made(parts)
    curve = comparison.risk_coverage_curve(found)
    assert curve[0].answered == len(found.true)
    counts = [kept.answered for kept in curve]
    assert counts == sorted(counts, reverse=True)
    for kept in curve:
        assert kept == comparison.at_threshold(found, kept.threshold)
        if kept.error is not None:
            value, low, high = msgspec.structs.astuple(kept.error)
            assert low - 1e-12 <= value <= high + 1e-12


@given(answers, answers)
def test_cell_by_cell_is_the_difference_of_two_matrices(a, b):
    n = min(len(a[0]), len(b[0]))
    first = made(tuple(part[:n] for part in a))
    second = made((a[0][:n], b[1][:n], b[2][:n]))
    gains = comparison.confusion_difference(first, second, 4)
    everything = [0, 1, 2, 3]
    expected = confusion_matrix(second.true, second.predicted, labels=everything)
    expected = expected - confusion_matrix(first.true, first.predicted, labels=everything)
    assert (gains == expected).all()
    assert comparison.same_images(first, second)


@given(st.integers(0, 80), st.integers(0, 80))
def test_mcnemar_is_scipys(only_a: int, only_b: int):
    a = np.array([True] * only_a + [False] * only_b + [True, False])
    b = np.array([False] * only_a + [True] * only_b + [True, False])
    found = comparison.mcnemar(a, b)
    assert (found.only_a_right, found.only_b_right) == (only_a, only_b)
    apart = only_a + only_b
    if apart == 0:
        expected = 1.0
    elif apart < comparison.MIN_DISCORDANT_FOR_CHI_SQUARE:
        expected = binomtest(only_a, apart).pvalue
    else:
        expected = chi2.sf(max(0, abs(only_a - only_b) - 1) ** 2 / apart, df=1)
    assert found.p_value == pytest.approx(expected, rel=1e-9)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12))
def test_the_front_is_what_none_beats(points):
    front = [points[k] for k in comparison.pareto_front(points)]
    for point in set(points):
        is_beaten = any(
            other[0] <= point[0] and other[1] <= point[1] and other != point for other in points
        )
        assert (point in front) == (not is_beaten)
    assert len(set(front)) == len(front)


@given(st.lists(st.floats(0, 1, width=32), max_size=50))
def test_every_confidence_is_counted_once(values):
    assert sum(comparison.confidence_histogram(np.array(values, np.float32))) == len(values)


def test_the_doubted_labels_are_those_of_the_test_set(labels: np.ndarray):
    assert len(published.LABEL_ERRORS) == 15
    for number, error in published.LABEL_ERRORS.items():
        assert labels[number] == error.given != error.guessed
        assert sum(error.votes) == 5
        # Most did not agree with the label.
        assert error.votes[0] < 3


def test_the_pictures_are_those_of_the_report():
    report = files.load_report("lenet5")
    digits = test_set.load_test_images(report)
    for image in report.wrong[:20]:
        assert (digits[image.index] == image.pixels).all()
    elsewhere = [msgspec.structs.replace(split, dataset="usps") for split in report.splits]
    with pytest.raises(ReportError, match="usps"):
        test_set.load_test_images(msgspec.structs.replace(report, splits=elsewhere))
