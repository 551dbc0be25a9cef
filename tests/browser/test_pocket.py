"""The pocket network in the browser: its weights file, and JavaScript against Keras and LiteRT."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from inkling.paths import ROOT, model_folder
from inkling.recognition import classifier
from inkling.training.data import datasets
from inkling.training.export.javascript import BROWSER_FILE, MAGIC

SCRIPT = ROOT / "inkling" / "ui" / "draw" / "pocket.js"
ANSWER_ALL = """
async ([script, weights, glyphs]) => {
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const pocket = await import(url);
  const network = pocket.loadNetwork(bytes(weights).buffer);
  const ink = bytes(glyphs);
  const answers = [];
  for (let i = 0; i < ink.length; i += 784) {
    answers.push(Array.from(pocket.predict(network, ink.subarray(i, i + 784))));
  }
  return answers;
}
"""


def in_browser(page: Page, weights: Path, glyphs: np.ndarray) -> np.ndarray:
    """The probabilities that JavaScript computes, (n, labels)."""
    parts = [base64.b64encode(data).decode() for data in (weights.read_bytes(), glyphs.tobytes())]
    return np.array(page.evaluate(ANSWER_ALL, [SCRIPT.read_text(encoding="utf-8"), *parts]))


@pytest.mark.browser
def test_the_browser_predicts_as_litert_does(screen: Page):
    x, y = datasets.load("mnist", "test")
    x, y = x[:500], y[:500]
    ours = classifier.load("pocket").probabilities(x)
    answers = in_browser(screen, model_folder() / "pocket" / BROWSER_FILE, x)
    assert answers.shape == ours.shape
    assert np.abs(answers - ours).max() < 1e-4
    assert (answers.argmax(axis=1) == y).mean() > 0.98


@pytest.mark.browser
@pytest.mark.learning
def test_every_type_of_layer_in_the_file(screen: Page, tmp_path: Path):
    import keras
    from keras import layers

    from inkling.training.evaluate.probabilities import predict
    from inkling.training.export import javascript

    keras.utils.set_random_seed(1)
    chain = [
        keras.Input((28, 28, 1)),
        layers.Conv2D(5, 4, activation="relu"),
        layers.MaxPooling2D(3),
        layers.Conv2D(7, 2),
        layers.Flatten(),
        layers.Dropout(0.5),
        layers.Dense(9, activation="relu"),
        layers.Dense(4, activation="softmax"),
    ]
    model = keras.Sequential(chain)
    model.set_weights([w.astype(np.float16).astype(np.float32) for w in model.get_weights()])
    glyphs = datasets.load("mnist", "train")[0][:50]
    weights = javascript.write(model, list("abcd"), tmp_path)
    assert np.abs(in_browser(screen, weights, glyphs) - predict(model, glyphs)).max() < 1e-5
    with pytest.raises(ValueError, match="cannot hold"):
        strange = keras.Sequential([keras.Input((28, 28, 1)), layers.GaussianNoise(0.1)])
        javascript.write(strange, ["a"], tmp_path)


def test_the_file_has_the_documented_layout():
    content = (model_folder() / "pocket" / BROWSER_FILE).read_bytes()
    assert content.startswith(MAGIC)
    start = 12 + int.from_bytes(content[8:12], "little")
    header = json.loads(content[12:start])
    assert header["labels"] == list("0123456789")
    count = 0
    for layer in header["layers"]:
        if layer["type"] == "conv":
            count += layer["size"] ** 2 * layer["inputs"] * layer["filters"] + layer["filters"]
        elif layer["type"] == "dense":
            count += layer["inputs"] * layer["outputs"] + layer["outputs"]
    assert len(content) == start + 2 * count
    report = classifier.load("pocket").report
    assert count == report.parameters <= 60_000
    assert report.multiply_adds <= 2_500_000
    assert report.files["model.int8.tflite"].bytes <= 90_000
