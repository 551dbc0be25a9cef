"""The classifier: glyphs to predictions, on any thread, without TensorFlow."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from inkling.engine import EnginePool, ModelFileError, as_input, verified
from inkling.imaging.glyph import GLYPH_SIZE, Glyph, GlyphKind
from inkling.imaging.pixels import Pixels
from inkling.paths import folder_of
from inkling.recognition.confidence import predict
from inkling.recognition.results import Prediction
from inkling.reports import files
from inkling.reports.files import ReportError
from inkling.reports.schema import Report

MODEL_FILE = "model.tflite"
# Weights and arithmetic in eight bits, for microcontrollers.
INT8_FILE = "model.int8.tflite"
# Glyphs per call of an interpreter: above this, the time per glyph no longer falls.
BATCH = 64
# Interpreters that serve at the same time; further threads wait.
INTERPRETERS = 4


class Classifier:
    """A trained model, ready to answer. Safe to share between threads.

    Args:
        name: a folder under `model/`.

    Attributes:
        content: the model file's bytes.

    Raises:
        ReportError: the model is missing, or its file is not the one its report describes.
    """

    def __init__(self, name: str = "digits") -> None:
        self.report: Report = files.load_report(name)
        self.name = name
        self.labels = tuple(self.report.labels)
        self.content, self._engines = _engines(name, self.report)
        # The first call plans memory and packs weights: do it now, not while somebody waits.
        self.probabilities(np.zeros((1, GLYPH_SIZE, GLYPH_SIZE), np.uint8))

    @property
    def version(self) -> str:
        """Identifies this model among all of its name: creation time and the file's digest."""
        return f"{self.report.created} {self.report.files[MODEL_FILE].sha256[:12]}"

    def probabilities(self, glyphs: Pixels) -> NDArray[np.float32]:
        """Label probabilities of a batch.

        Args:
            glyphs: uint8 (n, 28, 28); n may be 0.

        Returns:
            float32 (n, labels).

        Raises:
            ValueError: not uint8 (n, 28, 28).
        """
        glyphs = np.asarray(glyphs)
        if glyphs.dtype != np.uint8 or glyphs.shape[1:] != (GLYPH_SIZE, GLYPH_SIZE):
            raise ValueError(
                f"glyphs are uint8 (n, {GLYPH_SIZE}, {GLYPH_SIZE}), "
                f"not {glyphs.dtype} {glyphs.shape}"
            )
        answers = np.empty((len(glyphs), len(self.labels)), np.float32)
        for start in range(0, len(glyphs), BATCH):
            part = glyphs[start : start + BATCH]
            answers[start : start + len(part)] = self._engines.run(as_input(part))
        return answers

    def predict(self, glyphs: Pixels) -> list[Prediction]:
        """Predictions of a batch: uint8 (n, 28, 28) in, n out."""
        limits = self.report.calibration
        return [predict(row, self.labels, limits) for row in self.probabilities(glyphs)]

    def predict_glyph(self, glyph: Glyph) -> Prediction | None:
        """The prediction of one normalised glyph; None when it is blank. A dot is never a digit."""
        if glyph.is_blank:
            return None
        row = self.probabilities(glyph.pixels[None])[0]
        is_dot = glyph.kind is GlyphKind.DOT
        return predict(row, self.labels, self.report.calibration, is_dot=is_dot)


def _engines(name: str, report: Report) -> tuple[bytes, EnginePool]:
    """The model file's bytes, once they are those the report describes, and what runs them."""
    expected = report.files.get(MODEL_FILE)
    shape = (None, GLYPH_SIZE, GLYPH_SIZE, 1)
    try:
        content = verified(folder_of(name) / MODEL_FILE, expected.sha256 if expected else None)
        pool = EnginePool(content, INTERPRETERS, shape=shape, outputs=len(report.labels))
    except ModelFileError as problem:
        raise ReportError(
            f"The model “{name}” cannot be used: {problem} "
            "Restore it from the repository or train it again."
        ) from None
    return content, pool


@lru_cache(maxsize=8)
def load(name: str = "digits") -> Classifier:
    """The classifier of that name, loaded once per process (see `Classifier`)."""
    return Classifier(name)
