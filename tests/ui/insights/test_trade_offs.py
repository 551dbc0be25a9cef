"""The trade-off chart."""

from __future__ import annotations

import pytest

from inkling.reports import files
from inkling.ui.insights import costs
from inkling.ui.shared import resources
from tests.ui.insights.page import charts, open_page, texts


@pytest.mark.parametrize("axis", costs.COSTS)
def test_the_points_are_those_of_the_reports(axis: str):
    test = open_page("Trade-offs")
    test.session_state["cost"] = axis
    test.run()
    assert not test.exception
    points = costs.model_costs(resources.readable_reports(), axis)
    kinds = {point.kind for point in points}
    assert kinds == ({"float32", "int8"} if axis in ("Size", "Latency") else {"float32"})
    assert ("Int8 files" in texts(test)) == ("int8" not in kinds)
    digits = files.load_report("digits")
    ours = next(point for point in points if (point.name, point.kind) == ("Digits", "float32"))
    test_result = digits.split("test")
    assert test_result is not None and ours.errors == test_result.errors


def test_large_text_enlarges_the_chart_and_its_names():
    usual, large = open_page("Trade-offs"), open_page("Trade-offs")
    large.button(key="projector").click().run()
    (before,), (after,) = charts(usual), charts(large)
    assert after["layout"]["height"] == round(before["layout"]["height"] * 21 / 16)
    sizes = [
        [trace["textfont"]["size"] for trace in figure["data"] if "textfont" in trace]
        for figure in (before, after)
    ]
    assert sizes[0] and sizes[1] == [size * 21 / 16 for size in sizes[0]]
