"""Which model the Insights page shows: chosen in its head, or by its address.

    ?model=lenet5

The address gives the model's folder or its title, in any case. It is left out for the default.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from inkling.reports.names import find_model, no_model
from inkling.ui.shared import resources

# Of the picker in the session state, and in the address.
KEY, PARAMETER = "model", "model"
# In the session state: what the address said when it was last taken over, or written.
SEEN = "model-address"


def show(names: Sequence[str]) -> tuple[str, str]:
    """Let the user choose among models.

    Args:
        names: at least one; the first is the default.

    Returns:
        The name of the chosen model, and a sentence if the address names none of them, else empty.
    """
    text = st.query_params.get(PARAMETER, "")
    named = find_model(text, names)
    if text != st.session_state.get(SEEN, ""):
        st.session_state[SEEN] = text
        if named is not None:
            st.session_state[KEY] = named
    if st.session_state.get(KEY) not in (None, *names):
        # The chosen run has been deleted.
        del st.session_state[KEY]
    chosen = st.selectbox(
        "Model",
        names,
        format_func=resources.model_title,
        key=KEY,
        persist_state="session",
        on_change=_forget_address,
        label_visibility="collapsed",
        width=220,
    )
    if text and named is None:
        return chosen, no_model(text, names)
    _write_address(chosen if chosen != names[0] else "")
    return chosen, ""


def _forget_address() -> None:
    """A choice on the page counts more than what the address said."""
    if PARAMETER in st.query_params:
        del st.query_params[PARAMETER]


def _write_address(text: str) -> None:
    st.session_state[SEEN] = text
    if not text:
        _forget_address()
    elif st.query_params.get(PARAMETER) != text:
        st.query_params[PARAMETER] = text
