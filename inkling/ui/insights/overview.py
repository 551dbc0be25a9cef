"""How good a model is, at a glance, compared with others, and on every data set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from inkling.reports import published
from inkling.ui.insights import costs, leaderboard, sentences, tables
from inkling.ui.shared import chart, phrases, resources

if TYPE_CHECKING:
    from inkling.reports.schema import Report


def _headline(report: Report) -> None:
    """Show the most important figures."""
    test = report.split("test")
    with st.grid(4, min_column_width=150):
        if test:
            st.metric("Test accuracy", phrases.percent(test.accuracy.value, 2), border=True)
            st.metric(f"Errors in {test.n:,}", f"{test.errors:,}", border=True)
        st.metric("Parameters", f"{report.parameters:,}", border=True)
        st.metric("Time per digit", phrases.milliseconds(report.timing.latency_ms), border=True)
    if test:
        interval = phrases.interval(test.accuracy).replace(" to ", "** and **")
        st.markdown(
            "With 95 % confidence, the accuracy on new digits of this kind is between "
            f"**{interval}**."
        )


def section(report: Report) -> None:
    """Show the main figures, the leaderboard, how the model was made, and all its results."""
    _headline(report)
    _leaderboard(report)
    count = costs.model_bytes(report)
    st.markdown(sentences.facts(report))
    size = f"The model file has {phrases.size(count)}. " if count is not None else ""
    st.caption(f"{size}Made with this command:")
    st.code(report.command, language="bash", wrap_lines=True)
    _data_sets(report)


def _leaderboard(report: Report) -> None:
    rows = leaderboard.rows(resources.readable_reports(), report.name)
    st.subheader("Compared with others", anchor=False)
    st.html(leaderboard.to_html(rows))
    chart.download(
        lambda: [
            {
                "model": row.name,
                "errors per 10,000": row.errors,
                "95 % low": row.low,
                "95 % high": row.high,
                "group": leaderboard.TITLES[row.group],
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
        "Errors on MNIST's 10,000 test digits. Models whose intervals overlap may be equally good. "
        f"Published results are the best of many attempts ({sources}); their intervals are "
        "computed from the same 10,000 digits."
    )


def _data_sets(report: Report) -> None:
    st.subheader("All data sets", anchor=False)
    # Not st.dataframe, which takes a browser long to load.
    st.table(
        tables.split_rows(report),
        hide_index=True,
        alt="Accuracy on every data set, with 95 % interval, errors and loss",
    )
    chart.download(lambda: tables.split_rows(report), f"{report.name}-sets", "sets-data")
    for line in sentences.attributions(report):
        st.caption(line)
