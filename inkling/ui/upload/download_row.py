"""The buttons that download the results, and how the files are written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from inkling.ui.upload import exports

if TYPE_CHECKING:
    from inkling.review.amounts import AmountFormat
    from inkling.review.csv_file import CsvOptions
    from inkling.review.result import Row
    from inkling.ui.upload.session_page import SessionPage

AS_LIST, ON_PAGE = "As a list", "As on the page"
# Keys of the choices.
CROPS, LAYOUT, MARK, CODES = "workbook-crops", "csv-layout", "csv-mark", "csv-codes"


def section(pages: Sequence[SessionPage], rows: Sequence[Row], style: AmountFormat) -> None:
    """Show a button for each file, and beside them the choices for the files.

    Args:
        pages: whose numbers are downloaded.
        rows: of all pages.
        style: how amounts are written.
    """
    from inkling.review.page_grid import page_grid

    has_grid = any(page_grid(page.draft) is not None for page in pages)
    has_crops = bool(st.session_state.get(CROPS, False))
    files = exports.downloads(pages, rows, style, csv_options(has_grid), has_crops=has_crops)
    with st.container(horizontal=True, gap="small"):
        for place, file in enumerate(files):
            st.download_button(
                file.label,
                file.content,
                file_name=file.file_name,
                mime=file.mime,
                icon=file.icon,
                type="secondary" if place else "primary",
                on_click="ignore",
            )
        with st.popover(":material/tune:", help="How the files are written", key="file-options"):
            choices(has_grid)


def csv_options(has_grid: bool) -> CsvOptions:
    """What a person chose for CSV files; whether a page has rows and columns limits it."""
    from inkling.review.csv_file import CsvOptions

    chosen = st.session_state
    return CsvOptions(
        on_page=has_grid and chosen.get(LAYOUT) == ON_PAGE,
        has_mark=bool(chosen.get(MARK, True)),
        guards_codes=bool(chosen.get(CODES, False)),
    )


def choices(has_grid: bool) -> None:
    """Show the choices for workbooks and CSV files."""
    st.markdown("**Excel**")
    st.toggle("A picture of each number", key=CROPS, persist_state="session")
    st.markdown("**CSV**")
    if has_grid:
        st.segmented_control(
            "Layout of CSV files",
            [AS_LIST, ON_PAGE],
            default=AS_LIST,
            required=True,
            key=LAYOUT,
            label_visibility="collapsed",
            persist_state="session",
        )
    st.toggle(
        "Byte order mark",
        value=True,
        key=MARK,
        persist_state="session",
        help="Excel needs it to show names of files with accents. Some programs stumble over it.",
    )
    st.toggle(
        "Keep 0049 and +4917 in Excel",
        key=CODES,
        persist_state="session",
        help='Writes them as ="0049". Otherwise Excel drops zeros and plus signs when it opens a '
        "CSV file. A workbook always keeps them.",
    )
