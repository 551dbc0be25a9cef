"""The line model: what a line says, without cutting it into digits.

For every second column of a line image it gives the probabilities of the labels and of a blank
(connectionist temporal classification: Graves, Fernández, Gomez and Schmidhuber, 2006). It gives no
boxes. Of a cut, `cut_reader` asks it which texts it may say, and of a drawing, `line_reader` asks
which paths through the lattice say the right thing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from inkling.engine import EnginePool, ModelFileError, as_input, verified
from inkling.imaging.pixels import Pixels
from inkling.paths import model_folder
from inkling.recognition.ctc import merge_blanks
from inkling.recognition.line_image import IMAGE_HEIGHT

# Widths are padded to multiples of this: for each new width the interpreter plans its memory anew.
WIDTH_STEP = 32
# The folders under `model/`: of the model that reads cuts of pictures, and of the one that reads
# drawings, which hold no signs.
NAME, DRAWN = "line", "drawn"
MODEL_FILE = "model.tflite"
NOTES_FILE = "line.json"
# No log-probability counts as lower than this, in nats.
MIN_LOG_PROBABILITY = -18.0


class LineModel:
    """The trained line model. Safe to share between threads.

    Args:
        content: a LiteRT model, float32 (1, IMAGE_HEIGHT, width, 1) to logits
            (1, 1, columns, labels + 1), the blank last.
        labels: in the order of the logits.

    Raises:
        ModelFileError: the content is no such model.
    """

    def __init__(self, content: bytes, labels: Sequence[str]) -> None:
        self.labels = tuple(labels)
        self._engines = EnginePool(
            content, 1, shape=(None, IMAGE_HEIGHT, None, 1), outputs=len(labels) + 1
        )

    def log_probabilities(self, image: Pixels) -> NDArray[np.float64]:
        """What each column says.

        Args:
            image: uint8 (IMAGE_HEIGHT, width), as `line_image.ink_image` makes it.

        Returns:
            float64 (columns, labels + 1), log-probabilities in nats, the blank last. Each run of
            certain blanks is one column.
        """
        return merge_blanks(self.columns(image))

    def columns(self, image: Pixels) -> NDArray[np.float64]:
        """What each column says, for columns of two pixels: see `log_probabilities`."""
        width = -(-image.shape[1] // WIDTH_STEP) * WIDTH_STEP
        padded = np.zeros((1, IMAGE_HEIGHT, width), np.uint8)
        padded[0, :, : image.shape[1]] = image
        logits = self._engines.run(as_input(padded))[0, 0].astype(np.float64)
        logits -= logits.max(axis=1, keepdims=True)
        log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        return np.asarray(np.maximum(log_p, MIN_LOG_PROBABILITY), np.float64)


def load(name: str = NAME) -> LineModel:
    """The line model in a folder under `model/`, loaded once per process.

    Raises:
        ModelFileError: it is missing, or is not the file its notes describe. This, too, is found
            out once per process.
    """
    loaded = load_once(name)
    if isinstance(loaded, str):
        raise ModelFileError(loaded)
    return loaded


def problem(name: str) -> str:
    """What is wrong with a line model, as a sentence; empty where nothing is."""
    loaded = load_once(name)
    return loaded if isinstance(loaded, str) else ""


@lru_cache(maxsize=2)
def load_once(name: str) -> LineModel | str:
    """A line model, or a sentence about what is wrong with it: see `load`."""
    folder = model_folder() / name
    try:
        notes = json.loads((folder / NOTES_FILE).read_text(encoding="utf-8"))
        digest, labels = str(notes["sha256"]), [str(label) for label in notes["labels"]]
    except (OSError, ValueError, KeyError, TypeError):
        return f"{name}/{NOTES_FILE} is missing or damaged."
    try:
        return LineModel(verified(folder / MODEL_FILE, digest), labels)
    except ModelFileError as damage:
        return str(damage)
