"""Upload: photos and scans of handwritten numbers become a table that can be put right."""

from pathlib import Path

import streamlit as st

from inkling.review.totals import total
from inkling.ui.shared import phrases, resources
from inkling.ui.shared.entry import enter_by_app
from inkling.ui.upload import exports, number_table
from inkling.ui.upload.page_editor import workplace
from inkling.ui.upload.session import Desk, DeskPage, desk
from inkling.ui.upload.sources import TYPES, sample_title, samples, thumbnail

MODEL = "upload-model"


# --- in -------------------------------------------------------------------------------------------


def sources(table: Desk) -> None:
    """Where pictures come from: files, the camera, the samples. All are laid on the desk."""
    files, camera = st.tabs(["Files", "Camera"], on_change="rerun", key="source")
    with files:
        key = f"files-{table.uploads}" if table.uploads else "files"
        st.file_uploader(
            "Pictures of handwritten numbers",
            type=TYPES,
            accept_multiple_files=True,
            key=key,
            on_change=take_files,
            args=(table, key),
            help="JPEG, PNG, WebP, HEIC, TIFF, BMP, GIF or PDF. They stay on this computer.",
        )
    if camera.open:
        with camera:
            key = f"camera-{table.shots}" if table.shots else "camera"
            st.camera_input(
                "Take a picture of handwritten numbers",
                key=key,
                width=640,
                on_change=take_shot,
                args=(table, key),
            )


def take_files(table: Desk, key: str) -> None:
    """Lay what was uploaded on the desk, and empty the uploader."""
    for file in st.session_state[key]:
        table.put(file.name, file.getvalue())
    table.uploads += 1


def take_shot(table: Desk, key: str) -> None:
    """Lay the camera's picture on the desk; the camera is ready for the next."""
    shot = st.session_state[key]
    if shot is not None:
        table.shots += 1
        table.put(f"Photo {table.shots}", shot.getvalue())


def take_sample(table: Desk, path: Path) -> None:
    table.toggle_sample(path.name, path.read_bytes())


def sample_row(table: Desk) -> None:
    """The sample pictures, one click away, until there are pictures of one's own."""
    paths = samples()
    if not paths or any(not file.is_sample for file in table.files):
        return
    lying = {file.name for file in table.files}
    st.caption("No picture at hand? Try one of these.")
    with st.container(width=680), st.grid(4, min_column_width=130, gap="small") as grid:
        for path in paths:
            title = sample_title(path)
            with grid.cell():
                st.image(thumbnail(path), width="stretch", alt=f"Sample: {title}")
                st.button(
                    title,
                    key=f"sample-{path.name}",
                    type="primary" if path.name in lying else "secondary",
                    width="stretch",
                    on_click=take_sample,
                    args=(table, path),
                )


# --- the files ------------------------------------------------------------------------------------


def progress(table: Desk, model: str) -> None:
    """How far reading is, and which files could not be read."""
    unread = table.unread(model)
    if unread:
        file = unread[0]
        done = len(table.files) - len(unread)
        which = f" · file {done + 1} of {len(table.files)}" if len(table.files) > 1 else ""
        part = f", page {file.next_page}" if file.next_page > 1 else ""
        st.progress(done / len(table.files), f"Reading {file.name}{part}{which}…")
    for file in table.files:
        if file.problem:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.error(file.problem, icon=":material/broken_image:")
                if not file.pages:
                    st.button(
                        "Put away", key=f"away-{file.key}", on_click=table.put_away, args=(file,)
                    )


def navigator(table: Desk, page: DeskPage) -> None:
    """Which page is looked at, and what lies on the desk."""
    pages = table.pages
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
        if len(pages) == 1:
            st.subheader(table.title(page), anchor=False)
        else:
            place = pages.index(page)
            st.button(
                ":material/chevron_left:",
                key="page-before",
                help="Page before",
                disabled=place == 0,
                on_click=table.turn,
                args=(-1,),
            )
            st.session_state["page-shown"] = place
            st.selectbox(
                "Page",
                range(len(pages)),
                format_func=lambda each: page_label(table, pages[each]),
                key="page-shown",
                label_visibility="collapsed",
                on_change=lambda: setattr(table, "place", st.session_state["page-shown"]),
            )
            st.button(
                ":material/chevron_right:",
                key="page-after",
                help="Next page",
                disabled=place == len(pages) - 1,
                on_click=table.turn,
                args=(1,),
            )
        files(table)


def page_label(table: Desk, page: DeskPage) -> str:
    """A page with what is left to do on it."""
    left = page.draft.to_check
    return f"{table.title(page)} · {left} to check" if left else table.title(page)


def files(table: Desk) -> None:
    """What lies on the desk, to be put away; corrections are remembered."""
    with st.popover(phrases.plural(len(table.files), "file"), icon=":material/folder_open:"):
        st.caption("A file put away is remembered, with your corrections, until you close Inkling.")
        for file in table.files:
            st.button(
                file.name,
                icon=":material/close:",
                key=f"close-{file.key}",
                type="tertiary",
                on_click=table.put_away,
                args=(file,),
                help=f"Put {file.name} away",
            )
        for file in reversed(table.away.values()):
            st.button(
                f"Bring back {file.name}",
                icon=":material/undo:",
                key=f"back-{file.key}",
                type="tertiary",
                on_click=table.put,
                args=(file.name, file.content, file.is_sample),
            )


# --- out ------------------------------------------------------------------------------------------


def everything(table: Desk) -> None:
    """All numbers of all pages: how many, their sum, and to take away."""
    pages = table.pages
    rows = exports.rows(pages)
    st.header("All numbers", anchor=False)
    left = sum(page.draft.to_check for page in pages)
    with st.container(horizontal=True, gap="large"):
        st.metric("Numbers", f"{len(rows):,}", width="content")
        st.metric("To check", f"{left:,}", width="content")
        amount = total(str(row["number"]) for row in rows)
        if amount is not None and len(rows) > 1:
            st.metric("Sum", number_table.amount(amount), width="content")
    if len(pages) > 1 and rows:
        names = exports.columns(rows)
        # Room for the table's own buttons, which touch screens always show.
        st.space("small")
        st.dataframe(
            rows,
            column_order=names,
            hide_index=True,
            height=number_table.height(len(rows)),
            alt="Every number of every page, with your corrections",
            column_config={name: name.capitalize() for name in names}
            | {"confidence": number_table.confidence_column()},
        )
    downloads(pages, rows)


def downloads(pages: list[DeskPage], rows: list[exports.Row]) -> None:
    """What was read, with all corrections, as files."""
    many = len(pages) > 1
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Download as CSV",
            lambda: exports.as_csv(rows),
            file_name="inkling.csv",
            mime="text/csv",
            icon=":material/download:",
            type="primary",
            on_click="ignore",
        )
        st.download_button(
            "Excel",
            lambda: exports.as_xlsx(rows),
            file_name="inkling.xlsx",
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            icon=":material/table:",
            on_click="ignore",
        )
        st.download_button(
            "JSON",
            lambda: exports.as_json(pages),
            file_name="inkling.jsonl" if many else "inkling.json",
            mime="application/json",
            icon=":material/data_object:",
            on_click="ignore",
        )
        st.download_button(
            "Pictures" if many else "Picture",
            lambda: exports.pictures_of(pages),
            file_name="inkling.zip" if many else "inkling.jpg",
            mime="application/zip" if many else "image/jpeg",
            icon=":material/image:",
            on_click="ignore",
        )


enter_by_app()
st.title("Read a photo")
with st.container(horizontal=True, vertical_alignment="center", wrap=False):
    st.caption("Dark pen on plain paper is read best. Numbers come out line by line, as a table.")
    preferences = st.popover(
        ":material/tune:", help="Model", key="upload-settings", on_change="rerun"
    )
if preferences.open:
    with preferences:
        resources.model_picker(MODEL)
given = desk()
sources(given)
# Each part has its place whether there is anything in it or not: if what follows moved up when,
# say, the progress bar goes, it would stand on the page twice until the run is over.
with st.container():
    sample_row(given)
if given.files:
    chosen = resources.chosen_model(MODEL)
    before = (len(given.pages), len(given.unread(chosen)))
    with st.container():
        progress(given, chosen)
    shown = given.page
    if shown is not None:
        with st.container():
            navigator(given, shown)
        with st.container():
            workplace(given, shown, chosen)
        with st.container():
            everything(given)
    waiting = given.unread(chosen)
    reader = resources.classifier_or_sentence(chosen) if waiting else None
    if waiting and reader is not None:
        # A page a run: what is read is shown, and can be put right, while the rest is read.
        waiting[0].read_on(reader)
        st.rerun()
    if not waiting and before != (len(given.pages), 0):
        # The run before this one was still reading, and finished while this one drew the page.
        st.rerun()
