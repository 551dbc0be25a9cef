"""See inside: seven steps from the drawing through the network's layers to the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from inkling.ui.shared import feature_maps, figures, heatmap
from inkling.ui.shared.phrases import percent, plural, second_best, with_article

if TYPE_CHECKING:
    from inkling.explain.layers import Layer
    from inkling.imaging.pixels import Pixels
    from inkling.recognition.classifier import Classifier
    from inkling.recognition.results import Digit

# The session state's key of the step that is shown, from 1.
STEP = "inside-step"
# Width of the whole drawing on the page, in pixels.
DRAWING_WIDTH = 360
# A smaller probability is called "almost 0 %".
MIN_PROBABILITY = 0.0005


def section(digit: Digit, ink: Pixels, classifier: Classifier) -> None:
    """Show one of the seven steps, and a control to choose it.

    Args:
        digit: the one to explain.
        ink: the whole drawing, uint8 (h, w).
        classifier: the model that answered.
    """
    from inkling.explain import layers as explain_layers

    glyph = digit.glyph.pixels
    layers = explain_layers.probe_of(classifier).layers(glyph)
    planes = [layer for layer in layers if layer.field is not None]
    steps: tuple[tuple[str, Callable[[], None]], ...] = (
        ("Your drawing", lambda: _drawing(ink)),
        ("The bounding box", lambda: _box(digit, ink)),
        ("28 by 28 pixels", lambda: _glyph(digit)),
        ("The first layer", lambda: _first_layer(planes[0], glyph)),
        ("Deeper layers", lambda: _deeper_layers(planes[1:], glyph)),
        ("The scores", lambda: _scores(layers[-2], classifier.labels)),
        ("The answer", lambda: _answer(digit, classifier.labels)),
    )
    place = _choose_step([title for title, _ in steps])
    steps[place][1]()


def _choose_step(titles: list[str]) -> int:
    """The place of the step that is shown, from 0."""
    count = len(titles)
    step = min(int(st.session_state.get(STEP) or 1), count)

    def go_to_next() -> None:
        st.session_state[STEP] = step + 1

    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.segmented_control(
            "Step",
            range(1, count + 1),
            default=None if STEP in st.session_state else 1,
            required=True,
            key=STEP,
            label_visibility="collapsed",
            wrap=False,
        )
        if step < count:
            st.button(
                f"Next: {titles[step].lower()}",
                icon=":material/arrow_forward:",
                icon_position="right",
                key="inside-next",
                type="tertiary",
                on_click=go_to_next,
            )
    st.markdown(f"**Step {step} of {count}: {titles[step - 1]}**")
    return step - 1


def _drawing(ink: Pixels) -> None:
    st.markdown("This is all that is used: where there is ink, and how much.")
    st.image(heatmap.drawing_png(ink), width=DRAWING_WIDTH, alt="The drawing")


def _box(digit: Digit, ink: Pixels) -> None:
    _, _, width, height = digit.glyph.box
    st.markdown(
        f"The smallest box around the ink ({width} by {height} pixels) is cut out, so it does not "
        "matter where you draw or how large."
    )
    st.image(
        heatmap.drawing_png(ink, digit.glyph.box),
        width=DRAWING_WIDTH,
        alt="The drawing with a frame around its bounding box",
    )


def _glyph(digit: Digit) -> None:
    size = f"{100 * digit.glyph.scale:.0f}\N{NO-BREAK SPACE}%"
    st.markdown(
        f"The digit is resized to {size} of its size and moved until its centre of mass (the "
        "cross) is at the centre of 28 by 28 pixels. All training digits were prepared this way, "
        "and this is all that the network sees."
    )
    st.image(
        heatmap.centred_png(digit.glyph.pixels),
        width=heatmap.SIDE,
        alt="The drawing shrunk to 28 by 28 pixels, its centre of mass marked",
    )


def _first_layer(layer: Layer, glyph: Pixels) -> None:
    st.markdown(
        f"{plural(layer.maps, 'small filter')} slide over the picture. Each one draws a map that "
        "is dark wherever it finds its kind of edge. Click one."
    )
    _maps(layer, glyph, is_first=True)


def _deeper_layers(layers: list[Layer], glyph: Pixels) -> None:
    st.markdown(
        "Each layer looks at the maps of the layer before it, so it sees larger patches: first "
        "corners and ends, then hooks and loops, and finally whole digits."
    )
    names = _layer_names(layers)
    chosen = st.segmented_control(
        "Layer",
        range(len(layers)),
        format_func=lambda place: names[place],
        default=len(layers) // 2,
        required=True,
        key=f"inside-layer-{len(layers)}",
        label_visibility="collapsed",
    )
    layer = layers[chosen or 0]
    height, width = layer.values.shape[:2]
    assert layer.field is not None
    size = min(len(glyph), layer.field.size)
    st.caption(
        f"{plural(layer.maps, 'map')} of {height} by {width} cells. Each cell sees up to {size} by "
        f"{size} of the {len(glyph)} by {len(glyph)} pixels."
    )
    _maps(layer, glyph, is_first=False)


def _layer_names(layers: list[Layer]) -> list[str]:
    """Names of the layers after the first; only layers with filters are counted."""
    names, count = [], 1
    for layer in layers:
        count += layer.kind == "convolution"
        names.append(f"Layer {count}" if layer.kind == "convolution" else f"{count}, pooled")
    return names


def _maps(layer: Layer, glyph: Pixels, *, is_first: bool) -> None:
    """A layer's maps, and the filter and the patch of the chosen cell."""
    cell = feature_maps.wall(layer, f"maps-{layer.name}")
    value = float(layer.values[cell.row, cell.column, cell.map])
    explained = _filter_explained(layer, is_first=is_first)
    st.markdown(f"**Map {cell.map + 1}** has the value {value:.2f} here. {explained}")
    feature_maps.cell_pictures(layer, glyph, cell, is_first=is_first)


def _filter_explained(layer: Layer, *, is_first: bool) -> str:
    """What a layer's filters do, in a sentence."""
    assert layer.field is not None
    size = layer.field.size
    if layer.kind == "pooling":
        return (
            "Pooling keeps the maximum or the mean of neighbouring cells, so exact positions "
            "matter a little less."
        )
    if is_first:
        return "Its filter responds to ink where it is blue, and to paper where it is orange."
    return (
        f"It sees {size} by {size} pixels, through all the maps of the layer before. The strongest "
        "parts of its filter are shown."
    )


def _scores(layer: Layer, labels: tuple[str, ...]) -> None:
    names = [*labels, *(["?"] * (layer.maps - len(labels)))]
    best = int(layer.values.argmax())
    no_digit = ", plus one for “not a digit” (?)" if layer.maps > len(labels) else ""
    st.markdown(
        f"The last layer turns all of its maps into one score per digit{no_digit}. The higher the "
        "score, the more probable the digit."
    )
    st.plotly_chart(
        figures.scores(layer.values.tolist(), names),
        config=figures.CONFIG,
        key="inside-scores",
        alt=f"The scores. The highest is that of {names[best]}.",
    )


def _answer(digit: Digit, labels: tuple[str, ...]) -> None:
    other, second = second_best(digit, labels)
    others = percent(second, 1) if second >= MIN_PROBABILITY else "almost 0\N{NO-BREAK SPACE}%"
    st.markdown(
        "Softmax turns the scores into probabilities that add up to 100 %: a score that is higher "
        "by 1 makes a digit 2.7 times as probable. The result: "
        f"{with_article(digit.label)} with {percent(digit.confidence, 1)}, "
        f"{with_article(other)} with {others}."
    )
    st.plotly_chart(
        figures.probabilities(digit.prediction.probabilities, labels, digit.prediction.is_sure),
        config=figures.CONFIG,
        key="inside-probabilities",
        alt=f"The probabilities. {digit.label} has {percent(digit.confidence, 1)}.",
    )
