"""A trained Keras model to the files that are shipped."""

from __future__ import annotations

import contextlib
import io
import time
import warnings
from pathlib import Path

import cv2
import keras
import numpy as np
from ai_edge_litert.interpreter import Interpreter

from inkling.imaging.glyph import GLYPH_SIZE
from inkling.imaging.pixels import Pixels
from inkling.paths import digest_of, folder_of
from inkling.recognition.classifier import INT8_FILE, MODEL_FILE
from inkling.reports import files
from inkling.reports.files import ReportError
from inkling.reports.schema import FileInfo, WrongImage
from inkling.training.export.javascript import BROWSER_FILE

KERAS_FILE = "model.keras"
H5_FILE = "mnist_cnn_model.h5"
SHEET_FILE = "wrong.png"
# The softmax layer of every network.
PROBABILITIES = "probabilities"


def load_trained(name: str) -> keras.Model:
    """The Keras model of `model/<name>/`.

    Raises:
        ReportError: there is none, or its file is not the one its report describes.
    """
    report = files.load_report(name)
    path = folder_of(name) / KERAS_FILE
    expected = report.files.get(KERAS_FILE)
    if expected is None or not path.is_file() or digest_of(path) != expected.sha256:
        raise ReportError(
            f"{KERAS_FILE} of “{name}” is not the file its report describes: "
            "restore it from the repository or train it again."
        )
    return keras.saving.load_model(path)


def divide_logits(model: keras.Model, temperature: float) -> None:
    """Divide the softmax layer's weights, so that it gives calibrated answers by itself."""
    last = model.get_layer(PROBABILITIES)
    last.set_weights([weights / np.float32(temperature) for weights in last.get_weights()])


def up_to_softmax(model: keras.Model) -> keras.Model:
    """The part of a network that gives what its softmax layer is given: float32 (n, d)."""
    return keras.Model(model.input, model.get_layer(PROBABILITIES).input)


def spread_last(model: keras.Model, labels: int) -> keras.Model:
    """A model whose output for "none of the labels" is shared out among the labels alike.

    What is no digit then has no confident answer, and everything that takes ten probabilities takes
    these. A model with `labels` outputs comes back as it is.
    """
    if model.output_shape[-1] == labels:
        return model
    layer = keras.layers.Dense(labels, use_bias=False, trainable=False, name="spread")
    spread = keras.Model(model.input, layer(model.output), name=model.name)
    layer.set_weights([np.concatenate([np.eye(labels), np.full((1, labels), 1.0 / labels)])])
    return spread


def fold_norms(model: keras.Model) -> keras.Model:
    """The same function without batch normalisation, every weight a half-precision number.

    For networks that are a chain of layers. The norms' scales and shifts go into the kernels before
    them (Jacob et al., 2018, section 3.2). Weights that float16 holds exactly make the browser's
    file half as large, and every file of the model says the same.
    """
    kept: list[tuple[dict[str, object], list[np.ndarray]]] = []
    for layer in model.layers[1:]:
        weights = [np.asarray(value, np.float64) for value in layer.get_weights()]
        if isinstance(layer, keras.layers.BatchNormalization):
            gamma, beta, mean, variance = weights
            config, (kernel, *bias) = kept.pop()
            scale = gamma / np.sqrt(variance + layer.epsilon)
            shift = beta + ((bias[0] if bias else 0.0) - mean) * scale
            kept.append(({**config, "use_bias": True}, [kernel * scale, shift]))
        elif not isinstance(layer, keras.layers.Dropout):
            kept.append((layer.get_config() | {"class": type(layer)}, weights))
    output = model.input
    for config, weights in kept:
        build = config.pop("class")
        layer = build.from_config(config)  # type: ignore[attr-defined]
        output = layer(output)
        layer.set_weights([value.astype(np.float16).astype(np.float32) for value in weights])
    return keras.Model(model.input, output, name=model.name)


def write(model: keras.Model, folder: Path, examples: Pixels) -> None:
    """`model.keras`, `mnist_cnn_model.h5`, `model.tflite` and `model.int8.tflite` into `folder`.

    Args:
        model: float32.
        folder: there already.
        examples: uint8 (n, 28, 28) training glyphs, from which int8 learns the layers' ranges.
    """
    model.save(folder / KERAS_FILE)
    model.save(folder / H5_FILE)
    (folder / MODEL_FILE).write_bytes(to_tflite(model))
    (folder / INT8_FILE).write_bytes(to_tflite(model, examples))


def to_tflite(model: keras.Model, examples: Pixels | None = None) -> bytes:
    """The model for LiteRT, any batch size: float32, or full int8 where there are `examples`."""
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if examples is not None:
        scaled = examples.astype(np.float32)[:, None, :, :, None] / np.float32(255.0)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([glyph] for glyph in scaled)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
    # The converter tells stdout about every tensor it has met.
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        # It asks for ranges of the input that the examples have told it already.
        warnings.filterwarnings("ignore", message="Statistics for quantized inputs")
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
    """Median milliseconds LiteRT takes for one glyph on one thread, float32 or int8."""
    interpreter = Interpreter(model_content=content, num_threads=1)
    interpreter.allocate_tensors()
    wanted = interpreter.get_input_details()[0]
    place = wanted["index"]
    glyph = np.zeros((1, GLYPH_SIZE, GLYPH_SIZE, 1), wanted["dtype"])
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        interpreter.set_tensor(place, glyph)
        interpreter.invoke()
        times.append(time.perf_counter() - started)
    return 1000.0 * float(np.median(times))


def file_infos(folder: Path) -> dict[str, FileInfo]:
    """Size and sha256 of the files that are shipped beside the report."""
    names = (KERAS_FILE, H5_FILE, MODEL_FILE, INT8_FILE, BROWSER_FILE, "history.csv", SHEET_FILE)
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
