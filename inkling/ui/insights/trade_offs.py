"""All models beside each other: what accuracy costs; and photos, beside what others read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from inkling.reports import photos as reports_photos
from inkling.ui.insights import tables
from inkling.ui.insights.charts import models
from inkling.ui.shared import chart, phrases, resources

if TYPE_CHECKING:
    from inkling.reports.schema import Report


def trade_offs(report: Report) -> None:  # noqa: ARG001  (every view is given one)
    """Errors against size, latency and the rest, the best of them joined."""
    from inkling.reports import comparison

    axis = st.segmented_control(
        "Cost", list(tables.COSTS), default="Size", required=True, key="cost"
    )
    reports = resources.readable_reports()
    points = tables.costs(reports, axis or "Size")
    if not points:
        st.info("No model was tested on MNIST.", icon=":material/info:")
        return
    best = comparison.pareto_front([(point.cost, point.errors) for point in points])
    names = ", ".join(f"{points[k].name} ({points[k].kind})" for k in best)
    chart.show(
        models.trade_off(points, best, tables.COSTS[axis or "Size"]),
        key=f"costs-{axis}",
        alt=f"Errors by {tables.COSTS[axis or 'Size']}; none is better in both than {names}",
        rows=lambda: [
            {
                "model": point.name,
                "kind": point.kind,
                tables.COSTS[axis or "Size"]: point.cost,
                "errors of 10,000": point.errors,
                "95 % low": point.low,
                "95 % high": point.high,
            }
            for point in points
        ],
        name="trade-offs",
    )
    st.caption(
        "MNIST's test digits; both axes are logarithmic; further left and down is better. The grey "
        f"line joins what no other beats in both: {names}. "
        + (
            ""
            if axis == "Size"
            else "Eight-bit files (int8) are measured for size and errors only. "
        )
        + "Bars are 95 % intervals."
    )
    st.dataframe(
        tables.model_rows(reports),
        hide_index=True,
        alt="All models: accuracy, errors, parameters, size and latency",
        column_config={"Parameters": st.column_config.NumberColumn(format="localized")},
    )


def photos(report: Report) -> None:  # noqa: ARG001
    """Whole lines of photos read right, by set and reader."""
    from inkling.reports.files import ReportError

    try:
        found = reports_photos.load_photo_results()
    except ReportError as problem:
        st.info(phrases.report_problem(problem), icon=":material/info:")
        return
    sets = [f"{one.name} ({one.readers[0].lines:,} {one.unit})" for one in found.sets]
    readers = list(dict.fromkeys(row.name for one in found.sets for row in one.readers))
    groups = {
        reader: [
            next((row.accuracy for row in one.readers if row.name == reader), None)
            for one in found.sets
        ]
        for reader in readers
    }
    rows = [
        {
            "Set": one.name,
            "Pictures": one.n,
            "Reader": f"{row.name} {row.version}".strip(),
            "Right": f"{row.right:,} of {row.lines:,}",
            "Part": phrases.percent(row.accuracy.value, 1) if row.accuracy else "–",
            "95 % interval": phrases.interval(row.accuracy, 1) if row.accuracy else "–",
            "Wrong characters": "–"
            if row.character_error_rate is None
            else phrases.percent(row.character_error_rate, 1),
            "A picture (ms)": "–" if row.ms is None else f"{row.ms:,.0f}",
        }
        for one in found.sets
        for row in one.readers
    ]
    st.markdown("Whole lines of handwritten digits read right, from the first digit to the last.")
    chart.show(
        models.readers(sets, groups),
        key="photos",
        alt="Lines read right by set and reader: "
        + "; ".join(f"{row['Set']}, {row['Reader']}: {row['Part']}" for row in rows[:8]),
        rows=lambda: rows,
        name="photo-reading",
    )
    st.dataframe(rows, hide_index=True, alt="Photo reading, by set and reader")
    st.caption(f"Measured {phrases.day(found.created)} on {found.machine} with:")
    st.code(found.command, language="bash", wrap_lines=True)
