"""Inside a model: its layers as a picture, what they do to a digit, and what of it mattered."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import streamlit as st

from inkling.ui.draw import prediction
from inkling.ui.shared import feature_maps, heatmap, images, phrases, resources
from inkling.ui.shared.phrases import an_or_a, percent, plural

if TYPE_CHECKING:
    from inkling.explain.layers import Block, Layer
    from inkling.imaging.pixels import Pixels
    from inkling.recognition.classifier import Classifier
    from inkling.reports.schema import Report

DRAWING = "Your drawing"
SMALL = 96
WHAT = {
    "convolution": "filters slide over it",
    "pooling": "keeps the strongest, or the mean",
    "dense": "weighs everything up",
    "scores": "one score a label",
    "probabilities": "shares of one",
}


def section(report: Report) -> None:
    """The network's picture; a digit to choose; its maps; what mattered in it."""
    classifier = resources.classifier_or_sentence(report.name)
    if classifier is None:
        return
    glyph = _glyph(report, classifier)
    if glyph is None:
        return
    from inkling.explain import layers as explain_layers

    layers = explain_layers.of(classifier).layers(glyph)
    st.subheader("The network", anchor=False)
    found = explain_layers.blocks(layers)
    st.html(network_html(found))
    total = sum(block.weights for block in found)
    st.caption(
        f"The file that serves holds {total:,} weights and biases; trained were "
        f"{report.parameters:,}, of which those of the norms are folded into their neighbours. One "
        f"digit takes {report.multiply_adds / 1e6:.2f} million multiplications."
    )
    _maps([layer for layer in layers if layer.field is not None], glyph)
    _mattered(glyph, classifier)


def _glyph(report: Report, classifier: Classifier) -> Pixels | None:
    """The digit that is looked at: the drawing, or one of the test set."""
    from inkling.reports import test_set
    from inkling.reports.files import ReportError

    drawn = _drawn(classifier)
    choices = [*([DRAWING] if drawn is not None else []), *report.labels]
    chosen = st.segmented_control(
        "Look at a digit",
        choices,
        default=choices[0],
        required=True,
        key=f"inside-of-{len(choices)}",
    )
    if chosen == DRAWING and drawn is not None:
        return drawn
    try:
        digits = test_set.load_test_images(report)
    except ReportError as problem:
        st.info(phrases.report_problem(problem), icon=":material/info:")
        return None
    from inkling.reports import comparison

    try:
        rows = comparison.predictions_of(report).true == report.labels.index(str(chosen))
    except ReportError as problem:
        st.info(phrases.report_problem(problem), icon=":material/info:")
        return None
    glyph: Pixels = digits[int(rows.argmax())]
    return glyph


def _drawn(classifier: Classifier) -> Pixels | None:
    sheet = st.session_state.get("paper")
    if sheet is None or sheet.pixels is None:
        return None
    digits = prediction.read(sheet.pixels, classifier)
    return digits[0].glyph.pixels if digits else None


def network_html(found: list[Block]) -> str:
    """The layers side by side, as large as their planes and as deep as their maps.

    They wrap on a narrow screen; the text takes the page's colour.
    """
    blocks = "".join(_block_html(block) for block in found)
    first = _figure("glyph", _stack(28, 28, 1), "28 × 28", "what it sees", 0)
    return (
        '<div role="list" aria-label="The network\'s layers" style="display:flex;flex-wrap:wrap;'
        f'gap:0.9rem 1.1rem;align-items:flex-end">{first}{blocks}</div>'
    )


def _block_html(block: Block) -> str:
    shape = " × ".join(map(str, block.shape))
    shape_of = _stack if len(block.shape) == 3 else _column
    picture = shape_of(*block.shape)
    return _figure(block.name, picture, shape, WHAT[block.kind], block.weights)


def _figure(name: str, picture: str, shape: str, what: str, weights: int) -> str:
    count = f"{weights:,} weights" if weights else "no weights"
    return (
        '<div role="listitem" style="min-width:6.2rem;max-width:9rem;font-size:0.85rem;'
        f'line-height:1.3">{picture}<div style="font-weight:600">{html.escape(name)}</div>'
        f"<div>{shape}</div><div>{count}</div>"
        f'<div style="opacity:0.75">{what}</div></div>'
    )


def _stack(height: int, width: int, count: int) -> str:
    """Some sheets behind each other: as large as the plane, more of them for more maps."""
    sheets = 0 if count == 1 else min(8, 1 + count // 16)
    shades = ", ".join(
        f"{3 * k}px -{3 * k}px 0 0 {'#4c7cf0' if k % 2 else '#a9c0f8'}"
        for k in range(1, 2 * sheets + 1)
    )
    room = 6 * sheets
    return (
        f'<div aria-hidden="true" style="width:{2 * width + 6}px;height:{2 * height + 6}px;'
        f"margin:{room + 2}px {room}px 0.4rem 0;border:1px solid #4c7cf0;border-radius:2px;"
        f'background:#a9c0f8;box-shadow:{shades or "none"}"></div>'
    )


def _column(units: int) -> str:
    """A column of units."""
    high = min(72.0, 14.0 + 0.45 * units)
    return (
        f'<div aria-hidden="true" style="width:12px;height:{high:g}px;margin-bottom:0.4rem;'
        'border:1px solid #d9660a;border-radius:3px;background:#f3c39a"></div>'
    )


def _maps(layers: list[Layer], glyph: Pixels) -> None:
    st.subheader("Filters and maps", anchor=False)
    names = [layer.name for layer in layers]
    name = st.segmented_control(
        "Layer", names, default=names[0], required=True, key=f"inside-of-layer-{'-'.join(names)}"
    )
    layer = next((one for one in layers if one.name == name), layers[0])
    place = feature_maps.wall(layer, f"insight-maps-{layer.name}")
    assert layer.field is not None
    patch = layer.field.patch(place.row, place.column)
    value = float(layer.values[place.row, place.column, place.map])
    size = min(28, layer.field.size)
    st.markdown(
        f"**Map {place.map + 1}** of {layer.maps} answers {value:.2f} at the marked cell, which "
        f"sees {size} by {size} of the 28 by 28 dots. Choose another map or cell by a click."
    )
    with st.container(horizontal=True, gap="small"):
        for before, picture in feature_maps.filter_pngs(layer, place.map):
            caption = "its filter" if layer is layers[0] else f"from map {before + 1}"
            st.image(picture, width=SMALL, caption=caption, alt=f"Weights of the filter, {caption}")
        st.image(
            feature_maps.patch_png(glyph, patch),
            width=SMALL,
            caption="where it looks",
            alt="The digit, the patch framed",
        )
        st.image(
            feature_maps.cut_png(glyph, patch), width=SMALL, caption="what it sees", alt="The patch"
        )
    if layer.kind == "convolution":
        st.caption("A filter wants ink where it is blue, and paper where it is orange.")
    else:
        st.caption(f"It has no filters: {plural(layer.maps, 'map')} are only made smaller.")


def _mattered(glyph: Pixels, classifier: Classifier) -> None:
    from inkling.explain import attribution

    p = classifier.probabilities(glyph[None])[0]
    label = classifier.labels[int(p.argmax())]
    st.subheader("What mattered", anchor=False)
    left, right = st.columns([1, 2], gap="medium", vertical_alignment="center")
    left.image(
        heatmap.heat_png(heatmap.window_of(glyph), attribution.occlusion(glyph, classifier)),
        width=heatmap.SIDE,
        alt=f"The digit; orange where its ink speaks most for {an_or_a(label)}",
    )
    right.markdown(
        f"Read as {an_or_a(label)}, {percent(float(p.max()), 1)}. A little of it was covered at a "
        f"time. **Orange** ink spoke for the {label}: covered, the answer was less sure. **Blue** "
        "spoke against it."
    )
    right.image(images.glyph_png(glyph, 4), width=112, alt="The digit as it is")
