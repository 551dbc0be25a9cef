"""Files that are too large: the uploader refuses them in the browser, with a red mark alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from inkling.ui.shared import phrases
from inkling.ui.shared.component import component

if TYPE_CHECKING:
    from inkling.ui.upload.session import UploadSession

KEY = "size-guard"
# Streamlit's megabytes.
MEGABYTE = 1024 * 1024

_guard = component("inkling_size_guard", "<span hidden></span>\n", js=["upload/size_guard.js"])


def watch(session: UploadSession) -> None:
    """Notice the files that the uploader refuses, to say what is wrong with them."""
    limit = int(st.get_option("server.maxUploadSize")) * MEGABYTE

    def take() -> None:
        refuse(session, st.session_state[KEY].refused, limit)

    _guard(key=KEY, data={"limit": limit}, on_refused_change=take, height="content")


def refusals(session: UploadSession) -> None:
    """Say what is wrong with the files that the uploader refused, until they are dismissed."""
    for name in session.refused:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.error(phrases.plain(session.refused[name]), icon=":material/broken_image:")
            st.button("Remove", key=f"refused-{name}", on_click=dismiss, args=(session, name))


def dismiss(session: UploadSession, name: str) -> None:
    """Say no more about a file that was refused."""
    session.refused.pop(name, None)


def refuse(session: UploadSession, files: Any, limit: int) -> None:
    """Keep a sentence about each file that the uploader refused.

    Args:
        session: that the files would have been added to.
        files: what the browser reports: for each the `name` and the `size` in bytes.
        limit: the uploader's, in bytes.
    """
    from dataclasses import replace

    from inkling.imaging.load import Limits, PhotoError, check_length

    try:
        limits = Limits.configured()
        limits = replace(limits, bytes=min(limits.bytes, limit))
        for file in files:
            name = str(file["name"])
            try:
                check_length(int(file["size"]), name, limits)
            except PhotoError as problem:
                session.refused[name] = str(problem)
    except PhotoError as problem:
        session.refused[""] = str(problem)
