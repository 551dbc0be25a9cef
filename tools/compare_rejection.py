"""Compare ways to reject what is not a digit, on validation data.

    python tools/compare_rejection.py       # about ten minutes on two cores; --quick for a trial

The same network is trained three times on the same digits, with the same short schedule: without
negatives, with negatives whose target is the same probability for all labels, and with an extra
output for them. Each is measured with three scores: the highest probability, the energy of the
logits (Liu et al., 2020), and the evidence (`confidence.evidence`). The results are written to
model/zoo/rejection.json, for docs/models.md.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp, softmax

from inkling.imaging.pixels import Pixels
from inkling.recognition.confidence import evidence
from inkling.reports import checksums
from inkling.reports.files import zoo_folder
from inkling.training.data import negatives
from inkling.training.data.batches import SplitDataset, prepare
from inkling.training.data.datasets import PEN_STROKE_SETS
from inkling.training.evaluate.metrics import separability
from inkling.training.evaluate.probabilities import predict
from inkling.training.export import keras_model
from inkling.training.run import available
from inkling.training.settings import FULL, Negatives, Settings
from inkling.training.trainer import fit

FILE_NAME = "rejection.json"
LABELS = 10
# How negatives are shown in training (`Settings.negatives`).
TREATMENTS: tuple[Negatives, ...] = ("none", "uniform", "output")
# Negatives of each kind to measure on, and with --quick.
NEGATIVES_PER_KIND = 600
QUICK_NEGATIVES_PER_KIND = 100
# As for the model `digits`, but shorter and on fewer glyphs.
SHORT = replace(
    FULL["inkling"],
    datasets=("mnist", "unipen", "pendigits"),
    epochs=3,
    limit=12_000,
    negatives="none",
)


class Row(msgspec.Struct, frozen=True):
    """One way to train and to score, measured on negatives and on drawn digits.

    Attributes:
        negatives: how negatives were shown in training (`Settings.negatives`).
        score: "highest probability", "energy" or "evidence".
        digits: accuracy on the validation digits.
        auroc: area under the ROC curve (see `metrics.separability`).
        rejected: the part of the negatives that is rejected (see `metrics.separability`).
        by_kind: `rejected` for each kind of negatives.
    """

    negatives: str = msgspec.field(name="way")
    score: str
    digits: float
    auroc: float
    rejected: float
    by_kind: dict[str, float]


class Comparison(msgspec.Struct, frozen=True):
    """The whole file `rejection.json`."""

    created: str
    command: str
    settings: dict[str, object]
    n_digits: int
    n_negatives: int = msgspec.field(name="n_strangers")
    rows: list[Row]


def logits(model: keras.Model, glyphs: Pixels) -> NDArray[np.float64]:
    """The inputs of the softmax, float64 (n, outputs), for glyphs, uint8 (n, h, w)."""
    last = model.get_layer(keras_model.SOFTMAX)
    weights, bias = (np.asarray(value, np.float64) for value in last.get_weights())
    features = predict(keras_model.feature_model(model), glyphs).astype(np.float64)
    return np.asarray(features @ weights + bias)


def spread(z: NDArray[np.float64]) -> NDArray[np.float32]:
    """Label probabilities as an exported model returns them, float32 (n, labels).

    The probability of the extra output, if there is one, is spread evenly over the labels.
    """
    p = softmax(z, axis=1)
    extra = p[:, LABELS:].sum(axis=1, keepdims=True)
    return np.asarray(p[:, :LABELS] + extra / LABELS, np.float32)


def scores(z: NDArray[np.float64]) -> dict[str, NDArray[np.floating]]:
    """All scores of logits (n, outputs); a higher score means more like a digit."""
    p = spread(z)
    return {
        "highest probability": p.max(axis=1),
        "energy": logsumexp(z[:, :LABELS], axis=1),
        "evidence": evidence(p),
    }


def compare(treatment: Negatives, settings: Settings, n: int) -> tuple[list[Row], int, int]:
    """Train with one treatment of negatives and measure all scores.

    Args:
        treatment: how negatives are shown in training.
        settings: all other settings.
        n: negatives of each kind to measure on.

    Returns:
        A row for each score, the number of digits and the number of negatives.
    """
    settings = replace(settings, negatives=treatment)
    parts = prepare(settings)
    with tempfile.TemporaryDirectory() as folder:
        model, _ = fit(settings, parts, Path(folder), verbose=2)
    digits = [part for part in parts if part.has_labels]
    drawn = [part for part in digits if part.name in PEN_STROKE_SETS] or digits
    is_right = np.concatenate([_is_right(model, part) for part in digits])
    of_digits = scores(logits(model, np.concatenate([part.x_validation for part in drawn])))
    of_negatives = {
        kind: scores(logits(model, glyphs))
        for kind, glyphs in negatives.by_kind("validation", settings.seed, n)
    }
    rows = []
    for score, values in of_digits.items():
        by_kind = {kind: of_kind[score] for kind, of_kind in of_negatives.items()}
        every_negative = np.concatenate(list(by_kind.values()))
        rejected = {kind: separability(values, other)[1] for kind, other in by_kind.items()}
        total = separability(values, every_negative)
        rows.append(Row(treatment, score, float(is_right.mean()), *total, rejected))
    return rows, len(of_digits["energy"]), len(every_negative)


def _is_right(model: keras.Model, part: SplitDataset) -> NDArray[np.bool_]:
    z = logits(model, part.x_validation)
    return np.asarray(z[:, :LABELS].argmax(axis=1) == part.y_validation)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--quick", action="store_true", help="a trial on few glyphs; stores nothing"
    )
    options = parser.parse_args()
    settings = available(SHORT)
    if options.quick:
        settings = replace(settings, limit=600, epochs=1)
    n = QUICK_NEGATIVES_PER_KIND if options.quick else NEGATIVES_PER_KIND
    rows: list[Row] = []
    for treatment in TREATMENTS:
        new_rows, n_digits, n_negatives = compare(treatment, settings, n)
        rows += new_rows
        for row in new_rows:
            print(
                f"{row.negatives:8} {row.score:20} {row.auroc:.4f} {row.rejected:.3f}", flush=True
            )
    result = Comparison(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        command="python tools/compare_rejection.py",
        settings=settings.as_dict(),
        n_digits=n_digits,
        n_negatives=n_negatives,
        rows=rows,
    )
    if not options.quick:
        folder = zoo_folder()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FILE_NAME).write_bytes(msgspec.json.format(msgspec.json.encode(result)))
        checksums.record(folder / FILE_NAME)
    return 0


if __name__ == "__main__":
    sys.exit(main())
