"""The app's one entrance."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager


def enter_by_app() -> None:
    """Go through `app.py` even when a page's own address is the first that a server is asked for.

    Until the first `st.navigation` of a process, Streamlit takes a folder called `pages` for its
    older kind of app and runs the page alone: without our navigation, title and layout. Calling it
    here once ends that, and the rerun goes the right way.
    """
    if getattr(PagesManager, "uses_pages_directory", False):
        st.navigation(
            [st.Page("pages/draw.py"), st.Page("pages/upload.py"), st.Page("pages/insights.py")],
            position="hidden",
        )
        st.rerun()
