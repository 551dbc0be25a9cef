"""What is fitted of the reader: `model/reader/config.json`, written by `training.fit_reader`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inkling.engine import ModelFileError
from inkling.layout.rows import Joint
from inkling.layout.tilt import TiltWeights
from inkling.paths import model_folder
from inkling.reader.context import CONTEXT, Existence
from inkling.reader.reliability import FEATURES, Reliability
from inkling.recognition.cut_reader import EVIDENCE

NAME = "reader"
CONFIG_FILE = "config.json"


@dataclass(frozen=True, slots=True, eq=False)
class ReaderConfig:
    """What is fitted of the reader.

    Attributes:
        weights: float64 (len(EVIDENCE),), how much each counts for a cut's text.
        joint: joins digits to numbers.
        tilt: says how the writing of a picture is tilted.
        reliability: how probable it is that a number was read right.
        existence: how probable it is that a number stands there at all.
    """

    weights: NDArray[np.float64]
    joint: Joint
    tilt: TiltWeights
    reliability: Reliability
    existence: Existence


@lru_cache(maxsize=1)
def load() -> ReaderConfig:
    """The fitted values, loaded once per process.

    Raises:
        ModelFileError: the file is missing or damaged.
    """
    path = model_folder() / NAME / CONFIG_FILE
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        evidence, joint, tilt = (values[name]["weights"] for name in ("evidence", "joint", "tilt"))
        return ReaderConfig(
            np.array([evidence[name] for name in EVIDENCE], np.float64),
            Joint(*(float(joint[field.name]) for field in fields(Joint))),
            TiltWeights(*(float(tilt[field.name]) for field in fields(TiltWeights))),
            regression(values["reliability"], FEATURES),
            Existence(
                regression(values["existence"], FEATURES),
                regression(values["existence in context"], CONTEXT),
            ),
        )
    except (OSError, ValueError, KeyError, TypeError):
        raise ModelFileError(f"{NAME}/{CONFIG_FILE} is missing or damaged.") from None


def regression(values: dict[str, Any], features: Sequence[str]) -> Reliability:
    """A regression as the file holds it: "weights" by feature, "bias" and "threshold"."""
    weights = np.array([values["weights"][name] for name in features], np.float64)
    return Reliability(weights, float(values["bias"]), float(values["threshold"]))
