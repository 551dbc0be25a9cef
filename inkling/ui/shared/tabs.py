"""Tabs of which the chosen one is always seen."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_keep_in_view = st.components.v2.component(
    "inkling_tabs",
    html='<span class="inkling-tabs" hidden></span>\n',
    js=(Path(__file__).parent / "tabs.js").read_text("utf-8"),
)


def keep_in_view(chosen: str) -> None:
    """Scroll the row of tabs to the chosen one, when its address or a link has opened the page."""
    _keep_in_view(key="tabs-in-view", data=chosen)
