"""A gallery of small digits, one of which can be chosen by mouse, touch or keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import streamlit as st

from inkling.ui.shared.component import component

_gallery = component(
    "inkling_gallery",
    '<div class="tiles" role="group"></div>\n',
    css=("shared/gallery.css",),
    js=("shared/gallery.js",),
)


@dataclass(frozen=True, slots=True)
class Tile:
    """One digit in a gallery.

    Attributes:
        number: its place in the test split.
        image: its ink as a PNG in base64, 0 paper and 255 pen, as reports store it.
        caption, note: the lines under it.
        text: all of that for a screen reader.
        flag: a remark that stands out, or empty.
    """

    number: int
    image: str
    caption: str
    note: str
    text: str
    flag: str = ""


def gallery(tiles: Sequence[Tile], key: str, label: str, *, is_choice: bool = True) -> int | None:
    """Show tiles, to choose one.

    Args:
        tiles: all of them.
        key: of the component; the choice is kept in the session state under `<key>-number`.
        label: the name of the group for screen readers.
        is_choice: False for tiles that are only to be looked at.

    Returns:
        The number of the chosen tile, while that is shown; else None.
    """
    state_key = f"{key}-number"

    def keep_choice() -> None:
        number = getattr(st.session_state[key], "number", None)
        if isinstance(number, int):
            st.session_state[state_key] = number

    chosen: int | None = st.session_state.get(state_key)
    if chosen not in {tile.number for tile in tiles}:
        chosen = None
    _gallery(
        key=key,
        data={
            "tiles": [asdict(tile) for tile in tiles],
            "chosen": chosen,
            "label": label,
            "isChoice": is_choice,
        },
        on_number_change=keep_choice,
        height="content",
    )
    return chosen
