"""The table of copies of one form: a row per page, a column per field, to check and download."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from inkling.ui.shared import phrases
from inkling.ui.upload import number_table

if TYPE_CHECKING:
    from inkling.forms.result import FieldReading
    from inkling.ui.upload.form_session import FormSession
    from inkling.ui.upload.session import UploadSession
    from inkling.ui.upload.session_page import SessionPage

# How much of the page is shown around a field: at its sides, and above and below, in its heights.
BESIDE, ABOVE = 0.6, 0.4
# Behind what is to be checked, on light and on dark pages.
DOUBT_STYLE = "background-color: rgba(213, 94, 0, 0.28)"


def results(session: UploadSession, form: FormSession) -> None:
    """Show the pages that were read: their table, the cell to check, and downloads."""
    pages = [page for page in session.pages if page.key in form.readings]
    aligned = [page for page in pages if form.readings[page.key].is_aligned]
    # Each part has a container of its own, so that it keeps its place on the page.
    with st.container():
        if form.is_reading:
            done, count = len(pages), len(session.pages)
            st.progress(done / count, f"Reading page {done + 1} of {count} as the form…")
    with st.container():
        for page in pages:
            problem = form.readings[page.key].problem
            if problem:
                title = phrases.plain(session.title(page))
                st.warning(f"{title}: {phrases.plain(problem)}", icon=":material/info:")
    with st.container():
        if aligned:
            _table(session, form, aligned)
    with st.container():
        _cell(session, form, {page.key: page for page in aligned})
    with st.container():
        if pages:
            _downloads(form, pages)


def _table(session: UploadSession, form: FormSession, pages: list[SessionPage]) -> None:
    """The values, the doubtful ones coloured; a click selects one."""
    import pandas as pd

    names = [read.name for read in form.readings[pages[0].key].fields]
    rows = [
        [form.shown(page.key, read) for read in form.readings[page.key].fields] for page in pages
    ]
    frame = pd.DataFrame(rows, columns=names)
    frame.insert(0, "Page", [session.title(page) for page in pages])

    def styles(_: Any) -> Any:
        colours = pd.DataFrame("", index=frame.index, columns=frame.columns)
        for row, page in enumerate(pages):
            for read in form.readings[page.key].fields:
                if form.is_doubtful(page.key, read):
                    colours.loc[row, read.name] = DOUBT_STYLE
        return colours

    def select() -> None:
        cells = st.session_state["form-table"]["selection"]["cells"]
        if cells:
            row, name = cells[0]
            form.selected = (pages[row].key, name) if name in names else None

    left = len(form.doubtful())
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            f"{left} to check" if left else "Nothing to check",
            icon=":material/arrow_forward:",
            key="form-next",
            disabled=not left,
            on_click=lambda: select_next(form),
            help="Go to the next field to check" if left else None,
        )
        st.caption("Click a value to see its field and to correct it.")
    st.dataframe(
        frame.style.apply(styles, axis=None),
        key="form-table",
        hide_index=True,
        height=number_table.table_height(len(pages)),
        on_select=select,
        selection_mode="single-cell",
        alt="A row for each page and a column for each field; fields to check are coloured",
    )


def select_next(form: FormSession) -> None:
    """Select the next cell to check, starting again at the first one after the last."""
    order = [(key, read.name) for key, each in form.readings.items() for read in each.fields]
    here = order.index(form.selected) if form.selected in order else -1
    doubtful = form.doubtful()
    later = [cell for cell in doubtful if order.index(cell) > here]
    form.selected = next(iter(later or doubtful), None)


def _cell(session: UploadSession, form: FormSession, pages: dict[int, SessionPage]) -> None:
    """The selected value with its field's picture, to correct or confirm."""
    cell = form.selected
    page = pages.get(cell[0]) if cell else None
    if cell is None or page is None:
        return
    read = next((each for each in form.readings[page.key].fields if each.name == cell[1]), None)
    if read is None:
        return
    key = f"form-cell-{page.key}-{read.name}"

    def take() -> None:
        form.answer(cell, st.session_state[key])
        select_next(form)

    with st.form(f"{key}-form", border=True):
        st.markdown(f"**{phrases.plain(read.name)}** · {phrases.plain(session.title(page))}")
        st.image(_picture(page, read), width=420, alt=f"The field {read.name} on the page")
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            st.text_input("What it says", value=form.shown(page.key, read), key=key, width=260)
            st.form_submit_button("It is right", on_click=take, type="primary")


def _picture(page: SessionPage, read: FieldReading) -> bytes:
    """A field with a little of the page around it, as JPEG."""
    scale = page.width / page.image().shape[1]
    xs, ys = zip(*read.polygon, strict=True)
    left, top = round(min(xs) * scale), round(min(ys) * scale)
    box = (left, top, round(max(xs) * scale) - left, round(max(ys) * scale) - top)
    return page.crops([page.around(box, BESIDE, ABOVE)])[0]


def _downloads(form: FormSession, pages: list[SessionPage]) -> None:
    """The table as files, with the pages that were told."""
    # Imported here, because openpyxl takes long.
    from inkling.review import csv_file, workbook
    from inkling.review.amounts import COMMA, POINT

    style = COMMA if form.decimal == "," else POINT
    rows = [form.row(page) for page in pages]
    names = ["file", "page", *(each.name for each in form.fields.values()), "error"]
    rows = [{name: row.get(name, "") for name in names} for row in rows]
    doubtful = {
        (row, read.name)
        for row, page in enumerate(pages)
        for read in form.readings[page.key].fields
        if form.is_doubtful(page.key, read)
    }
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Download forms for Excel",
            lambda: workbook.table_xlsx(names, rows, doubtful),
            file_name="forms.xlsx",
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            icon=":material/table:",
            type="primary",
            on_click="ignore",
        )
        st.download_button(
            "Forms as CSV",
            lambda: csv_file.table_csv(names, rows, style, csv_file.CsvOptions()),
            file_name="forms.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
    told = sum(bool(form.readings[page.key].problem) for page in pages)
    st.caption(
        f"{phrases.plural(len(pages) - told, 'page')} read, {told} told. Yes-no fields say yes or "
        "no, and dates are year, month, day."
    )
