"""Whole runs, small enough to run anywhere."""

from __future__ import annotations

import numpy as np
import pytest

from inkling.recognition import classifier
from inkling.reports import files
from inkling.training.data import datasets, variants
from inkling.training.evaluate import measure
from inkling.training.run import train
from inkling.training.settings import Loss, Negatives, Settings

pytestmark = pytest.mark.learning


@pytest.fixture(autouse=True)
def little_data(monkeypatch, tmp_path, few_test_digits):
    """Measure on a part of MNIST, whatever data sets this machine has, and on few negatives."""
    monkeypatch.setattr(measure, "NEGATIVES", 100)
    monkeypatch.delenv("INKLING_DATA", raising=False)
    monkeypatch.setenv("INKLING_CACHE", str(tmp_path / "cache"))


@pytest.mark.parametrize("network", ["plain", "batchnorm", "inkling", "pocket"])
def test_every_network_trains_with_either_loss(network, tmp_path, monkeypatch, few_test_digits):
    loss: Loss = "sparse" if network == "plain" else "categorical"
    treatments: dict[str, Negatives] = {"inkling": "output", "pocket": "uniform"}
    settings = Settings(
        name="tiny",
        network=network,
        epochs=1,
        limit=640,
        loss=loss,
        augmentation="none",
        variants=network == "inkling",
        negatives=treatments.get(network, "none"),
        teacher="digits" if network == "pocket" else "",
        validation=0.01,
    )
    # All that can be measured is, of one network.
    is_lean = network != "inkling"
    train(settings, tmp_path, command="in a test", lean=is_lean)
    monkeypatch.setenv("INKLING_MODEL", str(tmp_path))
    report = files.load_report("tiny")
    assert report.settings["loss"] == loss
    if not is_lean:
        kinds = ["scribbles", "blots", "rules", "pairs", "halves", "cuts"]
        assert [row.kind for row in report.rejections] == kinds
        assert [row.dataset for row in report.variants] == list(variants.by_kind("test", limit=1))
        assert report.datasets[1].name == "variants"
        sizes = {split.split: split.n for split in report.splits if split.dataset == "mnist"}
        assert (sizes["train"], sizes["validation"]) == (640, 600)
    if settings.negatives != "none":
        assert report.datasets[-1].name == "strangers"
    assert report.timing.epochs == 1
    x, y = datasets.load("mnist", "test")
    p = classifier.Classifier("tiny").probabilities(x)
    assert p.shape == (few_test_digits, 10)
    assert p.sum(axis=1) == pytest.approx(np.ones(few_test_digits), abs=1e-4)
    result = report.split("test")
    assert report.answers is not None and result is not None
    predicted, confidence = report.answers.arrays()
    assert (predicted != y).sum() == result.errors
    assert np.array_equal(predicted, p.argmax(axis=1))
    assert confidence == pytest.approx(p.max(axis=1), abs=1e-4)
    # Eight bits cost little accuracy, even of a network that has learnt little.
    assert report.int8 is not None
    assert abs(report.int8.errors - result.errors) < 0.02 * few_test_digits
    assert (tmp_path / "tiny" / "weights.bin").exists() == (network == "pocket")
    assert report.files.keys() >= {"model.tflite", "model.int8.tflite"}
