"""Fitting a shipped model's thresholds anew."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from inkling.reports import files
from inkling.training.data import datasets, negatives
from inkling.training.data.batches import SplitDataset
from inkling.training.settings import Settings
from tools import refit_thresholds

pytestmark = pytest.mark.learning


def test_only_what_is_sure_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = (part[:3000] for part in datasets.load("mnist", "test"))
    scribbles = np.random.default_rng(0).integers(0, 256, (60, 28, 28), np.uint8)

    def prepare(settings: Settings) -> list[SplitDataset]:
        assert settings.network == "pocket"
        assert settings.negatives == "uniform"
        no_labels = np.full(60, 255, np.uint8)
        return [
            SplitDataset("mnist", (x,), y, x, y),
            SplitDataset(negatives.NAME, (scribbles,), no_labels, scribbles, no_labels),
        ]

    monkeypatch.setattr(refit_thresholds, "prepare", prepare)
    monkeypatch.setattr(negatives, "by_kind", lambda *_: [("scribbles", scribbles)])
    before = files.load_report("pocket")
    after = refit_thresholds.refit("pocket")
    limits = after.calibration.sure_by_label
    assert len(limits) == 10 and after.calibration.sure == max(limits) < 1.0
    assert after.calibration.digit == before.calibration.digit
    sure = {row.kind: row.sure for row in after.rejections}
    assert sure["scribbles"] == 0
    assert sure["letters"] == {row.kind: row.sure for row in before.rejections}["letters"]
    same = {"calibration": before.calibration, "rejections": before.rejections}
    assert msgspec.structs.replace(after, **same) == before
