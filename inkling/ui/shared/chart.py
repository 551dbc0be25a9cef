"""A chart with the data behind it to take away."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from inkling.ui.shared.figures import CONFIG

if TYPE_CHECKING:
    import plotly.graph_objects as go

Rows = Sequence[Mapping[str, Any]]


def show(
    figure: go.Figure, key: str, alt: str, rows: Callable[[], Rows], name: str, **more: Any
) -> Any:
    """Show a figure, and under it the button for its data; gives what was selected.

    Args:
        figure: any.
        key: of the chart; its button's ends in "-data".
        alt: what a screen reader says of it: what there is to see, not that it is a chart.
        rows: the data, made only when somebody wants it.
        name: of the file, without its ending.
        more: for `st.plotly_chart`.
    """
    selected = st.plotly_chart(figure, key=key, alt=alt, config=CONFIG, **more)
    download(rows, name, f"{key}-data")
    return selected


def download(rows: Callable[[], Rows], name: str, key: str) -> None:
    """The button for data as CSV."""
    with st.container(horizontal=True, horizontal_alignment="right"):
        st.download_button(
            "Data (CSV)",
            data=lambda: as_csv(rows()),
            file_name=f"{name}.csv",
            mime="text/csv",
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
            key=key,
            help=f"What this shows, as a table: {name}.csv",
        )


def as_csv(rows: Rows) -> bytes:
    """Rows alike as CSV in UTF-8, with the mark that lets spreadsheets see so."""
    out = io.StringIO()
    if rows:
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")
