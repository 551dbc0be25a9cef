"""The embedding in two and three dimensions."""

from __future__ import annotations

import msgspec
import pytest

from inkling.reports.files import load_robustness
from inkling.ui.insights.charts import embedding as charts_embedding
from tests.ui.insights.page import charts, component, numbers, open_page


@pytest.mark.parametrize("view", ["2-D", "3-D"])
def test_the_embedding_holds_every_digit_once(view: str):
    test = open_page("Embedding")
    test.session_state["embedding-view"] = view
    test.run()
    assert not test.exception
    embedding = load_robustness("digits").embedding
    (figure,) = charts(test)
    points = [number for trace in figure["data"] for number in numbers(trace["customdata"])]
    assert sorted(points) == list(range(len(embedding.index)))
    (lens,) = component(test, "lens")
    assert lens["columns"] * lens["rows"] >= len(points)


@pytest.mark.parametrize("count", [2, 26])
def test_an_embedding_may_have_any_number_of_labels(count: int):
    stored = load_robustness("digits").embedding
    labels = [chr(ord("A") + k) for k in range(count)]
    true = [k % count for k in range(len(stored.index))]
    embedding = msgspec.structs.replace(stored, label=true, predicted=[0] * len(true))
    for figure in (
        charts_embedding.figure_2d(embedding, labels, (0.0, 1.0)),
        charts_embedding.figure_3d(embedding, labels, (0.0, 1.0, 2.0)),
    ):
        names = [trace.name for trace in figure.data]
        assert names == [*labels, "misread", "your drawing"]
