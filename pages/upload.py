"""Upload: photos and scans of handwritten numbers become a table that can be corrected."""

from pathlib import Path

import streamlit as st

from inkling.review import amounts, result, sums
from inkling.ui.shared import page_head, phrases, resources, visit
from inkling.ui.upload import (
    amount_choice,
    download_row,
    exports,
    form_mode,
    kept,
    number_table,
    project_file,
    quota,
    review_queue,
    size_guard,
)
from inkling.ui.upload.page_editor import page_editor
from inkling.ui.upload.session import UploadSession, upload_session
from inkling.ui.upload.session_page import SessionPage
from inkling.ui.upload.sources import TYPES, sample_title, samples, thumbnail

MODEL = "upload-model"


def source_tabs(session: UploadSession) -> None:
    """Let people add pictures: files, what the camera takes, or a project."""
    files, camera, project = st.tabs(
        ["Files", "Camera", "Project"], on_change="rerun", key="source"
    )
    with files:
        # A new key empties the uploader, whose files have been added to the session.
        key = f"files-{session.uploader_version}" if session.uploader_version else "files"
        st.file_uploader(
            "Pictures of handwritten numbers",
            type=TYPES,
            accept_multiple_files=True,
            key=key,
            on_change=take_files,
            args=(session, key),
            help="JPEG, PNG, WebP, HEIC, TIFF, BMP, GIF or PDF. They are remembered "
            f"{visit.lifetime()}, and used for nothing else.",
        )
        size_guard.watch(session)
        size_guard.refusals(session)
    if camera.open:
        with camera:
            key = f"camera-{session.photo_count}" if session.photo_count else "camera"
            st.camera_input(
                "Take a picture of handwritten numbers",
                key=key,
                width=640,
                on_change=take_photo,
                args=(session, key),
            )
    if project.open:
        with project:
            project_file.opener(session)


def take_files(session: UploadSession, key: str) -> None:
    """Add the uploaded files to the session, and empty the uploader."""
    for file in quota.present(st.session_state[key]):
        session.add(file.name, file.getvalue())
        quota.release(file)
    session.uploader_version += 1


def take_photo(session: UploadSession, key: str) -> None:
    """Add the camera's picture to the session, and make the camera ready for the next one."""
    taken = st.session_state[key]
    for photo in quota.present([] if taken is None else [taken]):
        session.photo_count += 1
        session.add(f"Photo {session.photo_count}", photo.getvalue())
        quota.release(photo)


def take_sample(session: UploadSession, path: Path) -> None:
    session.toggle_sample(path.name, path.read_bytes())


def sample_row(session: UploadSession) -> None:
    """Offer the sample pictures until the session has pictures of its own."""
    paths = samples()
    if not paths or any(not file.is_sample for file in session.files):
        return
    added = {file.name for file in session.files}
    st.caption("No picture at hand? Try one of these.")
    with st.container(width=680), st.grid(4, min_column_width=130, gap="small") as grid:
        for path in paths:
            title = sample_title(path)
            with grid.cell():
                st.image(thumbnail(path), width="stretch", alt=f"Sample: {title}")
                st.button(
                    title,
                    key=f"sample-{path.name}",
                    type="primary" if path.name in added else "secondary",
                    width="stretch",
                    on_click=take_sample,
                    args=(session, path),
                )


def progress(session: UploadSession, model: str) -> None:
    """Show how far reading is, and which files could not be read."""
    unread = session.unread(model)
    if unread:
        file, count = unread[0], len(session.files)
        done = count - len(unread)
        place = f" · file {done + 1} of {count}" if count > 1 else ""
        page = f", page {file.next_page}" if file.next_page > 1 else ""
        st.progress(done / count, f"Reading {phrases.plain(file.name)}{page}{place}…")
    for file in session.files:
        if file.problem:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.error(phrases.plain(file.problem), icon=":material/broken_image:")
                if not file.pages:
                    st.button(
                        "Remove",
                        key=f"remove-{file.key}",
                        on_click=session.remove,
                        args=(file,),
                    )


def navigator(session: UploadSession, page: SessionPage, model: str) -> None:
    """Show which page is shown and let people turn to others; list the files; open the queue."""
    pages = session.pages
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
        if len(pages) == 1:
            st.subheader(phrases.plain(session.title(page)), anchor=False)
        else:
            page_picker(session, pages.index(page))
        file_list(session)
    if not session.unread(model):
        review_queue.open_button(session)


def page_picker(session: UploadSession, place: int) -> None:
    """Let people turn the pages.

    Args:
        session: of several pages.
        place: which of them is shown.
    """
    pages = session.pages
    st.button(
        ":material/chevron_left:",
        key="page-before",
        help="Previous page",
        disabled=place == 0,
        on_click=session.turn_page,
        args=(-1,),
    )
    st.session_state["page-shown"] = place
    st.selectbox(
        "Page",
        range(len(pages)),
        format_func=lambda each: page_label(session, pages[each]),
        key="page-shown",
        label_visibility="collapsed",
        on_change=lambda: setattr(session, "page_index", st.session_state["page-shown"]),
    )
    st.button(
        ":material/chevron_right:",
        key="page-after",
        help="Next page",
        disabled=place == len(pages) - 1,
        on_click=session.turn_page,
        args=(1,),
    )


def page_label(session: UploadSession, page: SessionPage) -> str:
    """A page's title and how many numbers on it are to be checked."""
    left = page.draft.to_check
    return f"{session.title(page)} · {left} to check" if left else session.title(page)


def file_list(session: UploadSession) -> None:
    """List the files, to remove them and to bring removed ones back."""
    title = phrases.plural(len(session.files), "file")
    if not session.files:
        title = f"{phrases.plural(len(session.removed), 'file')} removed"
    with st.popover(title, icon=":material/folder_open:"):
        st.caption(f"Removed files keep your corrections {visit.lifetime()}.")
        if len(session.files) > 1:
            st.button(
                "Remove all",
                icon=":material/delete_sweep:",
                key="remove-all",
                on_click=session.remove_all,
            )
        for file in session.files:
            st.button(
                phrases.plain(file.name),
                icon=":material/close:",
                key=f"close-{file.key}",
                type="tertiary",
                on_click=session.remove,
                args=(file,),
                help=f"Remove {phrases.plain(file.name)}",
            )
        for file in reversed(session.removed.values()):
            st.button(
                f"Bring back {phrases.plain(file.name)}",
                icon=":material/undo:",
                key=f"back-{file.key}",
                type="tertiary",
                on_click=session.add,
                args=(file.name, file.content, file.is_sample),
            )


def results(session: UploadSession) -> None:
    """Show the numbers of all pages: how many there are, their sum if it has one, and downloads."""
    pages = session.pages
    rows = exports.rows(pages)
    st.header("All numbers", anchor=False)
    left = sum(page.draft.to_check for page in pages)
    style = amount_choice.ask(str(row["written"]) for row in rows)
    with st.container(horizontal=True, gap="large"):
        st.metric("Numbers", f"{len(rows):,}", width="content")
        st.metric("To check", f"{left:,}", width="content")
        total = sums.total((page.draft for page in pages), style)
        if total is not None:
            st.metric("Sum", amounts.written(total, style), width="content")
    if len(pages) > 1 and rows:
        names = result.columns(rows)
        # Space for the table's own buttons, which touch screens always show.
        st.space("small")
        st.dataframe(
            rows,
            column_order=names,
            hide_index=True,
            key="all-numbers",
            on_select=lambda: number_table.show_selected(session, "all-numbers"),
            selection_mode="single-cell",
            placeholder="",
            height=number_table.table_height(len(rows)),
            alt="Every number of every page, with your corrections",
            column_config={name: name.capitalize() for name in names}
            | {"confidence": number_table.confidence_column()},
        )
    download_row.section(pages, rows, style)
    project_file.save_button(session)


visit.keep(kept)
page_head.show("Read a photo")
with st.container(horizontal=True, vertical_alignment="center", wrap=False):
    st.caption("A dark pen on plain paper works best. The numbers appear line by line in a table.")
    preferences = st.popover(
        ":material/tune:", help="Model and visit", key="upload-settings", on_change="rerun"
    )
if preferences.open:
    with preferences:
        resources.model_picker(MODEL)
        visit.section()
session = upload_session()
visit.remark(kept)
source_tabs(session)
# Every part has a container of its own, also when there is nothing in it. Otherwise the parts below
# would move up when, say, the progress bar goes, and be on the page twice until the run ends.
with st.container():
    sample_row(session)
if not session.files and session.removed:
    file_list(session)
if session.files:
    model = resources.chosen_model(MODEL)
    before = (len(session.pages), len(session.unread(model)))
    with st.container():
        progress(session, model)
    shown = session.page
    if shown is not None:
        with st.container():
            navigator(session, shown, model)
        with st.container():
            page_editor(session, shown, model)
        with st.container():
            results(session)
        with st.container():
            form_mode.section(session, model)
    unread = session.unread(model)
    reader = resources.classifier_or_error(model) if unread else None
    if unread and reader is not None:
        # One page per run, so that people can correct what has been read while the rest is read.
        unread[0].read_next_page(reader, visit.owner())
        st.rerun()
    if not unread and before != (len(session.pages), 0):
        # The previous run was still reading, and finished while this one drew the page.
        st.rerun()
# When everything is on the screen.
resources.warm_up_readers()
