"""Inside a model: a picture of its layers, what they make of a digit, and what mattered in it."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import streamlit as st

from inkling.ui.insights import digit_images
from inkling.ui.insights.drawing import drawn_digits
from inkling.ui.shared import feature_maps, heatmap, images, resources
from inkling.ui.shared.phrases import percent, plural, with_article

if TYPE_CHECKING:
    from inkling.explain.layers import Block, Layer
    from inkling.imaging.pixels import Pixels
    from inkling.recognition.classifier import Classifier
    from inkling.reports.schema import Report

DRAWING = "Your drawing"
# By a layer's kind, what it does.
PURPOSE = {
    "convolution": "filters slide over its input",
    "pooling": "keeps the maximum or the mean",
    "dense": "weights every input",
    "scores": "one score per label",
    "probabilities": "add up to 1",
}


def section(report: Report) -> None:
    """Show the network's layers, a digit to choose, its maps, and what mattered in it."""
    classifier = resources.classifier_or_error(report.name)
    if classifier is None:
        return
    glyph = _choose_glyph(report, classifier)
    if glyph is None:
        return
    from inkling.explain import layers as explain_layers

    layers = explain_layers.probe_of(classifier).layers(glyph)
    st.subheader("The network", anchor=False)
    blocks = explain_layers.blocks(layers)
    st.html(network_html(blocks))
    total = sum(block.weights for block in blocks)
    st.caption(
        f"The model file holds {total:,} weights and biases; {report.parameters:,} were trained. "
        "Those of normalisation layers are merged into their neighbours. Reading one digit takes "
        f"{report.multiply_adds / 1e6:.2f} million multiplications."
    )
    _maps([layer for layer in layers if layer.field is not None], glyph)
    _what_mattered(glyph, classifier)


def network_html(blocks: list[Block]) -> str:
    """The layers side by side: the larger their maps the larger, the more maps the deeper.

    They wrap on a narrow screen, and the text has the page's colour.
    """
    labels = blocks[-1].shape[-1]
    figures = "".join(_block_html(block, labels) for block in blocks)
    glyph = _figure("glyph", _stack(28, 28, 1), "28 × 28", "the input", 0)
    return (
        '<div role="list" aria-label="The network\'s layers" style="display:flex;flex-wrap:wrap;'
        f'gap:0.9rem 1.1rem;align-items:flex-end">{glyph}{figures}</div>'
    )


def _choose_glyph(report: Report, classifier: Classifier) -> Pixels | None:
    """The glyph to look at: the user's drawing, or the first test digit of a label."""
    drawn = next((digit.glyph.pixels for digit in drawn_digits(classifier)), None)
    choices = [*([DRAWING] if drawn is not None else []), *report.labels]
    chosen = st.segmented_control(
        "Digit",
        choices,
        default=choices[0],
        required=True,
        key=f"inside-of-{len(choices)}",
    )
    if chosen == DRAWING and drawn is not None:
        return drawn
    pixels = digit_images.test_images_or_message(report)
    predictions = digit_images.predictions_or_message(report) if pixels is not None else None
    if pixels is None or predictions is None:
        return None
    is_label = predictions.true == report.labels.index(str(chosen))
    glyph: Pixels = pixels[int(is_label.argmax())]
    return glyph


def _block_html(block: Block, labels: int) -> str:
    """One layer; `labels` is the number of the network's probabilities."""
    shape = " × ".join(map(str, block.shape))
    picture = (_stack if len(block.shape) == 3 else _column)(*block.shape)
    purpose = PURPOSE[block.kind]
    if block.kind == "scores" and block.shape[-1] > labels:
        purpose += ", plus one for “not a digit”"
    return _figure(block.name, picture, shape, purpose, block.weights)


def _figure(name: str, picture: str, shape: str, purpose: str, weights: int) -> str:
    count = f"{weights:,} weights" if weights else "no weights"
    return (
        '<div role="listitem" style="min-width:6.2rem;max-width:9rem;font-size:0.85rem;'
        f'line-height:1.3">{picture}<div style="font-weight:600">{html.escape(name)}</div>'
        f"<div>{shape}</div><div>{count}</div>"
        f'<div style="opacity:0.75">{purpose}</div></div>'
    )


def _stack(height: int, width: int, count: int) -> str:
    """Sheets behind each other: as large as the maps, and more of them for more maps."""
    sheets = 0 if count == 1 else min(8, 1 + count // 16)
    shadows = ", ".join(
        f"{3 * k}px -{3 * k}px 0 0 {'#4c7cf0' if k % 2 else '#a9c0f8'}"
        for k in range(1, 2 * sheets + 1)
    )
    margin = 6 * sheets
    return (
        f'<div aria-hidden="true" style="width:{2 * width + 6}px;height:{2 * height + 6}px;'
        f"margin:{margin + 2}px {margin}px 0.4rem 0;border:1px solid #4c7cf0;border-radius:2px;"
        f'background:#a9c0f8;box-shadow:{shadows or "none"}"></div>'
    )


def _column(units: int) -> str:
    """A column of units."""
    height = min(72.0, 14.0 + 0.45 * units)
    return (
        f'<div aria-hidden="true" style="width:12px;height:{height:g}px;margin-bottom:0.4rem;'
        'border:1px solid #d9660a;border-radius:3px;background:#f3c39a"></div>'
    )


def _maps(layers: list[Layer], glyph: Pixels) -> None:
    """Show the maps of the layer that the user chooses, and one cell of them closely."""
    st.subheader("Filters and feature maps", anchor=False)
    names = [layer.name for layer in layers]
    name = st.segmented_control(
        "Layer", names, default=names[0], required=True, key=f"inside-of-layer-{'-'.join(names)}"
    )
    layer = next((one for one in layers if one.name == name), layers[0])
    cell = feature_maps.wall(layer, f"insight-maps-{layer.name}")
    assert layer.field is not None
    value = float(layer.values[cell.row, cell.column, cell.map])
    side = len(glyph)
    size = min(side, layer.field.size)
    st.markdown(
        f"**Map {cell.map + 1}** of {layer.maps} has the value {value:.2f} at the marked cell. "
        f"The cell sees {size} × {size} of the {side} × {side} pixels. Click another map or cell "
        "to choose it."
    )
    feature_maps.cell_pictures(layer, glyph, cell, is_first=layer is layers[0])
    if layer.kind == "convolution":
        st.caption(
            "A filter responds to ink where it is blue, and to blank paper where it is orange."
        )
    else:
        st.caption(f"This layer has no filters; it shrinks its {plural(layer.maps, 'map')}.")


def _what_mattered(glyph: Pixels, classifier: Classifier) -> None:
    """Show which ink spoke for the answer and which against it."""
    from inkling.explain import attribution

    p = classifier.probabilities(glyph[None])[0]
    label = classifier.labels[int(p.argmax())]
    st.subheader("What mattered", anchor=False)
    left, right = st.columns([1, 2], gap="medium", vertical_alignment="center")
    left.image(
        heatmap.heat_png(heatmap.window_of(glyph), attribution.occlusion(glyph, classifier)),
        width=heatmap.SIDE,
        alt=f"The digit; orange where its ink supports {with_article(label)} most",
    )
    right.markdown(
        f"Read as {with_article(label)} with {percent(float(p.max()), 1)}. {heatmap.legend(label)}"
    )
    right.image(images.glyph_png(glyph, 4), width=112, alt="The original digit")
