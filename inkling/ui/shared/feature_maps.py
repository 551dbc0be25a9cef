"""The maps of a layer to look at and to choose from, and the pictures that go with a chosen one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard

import streamlit as st

from inkling.ui.shared import images

if TYPE_CHECKING:
    from inkling.explain.layers import Floats, Layer
    from inkling.imaging.pixels import Pixels

# What a filter wants to see: ink is blue, paper orange; both told apart with any colour vision.
POSITIVE, NEGATIVE = (47.0, 85.0, 200.0), (217.0, 102.0, 10.0)
# The brightest part in a hundred of a layer's answers may be cut off, or all else is pale.
BRIGHT = 99.0
# Of the maps before it, so many of a deeper filter's weights are shown.
SLICES = 4

_wall = st.components.v2.component(
    "inkling_maps",
    html='<div class="wall" role="group" aria-label="Maps"></div>\n',
    css=(Path(__file__).parent / "feature_maps.css").read_text("utf-8"),
    js=(Path(__file__).parent / "feature_maps.js").read_text("utf-8"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A cell of a map."""

    map: int
    row: int
    column: int


def wall(layer: Layer, key: str) -> Place:
    """Show a layer's maps; gives the cell that was chosen, or the strongest of all."""
    memory = f"{key}-place"

    def take() -> None:
        place = st.session_state[key].place
        if isinstance(place, dict):
            st.session_state[memory] = place

    place = chosen(layer, st.session_state.get(memory))
    _wall(
        key=key,
        data={
            "sprite": images.data_url(sprite(layer)),
            "side": layer.values.shape[0],
            "labels": [f"Map {number + 1}" for number in range(layer.maps)],
            "chosen": place.map,
            "cell": [place.row, place.column],
        },
        on_place_change=take,
        height="content",
    )
    return place


def chosen(layer: Layer, wanted: Any) -> Place:
    """What was chosen, as far as this layer has it.

    Args:
        layer: with a plane.
        wanted: a mapping with `map`, `row` and `column`, of which the last two may be None; or None
            for the map that answers most.
    """
    import numpy as np

    sides = layer.values.shape[:2]
    if not isinstance(wanted, dict) or not _is_under(wanted.get("map"), layer.maps):
        number = int(np.abs(layer.values).max(axis=(0, 1)).argmax())
        return Place(number, *layer.strongest(number))
    number, row, column = wanted["map"], wanted.get("row"), wanted.get("column")
    if _is_under(row, sides[0]) and _is_under(column, sides[1]):
        return Place(number, row, column)
    return Place(number, *layer.strongest(number))


def _is_under(value: Any, limit: int) -> TypeGuard[int]:
    return isinstance(value, int) and 0 <= value < limit


def sprite(layer: Layer) -> bytes:
    """A layer's maps one below the other, a pixel a cell, as PNG.

    Dark is a strong answer; where a network answers below 0, too, that is orange.
    """
    import numpy as np

    values = np.moveaxis(layer.values, 2, 0)
    values = values.reshape(-1, values.shape[2])
    return images.encoded(signed(values, positive=images.INK), ".png")


def mosaic(layer: Layer, columns: int = 16) -> bytes:
    """All maps of a layer side by side, a pixel a cell and one between them, as PNG."""
    import numpy as np

    height, width, count = layer.values.shape
    columns = min(columns, count)
    rows = -(-count // columns)
    sheet = np.zeros((rows * (height + 1) - 1, columns * (width + 1) - 1), np.float32)
    for number in range(count):
        top, left = number // columns * (height + 1), number % columns * (width + 1)
        sheet[top : top + height, left : left + width] = layer.values[..., number]
    return _enlarged(signed(sheet, positive=images.INK), 640)


def signed(values: Floats, positive: tuple[float, float, float] = POSITIVE) -> Pixels:
    """Numbers as colours on tinted paper: uint8 (h, w, 3) for (h, w)."""
    import numpy as np

    top = max(1e-6, float(np.percentile(np.abs(values), BRIGHT)))
    share = np.clip(values / top, -1.0, 1.0)[..., None]
    colour = np.where(share >= 0, np.array(positive), np.array(NEGATIVE))
    paper = np.array(images.PAPER)
    return np.asarray(np.rint(paper + (colour - paper) * np.abs(share)), np.uint8)


def filter_pngs(layer: Layer, number: int) -> list[tuple[int, bytes]]:
    """What a map's filter looks for in the maps before it: the strongest few, as PNG.

    Returns:
        Numbers of maps before it, from 0, each with its weights' picture; a first layer has the
        glyph alone before it.
    """
    import numpy as np

    if layer.filters is None:
        return []
    weights = layer.filters[..., number]
    power = (weights**2).sum(axis=(0, 1))
    before = np.argsort(-power, kind="stable")[:SLICES].tolist()
    top = float(np.abs(weights[..., before]).max())
    return [
        (k, _enlarged(signed(np.clip(weights[..., k] / max(top, 1e-6), -1, 1)), 120))
        for k in before
    ]


def patch_png(glyph: Pixels, patch: tuple[int, int, int, int]) -> bytes:
    """A glyph with a patch of it framed, 280 pixels wide, as PNG."""
    import cv2
    import numpy as np

    picture = np.repeat(np.repeat(images.toned(glyph), 10, axis=0), 10, axis=1)
    x, y, width, height = (10 * value for value in patch)
    cv2.rectangle(picture, (x + 2, y + 2), (x + width - 3, y + height - 3), NEGATIVE, 4)
    return images.encoded(picture, ".png")


def cut_png(glyph: Pixels, patch: tuple[int, int, int, int]) -> bytes:
    """A patch of a glyph, enlarged, as PNG."""
    x, y, width, height = patch
    return _enlarged(images.toned(glyph[y : y + height, x : x + width]), 120)


def _enlarged(rgb: Pixels, side: int) -> bytes:
    import numpy as np

    factor = max(1, side // max(rgb.shape[:2]))
    return images.encoded(np.repeat(np.repeat(rgb, factor, axis=0), factor, axis=1), ".png")
