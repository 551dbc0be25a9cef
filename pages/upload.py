"""Upload: photos and scans of handwritten numbers become a table."""

import hashlib

import streamlit as st

from inkling.ui import resources, uploads, words
from inkling.ui.door import enter_by_app

EM_SPACE = "\N{EM SPACE}"


def sources() -> list[uploads.Source]:
    """Where pictures come from: files, the camera, the samples."""
    found = []
    files, camera = st.tabs(["Files", "Camera"], on_change="rerun", key="source")
    with files:
        sent = st.file_uploader(
            "Pictures of handwritten numbers",
            type=uploads.TYPES,
            accept_multiple_files=True,
            key="files",
            help="JPEG, PNG, WebP, HEIC, TIFF, BMP, GIF or PDF. They stay on this computer.",
        )
        found += [uploads.Source(file.name, file.getvalue()) for file in sent]
    if camera.open:
        with camera:
            photo = st.camera_input(
                "Take a picture of handwritten numbers", key="camera", width=640
            )
            if photo is not None:
                found.append(uploads.Source("Photo from the camera", photo.getvalue()))
    sample = st.session_state.get("sample")
    found += [
        uploads.Source(path.name, path.read_bytes())
        for path in uploads.samples()
        if path.name == sample
    ]
    return found


def sample_row() -> None:
    """The sample pictures, one click away."""
    paths = uploads.samples()
    if not paths:
        return
    st.caption("No picture at hand? Try one of these.")
    with st.container(width=680), st.grid(4, min_column_width=130, gap="small") as grid:
        for path in paths:
            title = uploads.sample_title(path)
            chosen = st.session_state.get("sample") == path.name
            with grid.cell():
                st.image(uploads.thumbnail(path), width="stretch", alt=f"Sample: {title}")
                st.button(
                    title,
                    key=f"sample-{path.name}",
                    type="primary" if chosen else "secondary",
                    width="stretch",
                    on_click=uploads.choose_sample,
                    args=(path.name,),
                )


def read_all(found: list[uploads.Source], model: str) -> list[uploads.FileResult]:
    """Read every file, showing each as soon as it is read."""
    results = []
    progress = st.progress(0.0, "Reading…")
    for place, source in enumerate(found):
        progress.progress(place / len(found), f"Reading {source.name}…")
        result = uploads.read_file(source.name, source.content, model)
        results.append(result)
        show_file(result)
    progress.empty()
    return results


def show_file(result: uploads.FileResult) -> None:
    """One file: its pages as read, and what went wrong with it."""
    for page in result.pages:
        with st.container(border=True):
            left, right = st.columns(2, gap="medium")
            more = f", page {page.number}" if len(result.pages) > 1 else ""
            left.image(
                page.picture,
                width="stretch",
                alt=f"{result.name}{more}, a box around each digit that was read",
            )
            with right:
                st.subheader(f"{result.name}{more}", anchor=False)
                show_lines(page)
    if result.problem:
        st.error(result.problem, icon=":material/broken_image:")


def show_lines(page: uploads.PageResult) -> None:
    """A page's numbers by line, and what to check."""
    if page.count:
        lines = words.plural(len(page.lines), "line")
        st.caption(f"{words.plural(page.count, 'number')} in {lines}")
        st.markdown("\n".join(f"1. {EM_SPACE.join(line)}" for line in page.lines))
    if page.unsure:
        digits = words.plural(page.unsure, "digit")
        st.caption(f":material/visibility: {digits} to check: boxed in orange, with a “?”.")
    for warning in page.warnings:
        st.warning(warning, icon=":material/info:")


def table(results: list[uploads.FileResult]) -> None:
    """Everything read, to correct and to take away."""
    rows = uploads.all_rows(results)
    if not rows:
        return
    st.header("All numbers", anchor=False)
    st.caption("Click on a number to correct it; the download has your corrections.")
    contents = "".join(f"{row['file']}/{row['page']}/{row['line']};" for row in rows)
    edited = st.data_editor(
        uploads.table(rows),
        key=f"table-{hashlib.sha256(contents.encode()).hexdigest()[:16]}",
        disabled=["file", "page", "line", "confidence"],
        hide_index=True,
        column_order=uploads.columns_worth_showing(rows),
        alt="Every number that was read, with its file, page, line and confidence",
        column_config={
            "file": st.column_config.TextColumn("File"),
            "page": st.column_config.NumberColumn("Page", width="small"),
            "line": st.column_config.NumberColumn("Line", width="small"),
            "number": st.column_config.TextColumn("Number", validate=r"^[0-9]*$"),
            "confidence": st.column_config.ProgressColumn(
                "Confidence", format="percent", min_value=0.0, max_value=1.0
            ),
        },
    )
    st.download_button(
        "Download as CSV",
        uploads.as_csv(uploads.records(edited)),
        file_name="inkling.csv",
        mime="text/csv",
        icon=":material/download:",
        type="primary",
        on_click="ignore",
    )


enter_by_app()
st.title("Read a photo")
with st.container(horizontal=True, vertical_alignment="center", wrap=False):
    st.caption("Dark pen on plain paper is read best. Numbers come out line by line, as a table.")
    settings = st.popover(":material/tune:", help="Model", key="upload-settings", on_change="rerun")
if settings.open:
    with settings:
        resources.model_picker("upload-model")
given = sources()
sample_row()
if given:
    table(read_all(given, resources.chosen_model("upload-model")))
