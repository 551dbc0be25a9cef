"""A trained Keras model: loading it, and rebuilding it for export."""

from __future__ import annotations

import keras
import numpy as np
from numpy.typing import NDArray

from inkling.paths import digest_of, folder_of
from inkling.reports import files
from inkling.reports.files import ReportError

KERAS_FILE = "model.keras"
# The name of every network's softmax layer.
SOFTMAX = "probabilities"


def load_trained(name: str) -> keras.Model:
    """Load the Keras model of `model/<name>/`.

    Raises:
        ReportError: there is none, or its file is not the one its report describes.
    """
    report = files.load_report(name)
    path = folder_of(name) / KERAS_FILE
    expected = report.files.get(KERAS_FILE)
    if expected is None or not path.is_file() or digest_of(path) != expected.sha256:
        raise ReportError(
            f"{KERAS_FILE} of “{name}” is not the file its report describes. "
            "Restore it from the repository or train it again."
        )
    return keras.saving.load_model(path, safe_mode=True)


def divide_logits(model: keras.Model, temperature: float) -> None:
    """Divide the softmax layer's weights by a temperature, so that its answers are calibrated."""
    softmax = model.get_layer(SOFTMAX)
    softmax.set_weights([weights / np.float32(temperature) for weights in softmax.get_weights()])


def feature_model(model: keras.Model) -> keras.Model:
    """The part of a network before its softmax layer: it gives features float32 (n, d)."""
    return keras.Model(model.input, model.get_layer(SOFTMAX).input)


def spread_negative_output(model: keras.Model, labels: int) -> keras.Model:
    """A model whose output for "no digit" is spread evenly over the labels.

    What is no digit then gets no confident answer, and the model has one probability per label like
    any other. A model with only `labels` outputs is returned as it is.
    """
    if model.output_shape[-1] == labels:
        return model
    layer = keras.layers.Dense(labels, use_bias=False, trainable=False, name="spread")
    spread = keras.Model(model.input, layer(model.output), name=model.name)
    layer.set_weights([np.concatenate([np.eye(labels), np.full((1, labels), 1.0 / labels)])])
    return spread


def fold_batch_norms(model: keras.Model) -> keras.Model:
    """The same function without batch normalisation, with weights that float16 holds exactly.

    Scales and shifts are folded into the kernels before them (Jacob et al., 2018, section 3.2).
    Rounding the weights makes the browser's file half as large, and all files of the model agree.

    Args:
        model: a chain of layers, each normalisation right after a convolution or dense layer.
    """
    kept: list[tuple[type[keras.Layer], dict[str, object], list[NDArray[np.float64]]]] = []
    for layer in model.layers[1:]:
        weights = [np.asarray(value, np.float64) for value in layer.get_weights()]
        if isinstance(layer, keras.layers.BatchNormalization):
            gamma, beta, mean, variance = weights
            kind, config, (kernel, *bias) = kept.pop()
            scale = gamma / np.sqrt(variance + layer.epsilon)
            shift = beta + ((bias[0] if bias else 0.0) - mean) * scale
            kept.append((kind, {**config, "use_bias": True}, [kernel * scale, shift]))
        elif not isinstance(layer, keras.layers.Dropout):
            kept.append((type(layer), layer.get_config(), weights))
    output = model.input
    for kind, config, weights in kept:
        layer = kind.from_config(config)
        output = layer(output)
        layer.set_weights([value.astype(np.float16).astype(np.float32) for value in weights])
    return keras.Model(model.input, output, name=model.name)


def multiply_adds(model: keras.Model) -> int:
    """The multiply-adds of all convolutions and dense layers for one glyph."""
    total = 0
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D):
            _, height, width, filters = layer.output.shape
            kernel = layer.kernel.shape
            total += height * width * filters * kernel[0] * kernel[1] * kernel[2]
        elif isinstance(layer, keras.layers.Dense):
            total += layer.kernel.shape[0] * layer.kernel.shape[1]
    return int(total)
