"""What a process that trains does ahead of the first job, so that the job begins at once."""

from __future__ import annotations

import keras
import numpy as np

from inkling.engine import as_input
from inkling.imaging.glyph import GLYPH_SIZE
from inkling.training import networks, run, teach_run
from inkling.training.data import datasets

__all__ = ["run", "teach_run", "up"]


def up() -> None:
    """Import what every job needs, start TensorFlow's threads, and read the digits once.

    A step of the smallest network makes TensorFlow set up what later steps only use.
    """
    datasets.load("mnist", "train")
    model = networks.build("keras-io")
    model.compile("adam", "sparse_categorical_crossentropy")
    blank = as_input(np.zeros((2, GLYPH_SIZE, GLYPH_SIZE), np.uint8))
    model.fit(blank, np.zeros(2, np.int32), verbose=0)
    keras.backend.clear_session()
