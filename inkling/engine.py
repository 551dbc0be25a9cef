"""LiteRT: the only place that runs a model file."""

from __future__ import annotations

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from inkling.imaging.glyph import GLYPH_SIZE
from inkling.imaging.pixels import Pixels


class Engine:
    """One interpreter and the batch size it is laid out for; for one thread at a time.

    Args:
        content: a model for LiteRT, in float32 or in full int8.
    """

    def __init__(self, content: bytes) -> None:
        self._interpreter = Interpreter(model_content=content, num_threads=1)
        source = self._interpreter.get_input_details()[0]
        target = self._interpreter.get_output_details()[0]
        self._source, self._target = source["index"], target["index"]
        self._is_int8 = source["dtype"] == np.int8
        self._source_scale, self._source_zero = source["quantization"]
        self._target_scale, self._target_zero = target["quantization"]
        self._size = 0

    def probabilities(self, glyphs: Pixels) -> NDArray[np.float32]:
        """uint8 (n, 28, 28) to float32 (n, labels)."""
        if len(glyphs) != self._size:
            shape = [len(glyphs), GLYPH_SIZE, GLYPH_SIZE, 1]
            self._interpreter.resize_tensor_input(self._source, shape, strict=False)
            self._interpreter.allocate_tensors()
            self._size = len(glyphs)
        scaled = glyphs.astype(np.float32)[..., None] / np.float32(255.0)
        if self._is_int8:
            steps = np.round(scaled / self._source_scale) + self._source_zero
            scaled = np.clip(steps, -128, 127).astype(np.int8)
        self._interpreter.set_tensor(self._source, scaled)
        self._interpreter.invoke()
        answers = self._interpreter.get_tensor(self._target)
        if self._is_int8:
            answers = (answers.astype(np.float32) - self._target_zero) * self._target_scale
        return np.asarray(answers, np.float32)
