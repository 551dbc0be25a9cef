"""Expanders and popovers whose content is computed only while they are open."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st


def expander(title: str, icon: str, key: str, show: Callable[[], None]) -> None:
    """Show an expander; the page's address says whether it is open.

    Args:
        title, icon, key: of the expander; the key is also its name in the address.
        show: shows what is inside.
    """
    part = st.expander(title, icon=icon, key=key, on_change="rerun", bind="query-params")
    if part.open:
        with part:
            show()


def popover(
    label: str, key: str, show: Callable[[], None], *, icon: str | None = None, help: str = ""
) -> None:
    """Show a button that opens a popover.

    Args:
        label, key: of the button.
        show: shows what is inside.
        icon, help: of the button.
    """
    menu = st.popover(label, icon=icon, help=help or None, key=key, on_change="rerun")
    if menu.open:
        with menu:
            show()
