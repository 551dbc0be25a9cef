"""Serving: equal to Keras, equal on every thread, and only with the files the report names."""

from __future__ import annotations

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from inkling.imaging.glyph import to_glyph
from inkling.paths import ROOT, model_folder
from inkling.recognition import classifier
from inkling.reports.files import ReportError
from inkling.training.data import datasets

MODELS = ["digits", "lenet5"]


@pytest.fixture(scope="module")
def digits():
    return datasets.load("mnist", "test")


@pytest.mark.learning
@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("file", ["model.keras", "mnist_cnn_model.h5"])
def test_equals_keras_on_a_thousand_digits(digits, name, file):
    import keras

    x = digits[0][:1000]
    model = keras.saving.load_model(model_folder() / name / file)
    theirs = np.asarray(model(x.astype(np.float32)[..., None] / 255.0, training=False))
    ours = classifier.load(name).probabilities(x)
    assert np.abs(theirs - ours).max() <= 1e-4


def test_32_threads_give_the_answers_of_one(digits):
    x = digits[0][:640]
    model = classifier.Classifier("digits")
    pieces = [x[i * 20 : (i + 1) * 20] for i in range(32)]
    alone = [model.probabilities(piece) for piece in pieces]
    with ThreadPoolExecutor(32) as pool:
        for _ in range(3):
            together = list(pool.map(model.probabilities, pieces))
            for one, other in zip(alone, together, strict=True):
                assert np.array_equal(one, other)


@pytest.mark.parametrize("n", [0, 1, 2, 63, 64, 65, 200])
def test_batches_of_any_size(digits, n):
    model = classifier.load("digits")
    whole = model.probabilities(digits[0][:200])
    part = model.probabilities(digits[0][:n])
    assert part.shape == (n, 10)
    assert np.abs(part - whole[:n]).max(initial=0.0) <= 1e-5
    assert np.allclose(part.sum(axis=1), 1.0, atol=1e-5)


def test_predictions_say_what_the_probabilities_say(digits):
    x, y = digits[0][:500], digits[1][:500]
    model = classifier.load("digits")
    rows = model.probabilities(x)
    for row, prediction, truth in zip(rows, model.predict(x), y, strict=True):
        assert prediction.label == str(row.argmax())
        assert prediction.digit == row.argmax()
        assert prediction.confidence == row.max()
        if prediction.is_sure:
            assert prediction.is_digit
            assert prediction.digit == truth


def test_blank_and_dot_are_no_digits():
    model = classifier.load("digits")
    assert model.predict_glyph(to_glyph(np.zeros((50, 50), np.uint8))) is None
    dot = np.zeros((100, 100), np.uint8)
    dot[40:48, 40:48] = 255
    prediction = model.predict_glyph(to_glyph(dot))
    assert prediction is not None
    assert not prediction.is_digit
    assert not prediction.is_sure


@pytest.mark.parametrize(
    "glyphs", [np.zeros((3, 27, 28), np.uint8), np.zeros((28, 28), np.uint8), np.zeros((1, 28, 28))]
)
def test_wrong_shapes_are_refused(glyphs):
    with pytest.raises(ValueError, match="glyphs are uint8"):
        classifier.load("digits").probabilities(glyphs)


def test_another_file_than_the_reports_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("INKLING_MODEL", str(tmp_path))
    shutil.copytree(ROOT / "model" / "lenet5", tmp_path / "lenet5")
    classifier.Classifier("lenet5")
    file = tmp_path / "lenet5" / "model.tflite"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(bytes(content))
    with pytest.raises(ReportError, match=r"not the file its report describes"):
        classifier.Classifier("lenet5")
    file.unlink()
    with pytest.raises(ReportError, match=r"no file lenet5/model\.tflite"):
        classifier.Classifier("lenet5")


def test_serving_never_loads_tensorflow():
    code = (
        "import sys, numpy as np\n"
        "from inkling.cli import main\n"
        "from inkling.reader import page\n"
        "from inkling.recognition import classifier\n"
        "classifier.load('digits').probabilities(np.zeros((1, 28, 28), np.uint8))\n"
        "print(sorted({'tensorflow', 'keras', 'sklearn', 'streamlit'} & set(sys.modules)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
