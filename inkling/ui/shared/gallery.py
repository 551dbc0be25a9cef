"""A gallery of small digits, one of which can be chosen by mouse, finger or key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

_gallery = st.components.v2.component(
    "inkling_gallery",
    html='<div class="tiles" role="group"></div>\n',
    css=(Path(__file__).parent / "gallery.css").read_text("utf-8"),
    js=(Path(__file__).parent / "gallery.js").read_text("utf-8"),
)


@dataclass(frozen=True, slots=True)
class Tile:
    """One digit.

    Attributes:
        number: its place in the test split.
        image: its ink as PNG in base64, 0 paper and 255 pen, as reports hold it.
        caption, note: what stands under it.
        text: all of that for a screen reader.
        flag: a remark that must not be missed, or empty.
    """

    number: int
    image: str
    caption: str
    note: str
    text: str
    flag: str = ""


def gallery(tiles: Sequence[Tile], key: str, label: str) -> int | None:
    """Show tiles; the number of the one that was chosen, while it is among them.

    Args:
        tiles: as many as shall be seen.
        key: of the component; the choice is kept in the session under `<key>-number`.
        label: what a screen reader calls them together.
    """
    memory = f"{key}-number"

    def take() -> None:
        number = getattr(st.session_state[key], "number", None)
        if isinstance(number, int):
            st.session_state[memory] = number

    chosen: int | None = st.session_state.get(memory)
    if chosen not in {tile.number for tile in tiles}:
        chosen = None
    _gallery(
        key=key,
        data={"tiles": [asdict(tile) for tile in tiles], "chosen": chosen, "label": label},
        on_number_change=take,
        height="content",
    )
    return chosen
