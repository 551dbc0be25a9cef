"""The benchmark of the time to 99 % accuracy."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.speed import time_to_99
from inkling.training.settings import preset


@pytest.mark.parametrize(
    ("accuracy", "index"),
    [
        ([], None),
        ([0.98], None),
        ([0.99], 0),
        ([0.98, 0.991, 0.9899, 0.99, 0.995], 3),
        ([0.995, 0.98], None),
    ],
)
def test_a_target_is_reached_when_accuracy_stays_above_it(accuracy, index):
    assert time_to_99.stays_from(accuracy) == index


@pytest.mark.learning
def test_the_benchmark_measures_a_quick_training(capsys):
    settings = replace(preset("quick"), limit=256, validation=0.005, precision="float32")
    curve = time_to_99.measure(settings, every=2)
    # Two epochs of two steps, and the best weights at the end.
    assert curve.steps == [2, 4, 4]
    assert 0 < curve.started < curve.seconds[0] < curve.seconds[1] < curve.seconds[2]
    assert all(0 <= value <= 1 for value in curve.accuracy)
    time_to_99.show(settings, [curve])
    assert "never reached" in capsys.readouterr().out
