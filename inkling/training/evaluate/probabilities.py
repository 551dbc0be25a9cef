"""A Keras network's answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from inkling.engine import as_input
from inkling.imaging.pixels import Pixels

if TYPE_CHECKING:
    import keras

Probabilities = NDArray[np.float32]
# Glyphs per call of the network, which bounds the memory.
BATCH = 500


def predict(model: keras.Model, glyphs: Pixels) -> Probabilities:
    """The outputs of a Keras model for glyphs.

    Args:
        model: of glyphs.
        glyphs: uint8 (n, 28, 28).

    Returns:
        float32 (n, outputs).
    """
    parts = [
        np.asarray(model(as_input(glyphs[i : i + BATCH]), training=False))
        for i in range(0, len(glyphs), BATCH)
    ]
    return np.concatenate(parts).astype(np.float32)
