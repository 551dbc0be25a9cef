"""Large text for a projector, on every page: chosen on the Draw page, or by ?projector=1."""

from __future__ import annotations

import streamlit as st

# Whether it is chosen, and whether the page shows it, in the session state.
KEY, SHOWN = "projector-kept", "projector-shown"
PARAMETER = "projector"
# The sizes of everything on a page follow the root's font size.
LARGE_TEXT = "<style>:root, html { font-size: 21px !important }</style>"


def apply() -> None:
    """Enlarge a page's text if that is chosen. Call it once per page, outside of fragments."""
    if KEY not in st.session_state and st.query_params.get(PARAMETER) == "1":
        st.session_state[KEY] = True
    st.session_state[SHOWN] = is_on = bool(st.session_state.get(KEY))
    if is_on:
        st.html(LARGE_TEXT)


def follow() -> None:
    """In a fragment: rerun the page if the choice has changed since `apply`."""
    if bool(st.session_state.get(KEY)) != st.session_state.get(SHOWN, False):
        st.rerun()
