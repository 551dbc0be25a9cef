"""All models side by side: what accuracy costs in size, time and weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from inkling.ui.insights import costs, tables
from inkling.ui.insights.charts import models
from inkling.ui.shared import chart, resources

if TYPE_CHECKING:
    from inkling.reports.schema import Report


def section(report: Report) -> None:  # noqa: ARG001  (every section gets the report)
    """Show errors by the cost that the user chooses, and a table of all models."""
    from inkling.reports import comparison

    axis = st.segmented_control(
        "Cost", list(costs.COSTS), default="Size", required=True, key="cost"
    )
    axis = axis or "Size"
    title = costs.COSTS[axis]
    reports = resources.readable_reports()
    points = costs.model_costs(reports, axis)
    if not points:
        st.info("No model was tested on MNIST.", icon=":material/info:")
        return
    front = comparison.pareto_front([(point.cost, point.errors) for point in points])
    names = ", ".join(f"{points[k].name} ({points[k].kind})" for k in front)
    chart.show(
        models.trade_off(points, front, title),
        key=f"costs-{axis}",
        alt=f"Errors by {title}; the best trade-offs are {names}",
        rows=lambda: _rows(points, title),
        name="trade-offs",
    )
    st.caption(
        "Errors on MNIST's test digits. Both axes are logarithmic; further left and further down "
        "is better. The grey line is the Pareto front, the models that no other beats on both "
        f"axes: {names}. "
        + (
            "Int8 files have the same value here and are left out. "
            if axis in costs.SAME_FOR_INT8
            else ""
        )
        + "Bars are 95 % intervals."
    )
    st.dataframe(
        tables.model_rows(reports),
        hide_index=True,
        alt="All models: accuracy, errors, parameters, file size and time per digit",
        column_config={"Parameters": st.column_config.NumberColumn(format="localized")},
    )


def _rows(points: list[costs.ModelCost], title: str) -> chart.Rows:
    """Every point of the chart, for download."""
    return [
        {
            "model": point.name,
            "kind": point.kind,
            title: point.cost,
            "errors per 10,000": point.errors,
            "95 % low": point.low,
            "95 % high": point.high,
        }
        for point in points
    ]
