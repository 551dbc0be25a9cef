"""One test digit in detail: its probabilities, doubts about its label, its feature maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from inkling.reports.published import DATASET, LABEL_ERRORS, LABEL_SOURCE, LABEL_URL
from inkling.ui.shared import chart, feature_maps, figures, images, resources
from inkling.ui.shared.phrases import percent, plural, with_article

if TYPE_CHECKING:
    from inkling.explain.layers import Layer
    from inkling.imaging.pixels import Pixels
    from inkling.reports.schema import Report


def section(report: Report, number: int, true: int, pixels: Pixels, key: str) -> None:
    """Show everything about a test digit.

    Args:
        report: of the model that read it.
        number: its place in the test split.
        true: the place of its label in `report.labels`.
        pixels: uint8 (28, 28).
        key: the keys of what is shown begin with this.
    """
    classifier = resources.classifier_or_error(report.name)
    if classifier is None:
        return
    stored = next((image for image in report.wrong if image.index == number), None)
    values = stored.probabilities if stored else classifier.probabilities(pixels[None])[0].tolist()
    best = max(range(len(values)), key=values.__getitem__)
    label, read = with_article(report.labels[true]), with_article(report.labels[best])
    with st.container(border=True):
        st.markdown(
            f"**Test digit {number:,}** is {label}. The network reads {read} "
            f"({percent(values[best], 1)})."
        )
        label_doubt(report, number)
        left, right = st.columns([1, 3], vertical_alignment="center")
        left.image(images.glyph_png(pixels, 6), width=168, alt=f"Test digit {number}, {label}")
        with right:
            _probabilities(report, values, f"{key}-bars", f"digit-{number}")
        from inkling.explain import layers as explain_layers

        st.markdown("**Layer by layer**, from edges to whole shapes:")
        show_layers(explain_layers.probe_of(classifier).layers(pixels))


def label_doubt(report: Report, number: int) -> None:
    """Show a warning if the label itself is disputed, with its source."""
    test = report.split("test")
    known = LABEL_ERRORS.get(number) if test and test.dataset == DATASET else None
    if known is None:
        return
    for_label, for_other, neither = known.votes
    given, guessed = with_article(str(known.given)), with_article(str(known.guessed))
    st.warning(
        f"This label is disputed. Of five people, {for_label} saw {given}, {for_other} {guessed} "
        f"and {neither} neither of them ([{LABEL_SOURCE}]({LABEL_URL})).",
        icon=":material/gavel:",
    )


def show_layers(layers: list[Layer]) -> None:
    """Show all maps of every layer that has a plane."""
    with st.grid("auto", min_column_width=280):
        for layer in layers:
            if layer.field is None:
                continue
            height, width = layer.values.shape[:2]
            title = f"{layer.name}: {plural(layer.maps, 'map')} of {height} by {width}"
            picture = feature_maps.mosaic(layer)
            st.image(picture, caption=title, alt=f"The activations of {title}", width="stretch")


def _probabilities(report: Report, values: list[float], key: str, file_name: str) -> None:
    best = max(values)
    is_sure = best >= report.calibration.sure_of(values.index(best))
    chart.show(
        figures.probabilities(values, report.labels, is_sure),
        key=key,
        alt=f"Its probabilities. {report.labels[values.index(best)]} has {percent(best, 1)}.",
        rows=lambda: [
            {"label": label, "probability": value}
            for label, value in zip(report.labels, values, strict=True)
        ],
        name=file_name,
    )
