"""See inside: how the network came to its answer, step by step, and what mattered.

Three expanders; nothing is computed before one is opened.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from inkling.ui.shared import feature_maps, figures, heatmap, images
from inkling.ui.shared.phrases import an_or_a, is_dot, percent, plural, second_best

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from inkling.explain.attribution import Neighbour
    from inkling.explain.layers import Layer
    from inkling.imaging.pixels import Pixels
    from inkling.recognition.classifier import Classifier
    from inkling.recognition.results import Digit

STEP = "inside-step"
WIDTH = heatmap.SIDE
# A smaller probability is none to people.
LEAST = 0.0005
# Three beside each other on a phone.
SMALL = 96


def section(digit: Digit, pixels: NDArray[np.uint8], classifier: Classifier) -> None:
    """The closed expanders "See inside", "What mattered" and "Looks like".

    Call it inside the drawing's fragment, once.

    Args:
        digit: the one that is explained.
        pixels: the canvas it was read from as RGBA, uint8 (h, w, 4) (`Paper.pixels`).
        classifier: the model that answered.
    """
    if is_dot(digit):
        return
    parts: tuple[tuple[str, str, str, Callable[..., None]], ...] = (
        ("See inside", ":material/layers:", "inside", _steps),
        ("What mattered", ":material/target:", "mattered", _mattered),
        ("Looks like", ":material/compare:", "alike", _alike),
    )
    for title, icon, key, show in parts:
        part = st.expander(title, icon=icon, key=key, on_change="rerun", bind="query-params")
        if part.open:
            from inkling.imaging import ink

            with part:
                show(digit, ink.from_canvas(pixels), classifier)


def _steps(digit: Digit, ink: Pixels, classifier: Classifier) -> None:
    from inkling.explain import layers as explain_layers

    layers = explain_layers.of(classifier).layers(digit.glyph.pixels)
    planes = [layer for layer in layers if layer.field is not None]
    steps: tuple[tuple[str, Callable[[], None]], ...] = (
        ("Your drawing", lambda: _drawing(ink)),
        ("The box around it", lambda: _box(digit, ink)),
        ("28 by 28", lambda: _glyph(digit)),
        ("The first layer", lambda: _maps(planes[0], digit.glyph.pixels, first=True)),
        ("Deeper layers", lambda: _deeper(planes[1:], digit.glyph.pixels)),
        ("The scores", lambda: _scores(layers[-2], classifier.labels)),
        ("The answer", lambda: _answer(digit, classifier.labels)),
    )
    place = _stepper([title for title, _ in steps])
    steps[place][1]()


def _stepper(titles: list[str]) -> int:
    """Which step is shown, from 0."""
    count = len(titles)
    place = min(int(st.session_state.get(STEP) or 1), count)

    def go() -> None:
        st.session_state[STEP] = place + 1

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
        if place < count:
            st.button(
                f"Next: {titles[place].lower()}",
                icon=":material/arrow_forward:",
                icon_position="right",
                key="inside-next",
                type="tertiary",
                on_click=go,
            )
    st.markdown(f"**Step {place} of {count}: {titles[place - 1]}**")
    return place - 1


def _shown(picture: bytes, alt: str, width: int = WIDTH, caption: str | None = None) -> None:
    st.image(picture, width=width, alt=alt, caption=caption)


def _drawing(ink: Pixels) -> None:
    st.markdown("This is all there is to see: where the pen left ink, and how much.")
    _shown(heatmap.sheet_png(ink), "The drawing", width=360)


def _box(digit: Digit, ink: Pixels) -> None:
    _, _, width, height = digit.glyph.box
    st.markdown(
        f"The smallest box around the ink ({width} by {height} dots) is cut out, so that it does "
        "not matter where you draw, or how large."
    )
    _shown(heatmap.sheet_png(ink, digit.glyph.box), "The drawing with its box framed", width=360)


def _glyph(digit: Digit) -> None:
    scale = digit.glyph.scale
    times = f"{1 / scale:.0f} times smaller" if scale < 0.95 else f"{scale:.1f} times as large"
    st.markdown(
        f"Made {times} and moved until the middle of its ink (the cross) is in the middle of 28 by "
        "28 dots: every digit the network learnt from looked so, and this is all it sees."
    )
    _shown(
        heatmap.centred_png(digit.glyph.pixels),
        "The drawing shrunk to 28 by 28 dots, the middle of its ink marked",
    )


def _maps(layer: Layer, glyph: Pixels, first: bool) -> None:
    """A layer's maps, and the chosen one's filter and patch."""
    if first:
        st.markdown(
            f"{plural(layer.maps, 'small filter')} slide over the picture; each draws a map that "
            "is dark wherever it finds its own kind of edge. Choose one."
        )
    place = feature_maps.wall(layer, f"maps-{layer.name}")
    assert layer.field is not None
    patch = layer.field.patch(place.row, place.column)
    value = float(layer.values[place.row, place.column, place.map])
    st.markdown(f"**Map {place.map + 1}** answers {value:.2f} here. {_about(layer, first)}")
    with st.container(horizontal=True, gap="small"):
        for before, picture in feature_maps.filter_pngs(layer, place.map):
            caption = "its filter" if first else f"from map {before + 1}"
            _shown(picture, f"Weights of the filter, {caption}", SMALL, caption)
        _shown(
            feature_maps.patch_png(glyph, patch),
            "The glyph, the patch framed",
            SMALL,
            "where it looks",
        )
        _shown(feature_maps.cut_png(glyph, patch), "The patch", SMALL, "what it sees")


def _about(layer: Layer, first: bool) -> str:
    """What a map's filter does, in a sentence."""
    assert layer.field is not None
    size = layer.field.size
    if layer.kind == "pooling":
        return (
            "It keeps the strongest of its neighbours, or their mean, and so forgets a little of "
            "the place."
        )
    if first:
        return "Its filter wants ink where it is blue, and paper where it is orange."
    return (
        f"It looks at {size} by {size} dots, through all the maps before it; the parts of its "
        "filter that matter most are shown."
    )


def _deeper(layers: list[Layer], glyph: Pixels) -> None:
    st.markdown(
        "Each layer looks at the maps of the one before it, so it sees larger patches: first "
        "corners and ends, then hooks and rings, in the end whole digits."
    )
    names = _layer_names(layers)
    chosen = st.segmented_control(
        "Layer",
        range(len(layers)),
        format_func=lambda k: names[k],
        default=len(layers) // 2,
        required=True,
        key=f"inside-layer-{len(layers)}",
        label_visibility="collapsed",
    )
    layer = layers[chosen or 0]
    height, width = layer.values.shape[:2]
    assert layer.field is not None
    st.caption(
        f"{plural(layer.maps, 'map')} of {height} by {width} cells; a cell sees up to "
        f"{min(28, layer.field.size)} by {min(28, layer.field.size)} of the 28 by 28 dots."
    )
    _maps(layer, glyph, first=False)


def _layer_names(layers: list[Layer]) -> list[str]:
    """The layers after the first, as people count them: filters only."""
    names, count = [], 1
    for layer in layers:
        count += layer.kind == "convolution"
        names.append(f"Layer {count}" if layer.kind == "convolution" else f"{count}, pooled")
    return names


def _scores(layer: Layer, labels: tuple[str, ...]) -> None:
    names = [*labels, *(["?"] * (layer.maps - len(labels)))]
    best = int(layer.values.argmax())
    more = ", and one for what is none (?)" if layer.maps > len(labels) else ""
    st.markdown(
        f"Everything the last maps found is weighed up into one score a digit{more}: the higher, "
        "the likelier."
    )
    st.plotly_chart(
        figures.scores(layer.values.tolist(), names),
        config=figures.CONFIG,
        key="inside-scores",
        alt=f"The scores; the highest is that of {names[best]}",
    )


def _answer(digit: Digit, labels: tuple[str, ...]) -> None:
    second = second_best(digit, labels)
    share = sorted(digit.prediction.probabilities)[-2]
    st.markdown(
        "The scores become shares of one: a score that is higher by 1 counts 2.7 times as much. "
        f"So it is {an_or_a(digit.label)} with {percent(digit.confidence, 1)}, and "
        f"{an_or_a(second)} with {percent(share, 1) if share >= LEAST else 'next to nothing'}."
    )
    st.plotly_chart(
        figures.probabilities(digit.prediction.probabilities, labels, digit.prediction.is_sure),
        config=figures.CONFIG,
        key="inside-probabilities",
        alt=f"The probabilities; {digit.label} has {percent(digit.confidence, 1)}",
    )


def _mattered(digit: Digit, ink: Pixels, classifier: Classifier) -> None:
    from inkling.explain import attribution

    glyph = digit.glyph.pixels
    where = heatmap.window(ink, digit.glyph)
    left, right = st.columns(2, gap="medium")
    with left:
        _shown(
            heatmap.heat_png(where, attribution.occlusion(glyph, classifier)),
            f"The drawing; orange where its ink speaks most for {an_or_a(digit.label)}",
        )
        st.markdown(
            f"A little of it was covered at a time. **Orange** ink spoke for the {digit.label}: "
            "covered, the answer was less sure. **Blue** spoke against it."
        )
    change = attribution.change_of_mind(glyph, classifier)
    with right:
        if change is None:
            _shown(heatmap.piece_png(where, glyph > 255), "The drawing")
            st.markdown(
                "**What would change its mind?** None of the pieces of stroke that were tried, up "
                "to nearly half of the ink, makes it another digit when it is taken away."
            )
            return
        other = change.prediction
        own = f"your {digit.label}" if digit.prediction.is_digit else "it"
        _shown(
            heatmap.piece_png(where, change.piece),
            f"The drawing, the piece in orange without which it would be {an_or_a(other.label)}",
        )
        st.markdown(
            f"**What would change its mind?** Without the orange piece, {percent(change.part)} of "
            f"the ink, {own} would be {an_or_a(other.label)} "
            f"({percent(other.confidence)})."
        )


def _alike(digit: Digit, ink: Pixels, classifier: Classifier) -> None:  # noqa: ARG001
    from inkling.explain import attribution

    try:
        with st.spinner("Comparing it with MNIST's digits …"):
            right, wrong = attribution.nearest(digit.glyph.pixels, classifier)
    except OSError:
        st.caption("MNIST's digits are not at hand here, so there is nothing to compare with.")
        return
    st.markdown("Of MNIST's test digits, these are most like it **to the network**:")
    _gallery(right, classifier.labels)
    if wrong:
        st.markdown(
            "And of those that it gets **wrong**, these (what it is → what it was read as):"
        )
        _gallery(wrong, classifier.labels)
    st.caption(
        "Two digits are alike when they excite the last layer before the scores in the same way; "
        "100 % is the very same."
    )


def _gallery(found: list[Neighbour], labels: tuple[str, ...]) -> None:
    with st.grid("auto", min_column_width=80, gap="small"):
        for one in found:
            true, read = labels[one.label], labels[one.read]
            name = true if one.is_right else f"{true} → {read}"
            st.image(
                images.glyph_png(one.pixels, factor=4),
                caption=f"**{name}**  \n{percent(max(0.0, one.likeness))}",
                alt=f"{an_or_a(true).capitalize()}, read as {an_or_a(read)}",
                width="stretch",
            )
