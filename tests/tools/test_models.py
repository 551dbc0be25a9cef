"""The runs that docs/models.md compares can be made again.

That its tables are current is tested in test_readme.py.
"""

from __future__ import annotations

import shlex

import msgspec
import numpy as np
import pytest

import train_model
from inkling.reports.names import model_names
from inkling.reports.schema import Report
from tools import zoo


@pytest.mark.parametrize("run", zoo.RUNS, ids=lambda run: run.name)
def test_a_run_matches_its_command(run: zoo.Run):
    options = train_model.parse(shlex.split(run.command)[2:])
    settings = train_model.settings_of(options)
    assert settings.name == run.name
    assert options.report_only is not run.is_shipped
    report = msgspec.json.decode(run.report.read_bytes(), type=Report)
    assert report.command == run.command
    assert report.seed == settings.seed
    # A preset trains on the sets that are at hand, and always on MNIST.
    assert report.datasets[0].name == settings.datasets[0] == "mnist"
    assert report.timing.epochs == settings.epochs


def test_zoo_reports_are_not_models():
    assert "zoo" not in model_names()


@pytest.mark.learning
def test_the_scores_that_are_compared():
    from scipy.special import softmax

    from tools import compare_rejection

    z = np.array([[9.0, *[0.0] * 9, 0.0], [*[0.0] * 10, 9.0]])
    p = compare_rejection.spread(z)
    assert p.sum(axis=1) == pytest.approx([1.0, 1.0])
    assert p[0, 0] == pytest.approx(softmax(z[0])[0] + softmax(z[0])[10] / 10)
    for name, values in compare_rejection.scores(z).items():
        assert values[0] > values[1], name
    # Without an output for negatives nothing is shared out.
    assert compare_rejection.spread(z[:, :10]) == pytest.approx(softmax(z[:, :10], axis=1))
