"""Copies of one form: its fields are marked on one page and read on all of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from inkling.reader.overlay import SURE_COLOUR
from inkling.ui.shared import phrases, resources, visit
from inkling.ui.upload import box_canvas, form_results
from inkling.ui.upload.box_canvas import CanvasState
from inkling.ui.upload.form_session import FormSession, form_session

if TYPE_CHECKING:
    from inkling.ui.upload.session import UploadSession
    from inkling.ui.upload.session_page import SessionPage

CANVAS_LABEL = "The form, to draw a box around each field. The table below names the fields."
KINDS = {"digits": "Digits", "amount": "Amount", "date": "Date", "yes-no": "Yes or no"}
DATES = {"dmy": "day, month, year", "mdy": "month, day, year", "ymd": "year, month, day"}
# Screen pixels: by how much less space there is for the form than for a page's picture above.
PADDING = 36


def section(session: UploadSession, model: str) -> None:
    """Offer to read the pages as copies of one form; closed until somebody opens it.

    Args:
        session: its pages are the copies.
        model: the name of the model that reads them.
    """
    part = st.expander(
        "Copies of one form", icon=":material/dynamic_form:", key="form-mode", on_change="rerun"
    )
    if not part.open:
        return
    form = form_session()
    with part:
        st.caption(
            "Mark the fields on one page. Inkling finds them on the others: one row per page, one "
            "column per field. What is printed outside the fields is not read."
        )
        # Each part has a container of its own, so that it keeps its place on the page.
        with st.container():
            _choose_form(session, form)
        with st.container():
            if form.picture is not None:
                _form(session, form)
        with st.container():
            if form.problem:
                st.error(phrases.plain(form.problem), icon=":material/error:")
        form_results.results(session, form)
    _read_next(session, form, model)


def _form(session: UploadSession, form: FormSession) -> None:
    """Show the form's picture to mark fields on, and beside it what is known of them."""
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _mark_fields(session, form)
    with right:
        if form.fields:
            _field_table(form)
        else:
            st.caption("No field is marked yet.")
        _settings(form)
        _actions(session, form)


def _choose_form(session: UploadSession, form: FormSession) -> None:
    """Let people choose a page as the form, or open a template."""
    pages = {page.key: page for page in session.pages}
    options: list[int | None] = list(pages)
    if form.picture is not None and form.source not in pages:
        options.insert(0, form.source)

    def take_page() -> None:
        page = pages.get(st.session_state[key])
        if page is not None:
            form.use_page(page)

    def take_file() -> None:
        file = st.session_state[upload_key]
        if file is not None:
            form.open(file.getvalue(), file.name)

    # The selectbox shows what is the form now, also after a template was opened.
    key = f"form-page-{form.canvas_version}"
    upload_key = "form-template"
    left, right = st.columns(2, gap="medium")
    with left:
        st.selectbox(
            "The form",
            options,
            index=options.index(form.source) if form.picture is not None else None,
            format_func=lambda each: (
                session.title(pages[each]) if each in pages else "The opened template"
            ),
            key=key,
            placeholder="Choose a page, best an empty form",
            on_change=take_page,
            help="Best a scan or a photo from straight above, and not filled in.",
        )
    with right:
        st.file_uploader("Or open a template", type=["json"], key=upload_key, on_change=take_file)


def _mark_fields(session: UploadSession, form: FormSession) -> None:
    """Show the form to draw boxes on, and the table of its fields."""
    st.caption(
        "Drag a box around each field. To move, resize or delete a box, press :material/edit: "
        "first."
    )
    key = f"form-canvas-{form.canvas_version}"
    if form.canvas is None or key not in st.session_state:
        form.canvas = _open_canvas(form, session.picture_width - PADDING)
    reported = box_canvas.show_canvas(form.canvas, form.size, key, CANVAS_LABEL)
    if apply_report(form, form.canvas, reported):
        st.rerun()


def _open_canvas(form: FormSession, width: int) -> CanvasState:
    """The form's picture with the boxes that were drawn."""
    from streamlit_drawable_canvas import boxes_to_drawing

    assert form.picture is not None
    scale = width / form.size[0]
    canvas = CanvasState({"objects": []}, {}, scale, form.picture)
    boxes = []
    for key, each in form.fields.items():
        x, y, w, h = (value * scale for value in each.box)
        canvas.rectangles[key], canvas.labels[key] = (x, y, w, h), each.name
        boxes.append({"label": each.name, "left": x, "top": y, "width": w, "height": h})
    canvas.start = boxes_to_drawing(
        boxes,
        stroke_color=box_canvas.hex_colour(SURE_COLOUR),
        stroke_width=box_canvas.BORDER_WIDTH,
    )
    for drawn in canvas.start["objects"]:
        drawn["fontSize"] = box_canvas.FONT_SIZE
    return canvas


def apply_report(
    form: FormSession, canvas: CanvasState, reported: list[tuple[box_canvas.Rectangle, str]]
) -> bool:
    """Apply what was done on the canvas; return whether anything was.

    Args:
        form: changed in place.
        canvas: what it showed; changed, too.
        reported: its rectangles and their labels.
    """
    found = box_canvas.changes(canvas.rectangles, [rectangle for rectangle, _ in reported])
    if not (found.added or found.moved or found.deleted):
        return False
    for key in found.deleted:
        del form.fields[key], canvas.rectangles[key]
    for key, place in found.moved.items():
        rectangle = canvas.rectangles[key] = reported[place][0]
        box = box_canvas.box_on_page(rectangle, form.size, canvas.scale)
        form.fields[key] = replace(form.fields[key], box=box)
    for place in found.added:
        rectangle, label = reported[place]
        box = box_canvas.box_on_page(rectangle, form.size, canvas.scale)
        canvas.rectangles[form.add(label.strip(), "digits", box)] = rectangle
    form.changed(on_canvas=True)
    return True


def _field_table(form: FormSession) -> None:
    """Let people name the fields and say what is written in them."""
    import pandas as pd

    order = list(form.fields)
    key = f"form-fields-{form.version}"
    kinds = list(KINDS.values())

    def take() -> None:
        take_fields(form, order, st.session_state[key]["edited_rows"])

    st.data_editor(
        pd.DataFrame(
            {
                "name": [form.fields[each].name for each in order],
                "kind": [KINDS[form.fields[each].kind] for each in order],
            }
        ),
        key=key,
        on_change=take,
        hide_index=True,
        alt="The fields of the form: their names, and what is written in them",
        column_config={
            "name": st.column_config.TextColumn("Field", required=True, width="medium"),
            "kind": st.column_config.SelectboxColumn(
                "What is written", options=kinds, required=True, width="small"
            ),
        },
    )


def take_fields(form: FormSession, order: list[int], edited: dict[int, dict[str, Any]]) -> None:
    """Apply what was typed and chosen in the table of fields.

    Args:
        form: changed in place.
        order: the ids of the rows.
        edited: the changed cells, by row and column.
    """
    by_title = {title: kind for kind, title in KINDS.items()}
    for place, cells in edited.items():
        key = order[int(place)]
        if "name" in cells:
            form.fields[key] = replace(form.fields[key], name=str(cells["name"] or "").strip())
        if "kind" in cells:
            form.fields[key] = replace(form.fields[key], kind=by_title[cells["kind"]])
    form.changed()


def _settings(form: FormSession) -> None:
    """Ask how the form is filled in, as far as its fields need it."""

    def take() -> None:
        values = st.session_state
        form.filled = values[f"form-filled-{form.version}"]
        form.decimal = values.get(f"form-decimal-{form.version}", form.decimal)
        form.dates = values.get(f"form-dates-{form.version}", form.dates)
        form.changed()

    kinds = {each.kind for each in form.fields.values()}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.checkbox(
            "This page is filled in",
            value=form.filled,
            key=f"form-filled-{form.version}",
            on_change=take,
            help="On an empty form, what is in the fields is print, and is not read.",
        )
        if "amount" in kinds:
            st.selectbox(
                "Decimal sign",
                [".", ","],
                index=[".", ","].index(form.decimal),
                format_func={".": "1234.50", ",": "1234,50"}.__getitem__,
                key=f"form-decimal-{form.version}",
                on_change=take,
                width=160,
            )
        if "date" in kinds:
            st.selectbox(
                "Order of dates",
                list(DATES),
                index=list(DATES).index(form.dates),
                format_func=DATES.__getitem__,
                key=f"form-dates-{form.version}",
                on_change=take,
                width=220,
            )


def _actions(session: UploadSession, form: FormSession) -> None:
    """Offer to read the pages and to save the template."""
    from inkling.forms.template import TemplateError

    if not form.fields:
        return
    try:
        content = form.template()
    except TemplateError as problem:
        st.error(phrases.plain(str(problem)), icon=":material/error:")
        return
    with st.container(horizontal=True, gap="small"):
        st.button(
            f"Read {phrases.plural(len(session.pages), 'page')} as this form",
            icon=":material/play_arrow:",
            key="form-read",
            type="primary",
            disabled=form.is_reading,
            on_click=lambda: setattr(form, "is_reading", True),
        )
        st.download_button(
            "Save template",
            content,
            file_name="form.json",
            mime="application/json",
            icon=":material/save:",
            key="form-save",
            on_click="ignore",
        )


def _read_next(session: UploadSession, form: FormSession, model: str) -> None:
    """Read one page per run, so that the page stays usable while the others are read."""
    if not form.is_reading:
        return
    unread: list[SessionPage] = [page for page in session.pages if page.key not in form.readings]
    reader = resources.classifier_or_error(model) if unread else None
    if reader is None:
        form.is_reading = False
        return
    form.read(unread[0], reader, visit.owner())
    form.is_reading = form.is_reading and len(unread) > 1
    st.rerun()
