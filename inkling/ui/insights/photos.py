"""How well photos are read, compared with other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from inkling.reports.photos import load_photo_results
from inkling.ui.insights.charts import models
from inkling.ui.shared import chart, phrases

if TYPE_CHECKING:
    from inkling.reports.photos import PhotoResults, PhotoSet, ReaderResult
    from inkling.reports.schema import Report

# Stands in a cell whose value was not measured.
NONE = "–"
# The description for screen readers names this many results.
MAX_DESCRIBED = 8


def section(report: Report) -> None:  # noqa: ARG001  (every section gets the report)
    """Show the share of lines that each reader reads correctly, by set of photos."""
    from inkling.reports.files import ReportError

    try:
        results = load_photo_results()
    except ReportError as problem:
        st.info(phrases.report_problem(problem), icon=":material/info:")
        return
    rows = [_row(one, reader) for one in results.sets for reader in one.readers]
    st.markdown(
        "How many lines of handwritten digits are read correctly, from the first digit to the last."
    )
    described = (
        f"{row['Set']}, {row['Reader']}: {row['Accuracy']}" for row in rows[:MAX_DESCRIBED]
    )
    chart.show(
        models.readers(
            [f"{one.name} ({one.readers[0].lines:,} {one.unit})" for one in results.sets],
            _accuracies(results),
        ),
        key="photos",
        alt=f"Lines read correctly, by set and reader: {'; '.join(described)}",
        rows=lambda: rows,
        name="photo-reading",
    )
    st.dataframe(rows, hide_index=True, alt="Photo reading, by set and reader")
    st.caption(f"Measured on {phrases.day(results.created)} ({results.machine}) with this command:")
    st.code(results.command, language="bash", wrap_lines=True)


def _accuracies(results: PhotoResults) -> dict[str, list[Any]]:
    """By reader, its accuracy on every set; None where it was not measured."""
    names = dict.fromkeys(row.name for one in results.sets for row in one.readers)
    return {
        name: [
            next((row.accuracy for row in one.readers if row.name == name), None)
            for one in results.sets
        ]
        for name in names
    }


def _row(photos: PhotoSet, result: ReaderResult) -> dict[str, Any]:
    """One reader's result on one set, for the table."""
    accuracy, errors, ms = result.accuracy, result.character_error_rate, result.ms
    return {
        "Set": photos.name,
        "Pictures": photos.n,
        "Reader": f"{result.name} {result.version}".strip(),
        "Read correctly": f"{result.right:,} of {result.lines:,}",
        "Accuracy": phrases.percent(accuracy.value, 1) if accuracy else NONE,
        "95 % interval": phrases.interval(accuracy, 1) if accuracy else NONE,
        "Character error rate": NONE if errors is None else phrases.percent(errors, 1),
        "ms per picture": NONE if ms is None else f"{ms:,.0f}",
    }
