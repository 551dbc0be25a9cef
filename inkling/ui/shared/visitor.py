"""Who is looking: the visit that trainings and taught models belong to."""

from __future__ import annotations

from uuid import uuid4

import streamlit as st

STATE_KEY = "visitor"


def visit_id() -> str:
    """This visit's id, which nobody else knows."""
    if STATE_KEY not in st.session_state:
        st.session_state[STATE_KEY] = uuid4().hex
    return str(st.session_state[STATE_KEY])
