"""Which way of telling digits from what is none is best: measured on validation data.

    python tools/compare_rejection.py       # some ten minutes on two cores; --quick for a try

The same network learns on the same digits, on the same short schedule, three times: shown no
strangers, shown them with all labels alike for a target, and with an output of their own. Each is
scored in every way it allows: the highest probability, the energy of the logits (Liu et al., 2020),
and the evidence (`classifier.evidence`). Written to model/zoo/rejection.json, for docs/models.md.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras  # noqa: E402
import msgspec  # noqa: E402
import numpy as np  # noqa: E402
from numpy.typing import NDArray  # noqa: E402
from scipy.special import logsumexp, softmax  # noqa: E402

from inkling.imaging.pixels import Pixels  # noqa: E402
from inkling.recognition.confidence import evidence# noqa: E402
from inkling.reports.files import zoo_folder  # noqa: E402
from inkling.training.data import negatives  # noqa: E402
from inkling.training.data.batches import DRAWN, Part, prepare  # noqa: E402
from inkling.training.evaluate.metrics import separate  # noqa: E402
from inkling.training.evaluate.report import predict  # noqa: E402
from inkling.training.export import tflite  # noqa: E402
from inkling.training.run import available  # noqa: E402
from inkling.training.settings import FULL, Negatives, Settings  # noqa: E402
from inkling.training.trainer import fit  # noqa: E402

FILE_NAME = "rejection.json"
LABELS = 10
WAYS: tuple[Negatives, ...] = ("none", "uniform", "output")
# As `digits`, but for less long on less.
SHORT = replace(
    FULL["inkling"],
    datasets=("mnist", "unipen", "pendigits"),
    epochs=3,
    limit=12_000,
    negatives="none",
)


class Row(msgspec.Struct, frozen=True):
    """One way to learn and to score: against digits drawn by the training's own writers.

    Attributes:
        way: of `Settings.negatives`.
        score: "highest probability", "energy" or "evidence".
        digits: accuracy on the validation digits.
        auroc, rejected: see `evaluation.separate`; `by_kind` has `rejected` of each kind.
    """

    way: str
    score: str
    digits: float
    auroc: float
    rejected: float
    by_kind: dict[str, float]


class Comparison(msgspec.Struct, frozen=True):
    """All of `rejection.json`."""

    created: str
    command: str
    settings: dict[str, object]
    n_digits: int
    n_strangers: int
    rows: list[Row]


def logits(model: keras.Model, glyphs: Pixels) -> NDArray[np.float64]:
    """What the softmax is given: float64 (n, outputs)."""
    last = model.get_layer(tflite.PROBABILITIES)
    weights, bias = (np.asarray(value, np.float64) for value in last.get_weights())
    features = predict(tflite.up_to_softmax(model), glyphs).astype(np.float64)
    return np.asarray(features @ weights + bias)


def spread(z: NDArray[np.float64]) -> NDArray[np.float32]:
    """Label probabilities as the shipped model gives them: float32 (n, labels)."""
    p = softmax(z, axis=1)
    none = p[:, LABELS:].sum(axis=1, keepdims=True)
    return np.asarray(p[:, :LABELS] + none / LABELS, np.float32)


def scores(z: NDArray[np.float64]) -> dict[str, NDArray[np.floating]]:
    """Every score of logits (n, outputs): the higher, the more of a digit."""
    p = spread(z)
    return {
        "highest probability": p.max(axis=1),
        "energy": logsumexp(z[:, :LABELS], axis=1),
        "evidence": evidence(p),
    }


def compare(way: Negatives, settings: Settings, n: int) -> tuple[list[Row], int, int]:
    """Train one way and score it; with the counts of digits and of strangers."""
    parts = prepare(replace(settings, negatives=way))
    with tempfile.TemporaryDirectory() as folder:
        model, _ = fit(replace(settings, negatives=way), parts, Path(folder), verbose=2)
    digits = [part for part in parts if part.has_labels]
    drawn = [part for part in digits if part.name in DRAWN] or digits
    right = np.concatenate([_right(model, part) for part in digits])
    known = scores(logits(model, np.concatenate([part.x_validation for part in drawn])))
    met = {
        kind: scores(logits(model, glyphs))
        for kind, glyphs in negatives.kinds("validation", settings.seed, n)
    }
    rows = []
    for score, values in known.items():
        together = np.concatenate([found[score] for found in met.values()])
        by_kind = {kind: separate(values, found[score])[1] for kind, found in met.items()}
        apart = separate(values, together)
        rows.append(Row(way, score, float(right.mean()), *apart, by_kind))
    return rows, len(known["energy"]), sum(len(found["energy"]) for found in met.values())


def _right(model: keras.Model, part: Part) -> NDArray[np.bool_]:
    z = logits(model, part.x_validation)
    return np.asarray(z[:, :LABELS].argmax(axis=1) == part.y_validation)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a try on few glyphs; keeps nothing")
    options = parser.parse_args()
    settings = available(SHORT)
    if options.quick:
        settings = replace(settings, limit=600, epochs=1)
    rows: list[Row] = []
    for way in WAYS:
        found, n_digits, n_strangers = compare(way, settings, 100 if options.quick else 600)
        rows += found
        for row in found:
            print(f"{row.way:8} {row.score:20} {row.auroc:.4f} {row.rejected:.3f}", flush=True)
    result = Comparison(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        command="python tools/compare_rejection.py",
        settings=settings.as_dict(),
        n_digits=n_digits,
        n_strangers=n_strangers,
        rows=rows,
    )
    if not options.quick:
        folder = zoo_folder()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FILE_NAME).write_bytes(msgspec.json.format(msgspec.json.encode(result)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
