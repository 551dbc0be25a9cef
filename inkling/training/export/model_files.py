"""The export stage of a run: the files of `model/<name>/` that a model consists of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import keras

from inkling.imaging.pixels import Pixels
from inkling.recognition.classifier import INT8_FILE, MODEL_FILE
from inkling.training.export import javascript
from inkling.training.export.keras_model import KERAS_FILE
from inkling.training.export.tflite import to_tflite

# The same model in the format of older Keras versions.
H5_FILE = "mnist_cnn_model.h5"


@dataclass(frozen=True, slots=True)
class ExportedModel:
    """A model as LiteRT runs it: the content of `model.tflite` and of `model.int8.tflite`."""

    float32: bytes
    int8: bytes


def export(
    model: keras.Model, labels: list[str], examples: Pixels, folder: Path, *, for_browser: bool
) -> ExportedModel:
    """Write a model's Keras, LiteRT and browser files.

    Args:
        model: calibrated, float32.
        labels: what its outputs mean.
        examples: training glyphs uint8 (n, 28, 28), which show int8 the range of each layer.
        folder: `model/<name>/`, which exists.
        for_browser: write the browser's file as well (see `javascript`).
    """
    if for_browser:
        javascript.write(model, labels, folder)
    model.save(folder / KERAS_FILE)
    model.save(folder / H5_FILE)
    exported = ExportedModel(float32=to_tflite(model), int8=to_tflite(model, examples))
    (folder / MODEL_FILE).write_bytes(exported.float32)
    (folder / INT8_FILE).write_bytes(exported.int8)
    return exported
