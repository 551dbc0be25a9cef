"""Projects on the Upload page: all pictures with their corrections, saved and opened as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from inkling.paths import folder_of
from inkling.ui.shared import phrases
from inkling.ui.upload.kept import MODEL_KEY
from inkling.ui.upload.session import SessionFile, UploadSession, file_key
from inkling.ui.upload.session_page import SessionPage, page_of_project

if TYPE_CHECKING:
    from inkling.review.project import ProjectFile

FILE_NAME = "numbers.inkling"
MEGABYTE = 1_000_000
# In the session state: how many projects were opened, so that the uploader is empty again, and why
# the last one could not be opened.
COUNT_KEY, PROBLEM_KEY = "project-count", "project-problem"


def save_button(session: UploadSession) -> None:
    """Offer the session's files as a project."""
    from inkling.review import project

    files = project_files(session)
    is_too_large = project.size(files) > project.MAX_BYTES
    limit = project.MAX_BYTES // MEGABYTE
    st.download_button(
        "Save project",
        lambda: project.save(files),
        file_name=FILE_NAME,
        mime="application/zip",
        icon=":material/save:",
        key="save-project",
        on_click="ignore",
        disabled=is_too_large,
        help=f"A project has at most {limit} MB. Remove some files to save the others."
        if is_too_large
        else "Pictures, readings and corrections in one file, to go on later or elsewhere",
    )


def opener(session: UploadSession) -> None:
    """Let people open a project."""
    from inkling.review import project

    key = f"project-{st.session_state.get(COUNT_KEY, 0)}"
    st.file_uploader(
        "A project with pictures and corrections",
        type=[project.SUFFIX],
        key=key,
        max_upload_size=project.MAX_BYTES // MEGABYTE,
        on_change=take,
        args=(session, key),
        help="A file that “Save project” has made. It adds to what is on the page.",
    )
    if problem := st.session_state.get(PROBLEM_KEY):
        st.error(phrases.plain(problem), icon=":material/broken_image:")


def take(session: UploadSession, key: str) -> None:
    """Open the uploaded project, and empty the uploader; a damaged one changes nothing."""
    from inkling.review import project

    uploaded = st.session_state[key]
    if uploaded is None:
        return
    st.session_state[COUNT_KEY] = st.session_state.get(COUNT_KEY, 0) + 1
    st.session_state[PROBLEM_KEY] = ""
    try:
        files = project.load(uploaded.getvalue(), uploaded.name)
    except project.ProjectError as problem:
        st.session_state[PROBLEM_KEY] = str(problem)
        return
    add(session, files)
    # Another model would read them again at once.
    models = {file.read_by for file in files if file.read_by}
    if len(models) == 1 and folder_of(model := models.pop()).is_dir():
        st.session_state[MODEL_KEY] = model


def project_files(session: UploadSession) -> list[ProjectFile]:
    """The session's files, without those that were removed, as a project holds them."""
    from inkling.review.project import ProjectFile, ProjectPage

    return [
        ProjectFile(
            file.name,
            file.content,
            tuple(
                ProjectPage(page.number, page.scan, page.warnings, page.history)
                for page in file.pages
            ),
            file.read_by,
            file.problem,
        )
        for file in session.files
    ]


def add(session: UploadSession, files: tuple[ProjectFile, ...]) -> None:
    """Add a project's files to a session, and show the first of them.

    A file that is there already gets the project's corrections, which can be undone.
    """
    for opened in files:
        key = file_key(opened.name, opened.content)
        session.add(opened.name, opened.content)
        # One for which there is no space is not there.
        for file in session.files:
            if file.key == key:
                _merge(file, opened)
    pages = [page for file in files for page in _pages_of(session, file)]
    if pages:
        session.page_index = session.pages.index(pages[0])


def _pages_of(session: UploadSession, opened: ProjectFile) -> list[SessionPage]:
    key = file_key(opened.name, opened.content)
    return next((file.pages for file in session.files if file.key == key), [])


def _merge(file: SessionFile, opened: ProjectFile) -> None:
    if file.read_by is None:
        file.read_by, file.problem = opened.read_by, opened.problem
    for page in opened.pages:
        fresh = page_of_project(page, file.name)
        known = next((each for each in file.pages if each.number == page.number), None)
        if known is None:
            file.pages.append(fresh)
        elif not (known.history.past or known.draft.is_edited):
            file.pages[file.pages.index(known)] = fresh
        elif (known.width, known.height) == (fresh.width, fresh.height):
            draft = fresh.draft
            known.edit("Project opened", lambda _, draft=draft: draft)
            known.refresh()
    file.pages.sort(key=lambda page: page.number)
