"""docs/models.md says what the reports say, and its runs can be had again."""

from __future__ import annotations

import shlex

import msgspec
import numpy as np
import pytest

import train_model
from inkling.reports import files
from inkling.reports.schema import Report
from tools import zoo
from tools.docs import models


def test_the_page_is_current():
    text = models.PAGE.read_text(encoding="utf-8")
    assert models.rewritten(text) == text, "run python tools/docs/models.py"


def test_every_table_stands_on_the_page():
    text = models.PAGE.read_text(encoding="utf-8")
    assert {match[2] for match in models.BLOCK.finditer(text)} == set(models.TABLES)


@pytest.mark.parametrize("run", zoo.RUNS, ids=lambda run: run.name)
def test_a_run_is_what_its_command_says(run: zoo.Run):
    options = train_model.parse(shlex.split(run.command)[2:])
    settings = train_model.settings_of(options)
    assert settings.name == run.name
    assert options.report_only is not run.is_shipped
    report = msgspec.json.decode(run.report.read_bytes(), type=Report)
    assert report.command == run.command
    assert report.seed == settings.seed
    # The sets a preset names are trained on where they are at hand, MNIST always.
    assert report.datasets[0].name == settings.datasets[0] == "mnist"
    assert report.timing.epochs == settings.epochs


def test_zoo_reports_are_no_models():
    assert "zoo" not in files.model_names()


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
    # Without an output for strangers nothing is shared out.
    assert compare_rejection.spread(z[:, :10]) == pytest.approx(softmax(z[:, :10], axis=1))
