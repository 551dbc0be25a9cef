"""Reports: every shipped figure is what its files say, and a bad report gives a sentence."""

from __future__ import annotations

import csv
import json
import shutil

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score, classification_report, confusion_matrix, log_loss

from inkling.paths import ROOT, digest_of, model_folder
from inkling.recognition import classifier
from inkling.reports import files
from inkling.reports.files import ReportError
from inkling.reports.schema import SCHEMA
from inkling.reports.statistics import wilson
from inkling.training.data import datasets

MODELS = ["digits", "lenet5"]


@pytest.fixture(params=MODELS)
def report(request):
    return files.load_report(request.param)


def test_shipped_accuracies(report):
    test = report.split("test")
    assert test is not None
    assert test.n == 10_000
    floor = {"digits": 0.995, "lenet5": 0.989}[report.name]
    assert test.accuracy.value >= floor
    assert test.accuracy.low < test.accuracy.value < test.accuracy.high


def test_digits_tells_strangers_where_lenet5_cannot():
    ours = {row.kind: row for row in files.load_report("digits").rejections}
    theirs = files.load_report("lenet5").rejections
    # Measured before wrong cuts were thought of.
    assert {row.kind for row in theirs} == ours.keys() - {"cuts"}
    assert 0 < ours["cuts"].accepted < 0.15 * ours["cuts"].n
    for their in theirs:
        our = ours[their.kind]
        assert our.n == their.n > 0
        assert our.sure <= our.accepted < 0.15 * our.n
        assert our.sure < 0.02 * our.n
        assert our.auroc > their.auroc
        assert our.accepted < their.accepted


def test_figures_are_those_of_the_shipped_file(report):
    """scikit-learn's own figures, from what LiteRT answers today."""
    x, y = datasets.load("mnist", "test")
    p = classifier.load(report.name).probabilities(x).astype(float)
    p /= p.sum(axis=1, keepdims=True)
    answers = p.argmax(axis=1)
    test = report.split("test")
    # LiteRT and Keras round differently: a digit on the fence may fall either way.
    assert test.accuracy.value == pytest.approx(accuracy_score(y, answers), abs=2e-4)
    assert test.loss == pytest.approx(log_loss(y, p), rel=1e-3)
    assert np.abs(np.array(report.confusion) - confusion_matrix(y, answers)).sum() <= 4
    rows = classification_report(y, answers, output_dict=True)
    for row in report.per_label:
        assert row.recall == pytest.approx(rows[row.label]["recall"], abs=2e-3)
        assert row.precision == pytest.approx(rows[row.label]["precision"], abs=2e-3)
        assert row.support == rows[row.label]["support"]


def test_wrong_images_are_the_test_sets_own(report):
    x, y = datasets.load("mnist", "test")
    assert len(report.wrong) == report.split("test").errors
    assert sum(map(sum, report.confusion)) - np.trace(report.confusion) == len(report.wrong)
    for wrong in report.wrong:
        assert np.array_equal(wrong.pixels, x[wrong.index])
        assert wrong.true == y[wrong.index] != wrong.predicted


def test_files_are_intact_and_history_agrees(report):
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


def test_saving_and_loading_keeps_everything(report, tmp_path, monkeypatch):
    monkeypatch.setenv("INKLING_MODEL", str(tmp_path))
    (tmp_path / report.name).mkdir()
    files.save_report(report, tmp_path / report.name)
    assert files.load_report(report.name) == report
    assert files.model_names() == [report.name]


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda data: data[: len(data) // 2], "is damaged"),
        (lambda data: b"", "is damaged"),
        (lambda data: b"[1, 2]", "is damaged"),
        (lambda data: data.replace(b'"schema"', b'"shema"'), "has version None"),
        (lambda data: json.dumps(json.loads(data) | {"schema": 99}).encode(), "has version 99"),
        (lambda data: json.dumps(json.loads(data) | {"splits": 3}).encode(), "is damaged"),
    ],
)
def test_a_bad_report_gives_a_sentence(damage, sentence, tmp_path, monkeypatch):
    monkeypatch.setenv("INKLING_MODEL", str(tmp_path))
    shutil.copytree(ROOT / "model" / "lenet5", tmp_path / "lenet5")
    file = tmp_path / "lenet5" / "report.json"
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(ReportError, match=sentence):
        files.load_report("lenet5")


@pytest.mark.parametrize("name", ["", "nothing", "../lenet5", "a/b"])
def test_unknown_names_give_a_sentence(name):
    with pytest.raises(ReportError):
        files.load_report(name)


@given(st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_interval_is_scipys(counts):
    interval = wilson(*counts)
    theirs = binomtest(*counts).proportion_ci(method="wilson")
    assert (interval.low, interval.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
    assert interval.value == counts[0] / counts[1]


@pytest.mark.parametrize("counts", [(3, 2), (-1, 2), (0, 0)])
def test_no_proportion_is_refused(counts):
    with pytest.raises(ValueError, match="is not a proportion"):
        wilson(*counts)


def test_report_is_plain_json():
    data = (model_folder() / "digits" / "report.json").read_bytes()
    assert msgspec.json.decode(data)["schema"] == SCHEMA
    assert len(data) < 500_000
