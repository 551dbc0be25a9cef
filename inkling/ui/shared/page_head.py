"""The head of every page: its title, and in the same row its own controls and the text size."""

from __future__ import annotations

from contextlib import AbstractContextManager

import streamlit as st

from inkling.ui.shared import projector


def show(title: str) -> AbstractContextManager[object]:
    """Show a page's head. Call it once per page, outside of fragments.

    Args:
        title: of the page.

    Returns:
        The place in the head for the page's own controls.
    """
    with st.container(key="page-head", horizontal=True, vertical_alignment="center", gap="small"):
        st.title(title, anchor=False, width="stretch")
        controls = st.container(
            horizontal=True, horizontal_alignment="right", width="content", gap="small"
        )
        projector.button()
    return controls
