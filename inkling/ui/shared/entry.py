"""Makes every page start through `app.py`."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager


def enter_by_app() -> None:
    """Start through `app.py` even if a page's own address is the first that a server serves.

    Until the first `st.navigation` of a process, Streamlit takes a folder named `pages` for its
    older kind of app and runs the page alone, without our navigation, title and layout. One call of
    `st.navigation` ends that, and the rerun starts through `app.py`.
    """
    if getattr(PagesManager, "uses_pages_directory", False):
        st.navigation(
            [st.Page("pages/draw.py"), st.Page("pages/upload.py"), st.Page("pages/insights.py")],
            position="hidden",
        )
        st.rerun()
