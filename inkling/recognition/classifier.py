"""The classifier: glyphs to predictions with LiteRT, on any thread, without TensorFlow."""

from __future__ import annotations

import hashlib
import queue
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inkling.engine import Engine
from inkling.imaging.glyph import GLYPH_SIZE, Glyph, GlyphKind
from inkling.imaging.pixels import Pixels
from inkling.paths import folder_of
from inkling.recognition.results import Prediction
from inkling.reports import files
from inkling.reports.files import ReportError
from inkling.reports.schema import Report

MODEL_FILE = "model.tflite"
# Weights and arithmetic in eight bits, for microcontrollers.
INT8_FILE = "model.int8.tflite"
# One interpreter call takes at most this many glyphs: past it, time per glyph no longer falls.
BATCH = 64
# A LiteRT interpreter serves one thread at a time; this many serve at once, others wait.
INTERPRETERS = 4


def evidence(p: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much speaks for being one of the labels at all, in 0..1.

    What is no digit has all labels alike for an answer, so the part of the probability that every
    label has (the least one's, once a label) says how much of "none of them" there is.

    Args:
        p: probabilities, float32 (n, labels).

    Returns:
        float32 (n,): 1 for an answer with some label ruled out, 0 for all labels alike.
    """
    return np.asarray(1.0 - p.shape[1] * p.min(axis=1), np.float32)


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
        self.report: Report = files.load(name)
        self.name = name
        self.labels = tuple(self.report.labels)
        self.content = _verified(folder_of(name) / MODEL_FILE, self.report)
        self._free: queue.LifoQueue[Engine] = queue.LifoQueue()
        for _ in range(INTERPRETERS):
            self._free.put(Engine(self.content))
        # The first call plans memory and packs weights: here, not while somebody waits.
        self.probabilities(np.zeros((1, GLYPH_SIZE, GLYPH_SIZE), np.uint8))

    @property
    def version(self) -> str:
        """Which of all models of this name it is: when it was made, and its file's digest."""
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
            with self._engine() as engine:
                answers[start : start + len(part)] = engine.probabilities(part)
        return answers

    def predict(self, glyphs: Pixels) -> list[Prediction]:
        """Predictions of a batch: uint8 (n, 28, 28) in, n out."""
        return [self._prediction(row) for row in self.probabilities(glyphs)]

    def predict_glyph(self, glyph: Glyph) -> Prediction | None:
        """The prediction of one normalised glyph; None when it is blank. A dot is never a digit."""
        if glyph.is_blank:
            return None
        row = self.probabilities(glyph.pixels[None])[0]
        return self._prediction(row, is_dot=glyph.kind is GlyphKind.DOT)

    def _prediction(self, row: NDArray[np.float32], is_dot: bool = False) -> Prediction:
        best = int(np.argmax(row))
        confidence = float(row[best])
        limits = self.report.calibration
        is_digit = bool(evidence(row[None])[0] >= limits.digit) and not is_dot
        return Prediction(
            label=self.labels[best],
            probabilities=tuple(float(value) for value in row),
            confidence=confidence,
            is_digit=is_digit,
            is_sure=is_digit and confidence >= limits.sure,
        )

    @contextmanager
    def _engine(self) -> Iterator[Engine]:
        engine = self._free.get()
        try:
            yield engine
        finally:
            self._free.put(engine)


def _verified(path: Path, report: Report) -> bytes:
    """The model file's bytes, once they are those the report describes."""

    expected = report.files.get(MODEL_FILE)
    try:
        content = path.read_bytes()
    except OSError:
        raise ReportError(f"The model “{report.name}” has no {MODEL_FILE}.") from None
    if expected is None or hashlib.sha256(content).hexdigest() != expected.sha256:
        raise ReportError(
            f"{path.name} of “{report.name}” is not the file its report describes: "
            "restore it from the repository or train it again."
        )
    return content


@lru_cache(maxsize=8)
def load(name: str = "digits") -> Classifier:
    """The classifier of that name, loaded once a process (see `Classifier`)."""
    return Classifier(name)
