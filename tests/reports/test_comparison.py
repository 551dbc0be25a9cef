"""Comparisons computed from stored reports, against MNIST's labels, scipy and counting by hand."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, chi2
from sklearn.metrics import confusion_matrix

from inkling.paths import ASSETS
from inkling.reports import comparison, files
from inkling.reports.comparison import Predictions
from inkling.reports.files import ReportError
from inkling.reports.names import model_names

# True labels, predicted labels and confidences of one to sixty images with four labels.
answers = st.integers(1, 60).flatmap(
    lambda n: st.tuples(
        st.lists(st.integers(0, 3), min_size=n, max_size=n),
        st.lists(st.integers(0, 3), min_size=n, max_size=n),
        st.lists(st.floats(0.25, 1.0, width=32), min_size=n, max_size=n),
    )
)


def predictions_from(parts: tuple[list[int], list[int], list[float]]) -> Predictions:
    true, predicted, confidence = parts
    return Predictions(
        np.array(true, np.uint8), np.array(predicted, np.uint8), np.array(confidence, np.float32)
    )


@pytest.fixture(scope="module")
def labels() -> np.ndarray:
    with np.load(ASSETS / "mnist.npz", allow_pickle=False) as file:
        return file["y_test"]


@pytest.mark.parametrize("name", model_names())
def test_a_report_holds_every_label_and_prediction(name: str, labels: np.ndarray):
    report = files.load_report(name)
    predictions = comparison.predictions_of(report)
    assert (predictions.true == labels).all()
    matrix = confusion_matrix(predictions.true, predictions.predicted)
    assert matrix.tolist() == report.confusion
    errors = np.array(report.confusion) - np.diag(np.diag(report.confusion))
    true, read = np.unravel_index(errors.argmax(), errors.shape)
    wrong = {image.index for image in report.wrong if (image.true, image.predicted) == (true, read)}
    assert set(predictions.cell(int(true), int(read)).tolist()) == wrong


def test_a_report_without_predictions_gives_a_message():
    report = files.load_report("lenet5")
    with pytest.raises(ReportError, match="does not hold the individual predictions") as caught:
        comparison.predictions_of(msgspec.structs.replace(report, answers=None))
    assert caught.value.remedy == "python train_model.py --name lenet5"
    assert report.answers is not None
    short = msgspec.structs.replace(report.answers, predicted="AAAA")
    with pytest.raises(ReportError, match="damaged"):
        comparison.predictions_of(msgspec.structs.replace(report, answers=short))


@given(answers)
def test_an_operating_point_counts_what_its_threshold_lets_through(parts):
    predictions = predictions_from(parts)
    n = len(predictions.true)
    for coverage in (0.01, 0.5, 1.0):
        point = comparison.at_coverage(predictions, coverage)
        sure = [k for k in range(n) if predictions.confidence[k] >= point.threshold]
        assert point.answered == len(sure) >= min(n, max(1, round(coverage * n)))
        assert point.wrong == sum(predictions.true[k] != predictions.predicted[k] for k in sure)
        # The next higher confidence would let too few through.
        above = sum(predictions.confidence > point.threshold)
        assert above < max(1, round(coverage * n))


@given(answers)
def test_the_risk_coverage_curve_goes_from_all_to_few(parts):
    predictions = predictions_from(parts)
    curve = comparison.risk_coverage_curve(predictions)
    assert curve[0].answered == len(predictions.true)
    counts = [point.answered for point in curve]
    assert counts == sorted(counts, reverse=True)
    for point in curve:
        assert point == comparison.at_threshold(predictions, point.threshold)
        if point.error is not None:
            value, low, high = msgspec.structs.astuple(point.error)
            assert low - 1e-12 <= value <= high + 1e-12


def test_sure_answers_are_counted_label_by_label():
    report = files.load_report("lenet5")
    limits = [0.9, 0.5, 0.8, 0.7, 0.6]
    calibration = msgspec.structs.replace(report.calibration, sure=0.9, sure_by_label=limits)
    report = msgspec.structs.replace(report, labels=list("01234"), calibration=calibration)
    # A surely wrong answer counts with the true label, by the threshold of what was answered.
    parts = ([0, 0, 1, 1, 1, 4], [0, 1, 1, 0, 3, 4], [0.89, 0.6, 0.51, 0.95, 0.69, 0.6])
    points = comparison.sure_by_label(report, predictions_from(parts))
    assert [point.threshold for point in points] == pytest.approx(limits)
    assert [(p.n, p.answered, p.wrong) for p in points] == [
        (2, 1, 1), (3, 2, 1), (0, 0, 0), (0, 0, 0), (1, 1, 0)
    ]  # fmt: skip
    one = msgspec.structs.replace(calibration, sure_by_label=[])
    assert [one.sure_of(label) for label in range(5)] == [0.9] * 5


@given(answers, answers)
def test_the_confusion_difference_is_that_of_two_matrices(a, b):
    n = min(len(a[0]), len(b[0]))
    first = predictions_from(tuple(part[:n] for part in a))
    second = predictions_from((a[0][:n], b[1][:n], b[2][:n]))
    difference = comparison.confusion_difference(first, second, 4)
    everything = [0, 1, 2, 3]
    expected = confusion_matrix(second.true, second.predicted, labels=everything)
    expected = expected - confusion_matrix(first.true, first.predicted, labels=everything)
    assert (difference == expected).all()
    assert comparison.same_images(first, second)


@given(st.integers(0, 80), st.integers(0, 80))
def test_mcnemar_agrees_with_scipy(only_a: int, only_b: int):
    a = np.array([True] * only_a + [False] * only_b + [True, False])
    b = np.array([False] * only_a + [True] * only_b + [True, False])
    result = comparison.mcnemar(a, b)
    assert (result.only_a_right, result.only_b_right) == (only_a, only_b)
    discordant = only_a + only_b
    if discordant == 0:
        expected = 1.0
    elif discordant < comparison.MIN_DISCORDANT_FOR_CHI_SQUARE:
        expected = binomtest(only_a, discordant).pvalue
    else:
        expected = chi2.sf(max(0, abs(only_a - only_b) - 1) ** 2 / discordant, df=1)
    assert result.p_value == pytest.approx(expected, rel=1e-9)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12))
def test_the_pareto_front_is_what_no_other_point_beats(points):
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
