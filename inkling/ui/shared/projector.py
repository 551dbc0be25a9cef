"""Large text for a projector, on every page: chosen in a page's head, or by ?projector=1."""

from __future__ import annotations

import streamlit as st

# Whether it is chosen, in the session state; its name in the address; the key of its button.
KEY, PARAMETER, BUTTON_KEY = "projector-kept", "projector", "projector"
# The root's font size in pixels, which the sizes of everything on a page follow; large and normal.
LARGE, NORMAL = 21, 16
LARGE_TEXT = f"<style>:root, html {{ font-size: {LARGE}px !important }}</style>"


def scale() -> float:
    """How much larger than usual text is. Charts, which are sized in pixels, need to know it."""
    return LARGE / NORMAL if st.session_state.get(KEY) else 1.0


def apply() -> None:
    """Enlarge a page's text if that is chosen. Call it once per page, outside of fragments."""
    # The address counts once a visit; afterwards it follows the choice, also to other pages.
    if KEY not in st.session_state:
        st.session_state[KEY] = st.query_params.get(PARAMETER) == "1"
    if st.session_state[KEY]:
        st.html(LARGE_TEXT)
        if st.query_params.get(PARAMETER) != "1":
            st.query_params[PARAMETER] = "1"
    elif PARAMETER in st.query_params:
        del st.query_params[PARAMETER]


def button() -> None:
    """Show the button that switches between large and normal text, outside of fragments."""
    st.button(
        "Normal text" if st.session_state.get(KEY) else "Large text",
        icon=":material/format_size:",
        key=BUTTON_KEY,
        help="Text on every page is as large as a projector needs it, or normal",
        on_click=_switch,
    )


def _switch() -> None:
    st.session_state[KEY] = not st.session_state.get(KEY)
