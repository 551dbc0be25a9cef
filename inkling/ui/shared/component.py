"""Streamlit components made of this package's own HTML, CSS and JavaScript files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

_UI = Path(__file__).parents[1]


def component(
    name: str, html: str, *, js: Sequence[str] = (), css: Sequence[str] = ()
) -> ComponentRenderer:
    """Declare a component.

    Args:
        name: unique among all components.
        html: its markup.
        js: script files relative to `inkling/ui`, joined in this order to one module: each may use
            what the ones before it define.
        css: style sheets, likewise.
    """
    return st.components.v2.component(
        name, html=html, js=source(*js) or None, css=source(*css) or None
    )


def source(*files: str) -> str:
    """The text of files, given relative to `inkling/ui`, one after the other."""
    return "\n".join((_UI / file).read_text("utf-8") for file in files)
