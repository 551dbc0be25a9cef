"""What is fitted of the reader is loaded by name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inkling.engine import ModelFileError
from inkling.layout.rows import Joint
from inkling.layout.tilt import TiltWeights
from inkling.reader import config
from inkling.reader.context import CONTEXT
from inkling.reader.reliability import FEATURES
from inkling.recognition.cut_reader import EVIDENCE


def test_weights_are_loaded_by_their_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "model_folder", lambda: tmp_path)
    config.load.cache_clear()
    with pytest.raises(ModelFileError, match="missing or damaged"):
        config.load()
    features = {name: float(k) for k, name in enumerate(FEATURES)}
    evidence = {name: 0.5 * k for k, name in enumerate(EVIDENCE)}
    folder = tmp_path / config.NAME
    folder.mkdir()
    content = {
        "evidence": {"weights": evidence},
        "tilt": {"weights": {"directions": 1.0, "rules": 2.0, "size": 3.0}},
        "joint": {"weights": {"link": 0.5, "gap": -2.0, "bias": 1.0}},
        "reliability": {"weights": features, "bias": 0.25, "threshold": 0.97},
        "existence": {"weights": features, "bias": 1.5, "threshold": 0.0},
        "existence in context": {
            "weights": dict.fromkeys(CONTEXT, 0.5),
            "bias": -1.5,
            "threshold": 0.2,
        },
    }
    (folder / config.CONFIG_FILE).write_text(json.dumps(content))
    found = config.load()
    config.load.cache_clear()
    assert found.weights.tolist() == [0.0, 0.5, 1.0, 1.5, 2.0]
    assert found.tilt == TiltWeights(1.0, 2.0, 3.0)
    assert found.joint == Joint(link=0.5, gap=-2.0, bias=1.0)
    assert found.reliability.weights.tolist() == list(range(len(FEATURES)))
    assert found.existence.alone.bias == 1.5
    in_context = found.existence.in_context
    assert in_context.weights.tolist() == [0.5] * len(CONTEXT)
    assert (in_context.bias, in_context.threshold) == (-1.5, 0.2)
    assert (found.reliability.bias, found.reliability.threshold) == (0.25, 0.97)
