"""The feature maps of a layer, to choose a cell in one, and the pictures that explain a cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeGuard

import streamlit as st

from inkling.ui.shared import images
from inkling.ui.shared.component import component

if TYPE_CHECKING:
    from inkling.explain.layers import Floats, Layer
    from inkling.imaging.pixels import Pixels

# Colours of positive and negative numbers, RGB: blue and orange, which people with any colour
# vision can tell apart. A filter responds to ink where it is blue, to paper where it is orange.
POSITIVE, NEGATIVE = (47.0, 85.0, 200.0), (217.0, 102.0, 10.0)
# Numbers above this percentile get the strongest colour, or all others would be pale.
BRIGHTEST_PERCENTILE = 99.0
# A filter of a deeper layer is shown for this many of the maps before it.
MAX_SLICES = 4
# Width of the pictures that explain a cell, in pixels: three fit a phone side by side.
CELL_PICTURE_WIDTH = 96
# Pixels per glyph pixel where a patch of the glyph is framed.
PATCH_FACTOR = 10

_wall = component(
    "inkling_maps",
    '<div class="wall" role="group" aria-label="Maps"></div>\n',
    css=("shared/feature_maps.css",),
    js=("shared/feature_maps.js",),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of one map; all numbers from 0."""

    map: int
    row: int
    column: int


def wall(layer: Layer, key: str) -> Cell:
    """Show all maps of a layer, to choose a cell by a click.

    Args:
        layer: one whose answer has a plane.
        key: of the component; the choice is kept in the session state under `<key>-cell`.

    Returns:
        The chosen cell, or the strongest one until somebody chooses.
    """
    state_key = f"{key}-cell"

    def keep_choice() -> None:
        choice = st.session_state[key].cell
        if isinstance(choice, dict):
            st.session_state[state_key] = choice

    cell = chosen_cell(layer, st.session_state.get(state_key))
    _wall(
        key=key,
        data={
            "sprite": images.data_url(sprite(layer)),
            "side": layer.values.shape[0],
            "labels": [f"Map {number + 1}" for number in range(layer.maps)],
            "chosen": cell.map,
            "cell": [cell.row, cell.column],
        },
        on_cell_change=keep_choice,
        height="content",
    )
    return cell


def chosen_cell(layer: Layer, choice: Any) -> Cell:
    """The chosen cell of a layer, as far as the layer has it; else its strongest one.

    Args:
        layer: one whose answer has a plane.
        choice: a mapping with `map`, `row` and `column`, of which the last two may be None for the
            map's strongest cell. Anything else stands for the strongest map.
    """
    import numpy as np

    rows, columns = layer.values.shape[:2]
    if not isinstance(choice, dict) or not _is_below(choice.get("map"), layer.maps):
        number = int(np.abs(layer.values).max(axis=(0, 1)).argmax())
        return Cell(number, *layer.strongest(number))
    number, row, column = choice["map"], choice.get("row"), choice.get("column")
    if _is_below(row, rows) and _is_below(column, columns):
        return Cell(number, row, column)
    return Cell(number, *layer.strongest(number))


def cell_pictures(layer: Layer, glyph: Pixels, cell: Cell, *, is_first: bool) -> None:
    """Show a cell's filter, the patch of the glyph that it sees, and that patch enlarged.

    Args:
        layer: the cell's.
        glyph: uint8 (28, 28), what the layer answered.
        cell: of one of the layer's maps.
        is_first: whether it is the first layer, which sees the glyph itself.
    """
    assert layer.field is not None
    patch = layer.field.patch(cell.row, cell.column)
    with st.container(horizontal=True, gap="small"):
        for before, picture in filter_pngs(layer, cell.map):
            caption = "its filter" if is_first else f"from map {before + 1}"
            _cell_picture(picture, caption, f"Weights of the filter, {caption}")
        _cell_picture(patch_png(glyph, patch), "where it looks", "The glyph, the patch framed")
        _cell_picture(cut_png(glyph, patch), "what it sees", "The patch")


def sprite(layer: Layer) -> bytes:
    """A layer's maps one below the other, one pixel per cell, as PNG.

    High values are dark; values below 0 are orange.
    """
    import numpy as np

    values = np.moveaxis(layer.values, 2, 0)
    values = values.reshape(-1, values.shape[2])
    return images.encoded(signed(values, positive=images.INK), ".png")


def mosaic(layer: Layer, columns: int = 16) -> bytes:
    """All maps of a layer side by side, one pixel per cell and between maps, as PNG."""
    import numpy as np

    height, width, count = layer.values.shape
    columns = min(columns, count)
    rows = -(-count // columns)
    picture = np.zeros((rows * (height + 1) - 1, columns * (width + 1) - 1), np.float32)
    for number in range(count):
        top, left = number // columns * (height + 1), number % columns * (width + 1)
        picture[top : top + height, left : left + width] = layer.values[..., number]
    return _enlarged(signed(picture, positive=images.INK), 640)


def signed(values: Floats, positive: tuple[float, float, float] = POSITIVE) -> Pixels:
    """Show numbers as colours on tinted paper: uint8 (h, w, 3), RGB, for float (h, w)."""
    import numpy as np

    top = max(1e-6, float(np.percentile(np.abs(values), BRIGHTEST_PERCENTILE)))
    share = np.clip(values / top, -1.0, 1.0)[..., None]
    colour = np.where(share >= 0, np.array(positive), np.array(NEGATIVE))
    paper = np.array(images.PAPER)
    return np.asarray(np.rint(paper + (colour - paper) * np.abs(share)), np.uint8)


def filter_pngs(layer: Layer, number: int) -> list[tuple[int, bytes]]:
    """The weights of a map's filter for the few maps before it that matter most, as PNG.

    Args:
        layer: the map's.
        number: of the map, from 0.

    Returns:
        The number of each map before it, from 0, with the picture of its weights. Before a first
        layer there is only the glyph.
    """
    import numpy as np

    if layer.filters is None:
        return []
    weights = layer.filters[..., number]
    power = (weights**2).sum(axis=(0, 1))
    before = np.argsort(-power, kind="stable")[:MAX_SLICES].tolist()
    top = float(np.abs(weights[..., before]).max())
    return [
        (k, _enlarged(signed(np.clip(weights[..., k] / max(top, 1e-6), -1, 1)), 120))
        for k in before
    ]


def patch_png(glyph: Pixels, patch: tuple[int, int, int, int]) -> bytes:
    """A glyph enlarged, with a frame around a patch (x, y, width, height), as PNG."""
    import cv2

    picture = images.enlarged(images.toned(glyph), PATCH_FACTOR)
    x, y, width, height = (PATCH_FACTOR * value for value in patch)
    cv2.rectangle(picture, (x + 2, y + 2), (x + width - 3, y + height - 3), NEGATIVE, 4)
    return images.encoded(picture, ".png")


def cut_png(glyph: Pixels, patch: tuple[int, int, int, int]) -> bytes:
    """A patch (x, y, width, height) of a glyph, enlarged, as PNG."""
    x, y, width, height = patch
    return _enlarged(images.toned(glyph[y : y + height, x : x + width]), 120)


def _enlarged(rgb: Pixels, side: int) -> bytes:
    """A picture enlarged by a whole factor up to a side in pixels, as PNG."""
    return images.encoded(images.enlarged(rgb, max(1, side // max(rgb.shape[:2]))), ".png")


def _is_below(value: Any, limit: int) -> TypeGuard[int]:
    return isinstance(value, int) and 0 <= value < limit


def _cell_picture(picture: bytes, caption: str, alt: str) -> None:
    st.image(picture, width=CELL_PICTURE_WIDTH, caption=caption, alt=alt)
