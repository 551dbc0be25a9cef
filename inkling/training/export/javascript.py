"""A chain of layers as one small file that a few lines of JavaScript can read.

`weights.bin` is:

    bytes 0..7     "INKLING1"
    bytes 8..11    n, the length of the description, uint32, little-endian
    bytes 12..     the description: n bytes of JSON, padded with spaces so that 12 + n is even
    the rest       all weights, IEEE half precision, little-endian, layer by layer, each array
                   in row-major order

The description is `{"input": [28, 28, 1], "labels": [...], "layers": [...]}`; the layers, in order:

    {"type": "conv", "size": k, "inputs": c, "filters": f, "relu": bool}
        weights: kernel (k, k, c, f), bias (f)
    {"type": "maxpool", "size": s}
        windows do not overlap
    {"type": "dense", "inputs": c, "outputs": f, "activation": "softmax" | "relu" | "linear"}
        weights: kernel (c, f), bias (f)

Convolutions are unpadded with stride 1. Activations are (row, column, channel), and a dense layer
takes them flattened in that order. The input is ink / 255.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np

BROWSER_FILE = "weights.bin"
MAGIC = b"INKLING1"


def write(model: keras.Model, labels: list[str], folder: Path) -> Path:
    """Write `weights.bin` into a model's folder.

    Args:
        model: a chain of unpadded convolutions, rectifiers, max pooling and dense layers, without
            batch normalisation (see `keras_model.fold_batch_norms`).
        labels: what the outputs mean.
        folder: the model's folder, which exists.

    Raises:
        ValueError: the format has no entry for a layer of this kind.
    """
    described: list[dict[str, Any]] = []
    weights: list[bytes] = []
    for layer in model.layers:
        if isinstance(layer, keras.layers.ReLU):
            described[-1]["relu"] = True
            continue
        description = _describe(layer)
        if description is None:
            continue
        described.append(description)
        weights += [np.asarray(value, "<f2").tobytes() for value in layer.get_weights()]
    header = {"input": list(model.input_shape[1:]), "labels": labels, "layers": described}
    text = json.dumps(header, separators=(",", ":")).encode("ascii")
    text += b" " * (len(text) % 2)
    path = folder / BROWSER_FILE
    size = len(text).to_bytes(4, "little")
    path.write_bytes(b"".join([MAGIC, size, text, *weights]))
    return path


def _describe(layer: keras.Layer) -> dict[str, Any] | None:
    """A layer's entry in the description; None for a layer without effect in a trained network."""
    if isinstance(layer, keras.layers.Conv2D):
        activation = keras.activations.serialize(layer.activation)
        if layer.padding != "valid" or layer.strides != (1, 1) or not layer.use_bias:
            raise ValueError(f"{layer.name}: a convolution must be unpadded, stride 1, with a bias")
        if activation not in ("linear", "relu"):
            raise ValueError(
                f"{layer.name}: a convolution must be linear or rectified, not {activation}"
            )
        size, _, inputs, filters = layer.kernel.shape
        return {
            "type": "conv",
            "size": size,
            "inputs": inputs,
            "filters": filters,
            "relu": activation == "relu",
        }
    if isinstance(layer, keras.layers.MaxPooling2D):
        return {"type": "maxpool", "size": layer.pool_size[0]}
    if isinstance(layer, keras.layers.Dense):
        inputs, outputs = layer.kernel.shape
        activation = keras.activations.serialize(layer.activation)
        return {"type": "dense", "inputs": inputs, "outputs": outputs, "activation": activation}
    if isinstance(layer, keras.layers.InputLayer | keras.layers.Flatten | keras.layers.Dropout):
        return None
    raise ValueError(f"{layer.name}: the browser's file cannot hold a {type(layer).__name__}")
