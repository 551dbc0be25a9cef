"""How amounts are written: as the browser's language writes them, or as a person chooses."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from inkling.review import amounts
from inkling.review.amounts import AmountFormat

KEY = "amount-format"
STYLES = {style.example: style for style in (amounts.POINT, amounts.COMMA)}


def current() -> AmountFormat:
    """The format that a person chose, or else the one that the browser's language uses."""
    chosen = STYLES.get(str(st.session_state.get(KEY)))
    return chosen or amounts.usual_format(st.context.locale)


def ask(texts: Iterable[str]) -> AmountFormat:
    """The format of amounts. Asks a person, but only where it makes a difference.

    Args:
        texts: the numbers as they are written.
    """
    usual = amounts.usual_format(st.context.locale)
    if not any(map(amounts.is_ambiguous, texts)):
        return usual
    chosen = st.segmented_control(
        "Amounts are written like",
        list(STYLES),
        default=usual.example,
        required=True,
        key=KEY,
        persist_state="session",
    )
    return STYLES[chosen]
