"""A trained Keras model to the files that are shipped."""

from __future__ import annotations

import contextlib
import io
import time
from pathlib import Path

import cv2
import keras
import numpy as np
from ai_edge_litert.interpreter import Interpreter

from inkling.classifier import MODEL_FILE
from inkling.ink import GLYPH_SIZE, Pixels
from inkling.paths import digest_of
from inkling.reports import FileInfo, WrongImage

KERAS_FILE = "model.keras"
H5_FILE = "mnist_cnn_model.h5"
SHEET_FILE = "wrong.png"


def divide_logits(model: keras.Model, temperature: float) -> None:
    """Divide the last layer's weights, so that the softmax itself gives calibrated answers."""
    last = model.layers[-1]
    last.set_weights([weights / np.float32(temperature) for weights in last.get_weights()])


def write(model: keras.Model, folder: Path) -> None:
    """`model.keras`, `mnist_cnn_model.h5` and `model.tflite` (float32) into `folder`."""
    model.save(folder / KERAS_FILE)
    model.save(folder / H5_FILE)
    (folder / MODEL_FILE).write_bytes(to_tflite(model))


def to_tflite(model: keras.Model) -> bytes:
    """The model for LiteRT: float32, any batch size."""
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    # The converter tells stdout about every tensor it has met.
    with contextlib.redirect_stdout(io.StringIO()):
        content: bytes = converter.convert()
    return content


def multiply_adds(model: keras.Model) -> int:
    """Multiply-adds of one glyph's way through the convolutions and dense layers."""
    total = 0
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D):
            _, height, width, filters = layer.output.shape
            kernel = layer.kernel.shape
            total += height * width * filters * kernel[0] * kernel[1] * kernel[2]
        elif isinstance(layer, keras.layers.Dense):
            total += layer.kernel.shape[0] * layer.kernel.shape[1]
    return int(total)


def latency_ms(content: bytes, runs: int = 200) -> float:
    """Median milliseconds LiteRT takes for one glyph on one thread."""
    interpreter = Interpreter(model_content=content, num_threads=1)
    interpreter.allocate_tensors()
    place = interpreter.get_input_details()[0]["index"]
    glyph = np.zeros((1, GLYPH_SIZE, GLYPH_SIZE, 1), np.float32)
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        interpreter.set_tensor(place, glyph)
        interpreter.invoke()
        times.append(time.perf_counter() - started)
    return 1000.0 * float(np.median(times))


def file_infos(folder: Path) -> dict[str, FileInfo]:
    """Size and sha256 of the files that are shipped beside the report."""
    names = (KERAS_FILE, H5_FILE, MODEL_FILE, "history.csv", SHEET_FILE)
    paths = [folder / name for name in names]
    return {
        path.name: FileInfo(path.stat().st_size, digest_of(path))
        for path in paths
        if path.is_file()
    }


def contact_sheet(wrong: list[WrongImage], labels: list[str], columns: int = 12) -> Pixels:
    """Every wrong image, enlarged, with "true > answer confidence" under it: uint8 (h, w)."""
    zoom, caption, gap = 3, 16, 6
    cell_h, cell_w = GLYPH_SIZE * zoom + caption + gap, GLYPH_SIZE * zoom + gap
    rows = max(1, -(-len(wrong) // columns))
    sheet = np.full((rows * cell_h + gap, columns * cell_w + gap), 255, np.uint8)
    for k, image in enumerate(wrong):
        top = gap + (k // columns) * cell_h
        left = gap + (k % columns) * cell_w
        tile = np.kron(255 - image.pixels, np.ones((zoom, zoom), np.uint8))
        sheet[top : top + tile.shape[0], left : left + tile.shape[1]] = tile
        confidence = round(100 * max(image.probabilities))
        text = f"{labels[image.true]} > {labels[image.predicted]} {confidence}%"
        place = (left, top + tile.shape[0] + caption - 4)
        cv2.putText(sheet, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.4, 0, 1, cv2.LINE_AA)
    return sheet
