"""The training curves."""

from __future__ import annotations

from inkling.reports import files
from tests.ui.insights.page import charts, numbers, open_page


def test_several_runs_share_the_charts():
    test = open_page("Training")
    before = len(charts(test)[0]["data"])
    test.multiselect(key="compared-runs").set_value(["lenet5", "pocket"]).run()
    assert not test.exception
    loss = charts(test)[0]
    assert len(loss["data"]) == 3 * before
    names = [trace["name"] for trace in loss["data"]]
    assert "LeNet-5, validation" in names and "Digits, kept" in names
    kept = next(trace for trace in loss["data"] if trace["name"] == "LeNet-5, kept")
    assert numbers(kept["x"]) == [files.load_report("lenet5").timing.best_epoch]
