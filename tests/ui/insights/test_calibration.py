"""The threshold and the distribution of confidences."""

from __future__ import annotations

import numpy as np
import pytest

from inkling.reports import comparison, files
from inkling.reports.files import load_robustness
from tests.ui.insights.page import charts, open_page, texts


@pytest.mark.parametrize("share", [98.0, 90.0, 100.0])
def test_the_threshold_shows_the_errors_that_remain(share: float):
    test = open_page("Calibration")
    test.slider(key="coverage").set_value(share).run()
    assert not test.exception
    predictions = comparison.predictions_of(files.load_report("digits"))
    order = np.argsort(-predictions.confidence)[: round(100 * share)]
    wrong = int((~predictions.correct[order]).sum())
    shown = {metric.label: metric.value for metric in test.metric}
    assert shown["Wrong"] == (f"1 in {round(len(order) / wrong):,}" if wrong else "none")
    assert f"({wrong:,} error" in texts(test)


def test_negatives_can_be_added_to_the_distribution():
    test = open_page("Calibration")
    kinds = [row.kind for row in load_robustness("digits").histograms][2:]
    assert len(charts(test)[-1]["data"]) == 2
    test.session_state["negative-kinds"] = kinds[:2]
    test.run()
    assert not test.exception
    names = [trace["name"] for trace in charts(test)[-1]["data"]]
    assert names == ["right", "wrong", *kinds[:2]]
