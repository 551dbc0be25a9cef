"""A chart with a button that downloads its data."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from inkling.ui.shared import projector
from inkling.ui.shared.figures import CONFIG

if TYPE_CHECKING:
    import plotly.graph_objects as go

Rows = Sequence[Mapping[str, Any]]


def show(
    figure: go.Figure, key: str, alt: str, rows: Callable[[], Rows], name: str, **options: Any
) -> Any:
    """Show a figure and a button that downloads its data.

    Args:
        figure: any figure.
        key: of the chart; the key of the button is `<key>-data`.
        alt: what the chart shows, for screen readers.
        rows: returns the data; called only when somebody downloads it.
        name: of the file, without its ending.
        options: of `st.plotly_chart`.

    Returns:
        What `st.plotly_chart` returns: the selection, if `options` make points selectable.
    """
    _enlarge(figure, projector.scale())
    selected = st.plotly_chart(figure, key=key, alt=alt, config=CONFIG, **options)
    download(rows, name, f"{key}-data")
    return selected


def _enlarge(figure: go.Figure, scale: float) -> None:
    """Enlarge a figure and those texts in it whose size is not the page's."""
    if scale == 1.0:
        return

    def enlarge(part: Any, font: str) -> None:
        if font in part and part[font].size:
            part[font].size = scale * part[font].size

    figure.layout.height = round(scale * figure.layout.height)
    enlarge(figure.layout.title, "font")
    figure.for_each_trace(lambda trace: enlarge(trace, "textfont"))
    figure.for_each_annotation(lambda note: enlarge(note, "font"))


def download(rows: Callable[[], Rows], name: str, key: str) -> None:
    """Show a button that downloads data as CSV (see `show`)."""
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
            help=f"Download what this shows as a table: {name}.csv",
        )


def as_csv(rows: Rows) -> bytes:
    """Rows with the same keys as CSV in UTF-8, with the byte order mark that spreadsheets need."""
    out = io.StringIO()
    if rows:
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")
