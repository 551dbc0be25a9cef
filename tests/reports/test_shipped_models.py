"""The shipped reports: every figure is what the shipped files give."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, classification_report, confusion_matrix, log_loss

from inkling.paths import digest_of, model_folder
from inkling.recognition import classifier
from inkling.reports import files
from inkling.training.data import datasets


@pytest.fixture(params=["digits", "lenet5"])
def report(request):
    return files.load_report(request.param)


def test_figures_are_those_of_the_shipped_file(report):
    """scikit-learn's own figures, from what LiteRT answers today."""
    x, y = datasets.load("mnist", "test")
    p = classifier.load(report.name).probabilities(x).astype(float)
    p /= p.sum(axis=1, keepdims=True)
    answers = p.argmax(axis=1)
    test = report.split("test")
    # LiteRT and Keras round differently, so a borderline digit may get either answer.
    assert test.accuracy.value == pytest.approx(accuracy_score(y, answers), abs=2e-4)
    assert test.loss == pytest.approx(log_loss(y, p), rel=1e-3)
    assert np.abs(np.array(report.confusion) - confusion_matrix(y, answers)).sum() <= 4
    rows = classification_report(y, answers, output_dict=True)
    for row in report.per_label:
        assert row.recall == pytest.approx(rows[row.label]["recall"], abs=2e-3)
        assert row.precision == pytest.approx(rows[row.label]["precision"], abs=2e-3)
        assert row.support == rows[row.label]["support"]


def test_wrong_images_are_those_of_the_test_set(report):
    x, y = datasets.load("mnist", "test")
    assert len(report.wrong) == report.split("test").errors
    assert sum(map(sum, report.confusion)) - np.trace(report.confusion) == len(report.wrong)
    for wrong in report.wrong:
        assert np.array_equal(wrong.pixels, x[wrong.index])
        assert wrong.true == y[wrong.index] != wrong.predicted


def test_files_are_intact_and_the_history_agrees(report):
    folder = model_folder() / report.name
    assert {"model.keras", "mnist_cnn_model.h5", "model.tflite", "history.csv", "wrong.png"} <= set(
        report.files
    )
    for name, info in report.files.items():
        assert (folder / name).stat().st_size == info.bytes
        assert digest_of(folder / name) == info.sha256
    with (folder / "history.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["epoch"]) for row in rows] == [epoch.epoch for epoch in report.history]
    assert report.timing.epochs == len(rows)
    best = min(report.history, key=lambda epoch: epoch.val_loss)
    assert report.timing.best_epoch == best.epoch
    assert report.datasets[0].sha256 == datasets.checksum("mnist")
