"""Keras models converted for LiteRT, and how long LiteRT takes."""

from __future__ import annotations

import contextlib
import io
import time
import warnings

import keras
import numpy as np

from inkling.engine import Engine
from inkling.imaging.glyph import GLYPH_SIZE
from inkling.imaging.pixels import Pixels


def to_tflite(model: keras.Model, examples: Pixels | None = None) -> bytes:
    """Convert a model for LiteRT, with variable axes such as the batch's.

    Args:
        model: float32.
        examples: glyphs uint8 (n, 28, 28) that show the range of each layer, for a full int8 model;
            None for a float32 one.
    """
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if examples is not None:
        scaled = examples.astype(np.float32)[:, None, :, :, None] / np.float32(255.0)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([glyph] for glyph in scaled)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
    # The converter prints every tensor it visits to stdout.
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        # It asks for the input's range, which the examples have already given.
        warnings.filterwarnings("ignore", message="Statistics for quantized inputs")
        content: bytes = converter.convert()
    return content


def latency_ms(content: bytes, runs: int = 200) -> float:
    """The median time that LiteRT takes for one glyph on one thread, in milliseconds.

    Quantising the input of an int8 model is not included.

    Args:
        content: a model of glyphs, float32 or int8.
        runs: how many times to run it.
    """
    engine = Engine(content, threads=1)
    engine.run(np.zeros((1, GLYPH_SIZE, GLYPH_SIZE, 1), np.float32))
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        engine.rerun()
        times.append(time.perf_counter() - start)
    return 1000.0 * float(np.median(times))
