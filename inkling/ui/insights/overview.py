"""How good a model is, at a glance and in figures: beside the others, and on every data set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from inkling.reports import published
from inkling.ui.insights import leaderboard, tables
from inkling.ui.shared import chart, phrases, resources

if TYPE_CHECKING:
    from inkling.reports.schema import Report


def headline(report: Report) -> None:
    """The figures that matter first."""
    test = report.split("test")
    with st.grid(4, min_column_width=150):
        if test:
            st.metric("Test accuracy", phrases.percent(test.accuracy.value, 2), border=True)
            st.metric(f"Errors in {test.n:,}", f"{test.errors:,}", border=True)
        st.metric("Parameters", f"{report.parameters:,}", border=True)
        st.metric("One digit takes", phrases.milliseconds(report.timing.latency_ms), border=True)
    if test:
        interval = phrases.interval(test.accuracy).replace(" to ", "** and **")
        st.markdown(
            "With 95 % confidence the accuracy on new digits of this kind is between "
            f"**{interval}**."
        )


def section(report: Report) -> None:
    """Beside the others; what it is; every set it was measured on."""
    _beside(report)
    count = tables.model_bytes(report)
    st.markdown(tables.facts(report))
    size = f"Its file has {phrases.size(count)}. " if count is not None else ""
    st.caption(f"{size}Made with:")
    st.code(report.command, language="bash", wrap_lines=True)
    _sets(report)


def _beside(report: Report) -> None:
    rows = tables.errors_rows(resources.readable_reports(), report.name)
    st.subheader("Among others", anchor=False)
    st.html(leaderboard.to_html(rows))
    chart.download(
        lambda: [
            {
                "model": row.name,
                "errors of 10,000": row.errors,
                "95 % low": row.low,
                "95 % high": row.high,
                "standing": leaderboard.NAMES[row.standing],
            }
            for row in rows
        ],
        "errors",
        "errors-data",
    )
    sources = ", ".join(
        f"{result.name}: [{result.source}]({result.url})" for result in published.RESULTS
    )
    st.caption(
        "MNIST's 10,000 test digits. Models whose bars overlap may be equally good. What is "
        f"published is the best of many tries ({sources}); its bars follow from 10,000 digits, too."
    )


def _sets(report: Report) -> None:
    st.subheader("Every data set", anchor=False)
    # A plain table: the one that can be sorted takes a browser long to load.
    st.table(
        tables.split_rows(report),
        hide_index=True,
        alt="Accuracy on every data set, with 95 % interval, errors and loss",
    )
    chart.download(lambda: tables.split_rows(report), f"{report.name}-sets", "sets-data")
    for line in tables.attributions(report):
        st.caption(line)
