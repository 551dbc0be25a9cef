"""The line network: what a whole line of ink says, where it cannot be cut into digits.

Every second column of a line's strip it gives the probabilities of ten digits and of "nothing new"
(connectionist temporal classification: Graves, Fernández, Gomez and Schmidhuber, 2006). It knows no
boxes: `linereader` asks it which of the ways through a line's lattice says the right thing.
"""

from __future__ import annotations

import hashlib
import json
import threading
from functools import lru_cache

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.paths import model_folder
from inkling.recognition.ctc import without_pauses
from inkling.recognition.line_image import STRIP_HEIGHT

# Widths are padded to multiples of this: another width is another plan for the interpreter.
WIDTH_STEP = 32
NAME = "line"
MODEL_FILE = "model.tflite"
NOTES_FILE = "line.json"
# Nothing is less probable than this, in nats.
LEAST = -18.0


class LineNetwork:
    """The trained line network. Safe to share between threads.

    Args:
        content: a LiteRT model, float32 (1, STRIP_HEIGHT, width, 1) to logits (1, 1, columns, 11).
    """

    def __init__(self, content: bytes) -> None:
        self._interpreter = Interpreter(model_content=content, num_threads=1)
        self._source = self._interpreter.get_input_details()[0]["index"]
        self._target = self._interpreter.get_output_details()[0]["index"]
        self._width = 0
        self._lock = threading.Lock()

    def log_probabilities(self, strip: Pixels) -> NDArray[np.float64]:
        """What each column says.

        Args:
            strip: uint8 (STRIP_HEIGHT, width), as `strip_of` makes it.

        Returns:
            float64 (columns, 11), the last for "nothing new"; logarithms. Of columns in a row in
            which certainly nothing is new, the first stands for all.
        """
        width = -(-strip.shape[1] // WIDTH_STEP) * WIDTH_STEP
        x = np.zeros((1, STRIP_HEIGHT, width, 1), np.float32)
        x[0, :, : strip.shape[1], 0] = strip.astype(np.float32) / 255.0
        with self._lock:
            if width != self._width:
                self._interpreter.resize_tensor_input(self._source, x.shape)
                self._interpreter.allocate_tensors()
                self._width = width
            self._interpreter.set_tensor(self._source, x)
            self._interpreter.invoke()
            logits = self._interpreter.get_tensor(self._target)[0, 0].astype(np.float64)
        logits -= logits.max(axis=1, keepdims=True)
        found = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        return without_pauses(np.maximum(found, LEAST))


@lru_cache(maxsize=1)
def load() -> LineNetwork | None:
    """The line network, loaded once a process; None where it is not there or not what its notes
    say: lines are then read by their lattices alone."""
    folder = model_folder() / NAME
    try:
        content = (folder / MODEL_FILE).read_bytes()
        notes = json.loads((folder / NOTES_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if hashlib.sha256(content).hexdigest() != notes.get("sha256"):
        return None
    return LineNetwork(content)
