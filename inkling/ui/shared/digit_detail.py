"""One test digit looked at closely: its probabilities, its label's doubts, what each layer made of
it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from inkling.reports.published import DATASET, LABEL_ERRORS, LABEL_SOURCE, LABEL_URL
from inkling.ui.shared import chart, feature_maps, figures, images, resources
from inkling.ui.shared.phrases import an_or_a, percent, plural

if TYPE_CHECKING:
    from inkling.explain.layers import Layer
    from inkling.imaging.pixels import Pixels
    from inkling.reports.schema import Report


def section(report: Report, number: int, true: int, pixels: Pixels, key: str) -> None:
    """Everything about a test digit.

    Args:
        report: of the model that read it.
        number: its place in the test split.
        true: the number of its label.
        pixels: uint8 (28, 28).
        key: of what is shown here.
    """
    classifier = resources.classifier_or_sentence(report.name)
    if classifier is None:
        return
    stored = next((image for image in report.wrong if image.index == number), None)
    values = stored.probabilities if stored else classifier.probabilities(pixels[None])[0].tolist()
    best = max(range(len(values)), key=values.__getitem__)
    label, read = report.labels[true], report.labels[best]
    with st.container(border=True):
        st.markdown(
            f"**Test digit {number:,}** is {an_or_a(label)} and is read as {an_or_a(read)}, "
            f"with {percent(values[best], 1)}."
        )
        doubt(report, number)
        left, right = st.columns([1, 3], vertical_alignment="center")
        left.image(
            images.glyph_png(pixels, 6), width=168, alt=f"Test digit {number}, {an_or_a(label)}"
        )
        with right:
            chart.show(
                figures.probabilities(
                    values, report.labels, values[best] >= report.calibration.sure
                ),
                key=f"{key}-bars",
                alt=f"Its probabilities; {read} has {percent(values[best], 1)}",
                rows=lambda: [
                    {"label": name, "probability": value}
                    for name, value in zip(report.labels, values, strict=True)
                ],
                name=f"digit-{number}",
            )
        from inkling.explain import layers as explain_layers

        st.markdown("**What each layer made of it**, from the pen's edges to whole shapes:")
        layers(explain_layers.of(classifier).layers(pixels))


def doubt(report: Report, number: int) -> None:
    """Where the label itself is in doubt, who says so."""
    test = report.split("test")
    known = LABEL_ERRORS.get(number) if test and test.dataset == DATASET else None
    if known is None:
        return
    for_label, for_other, neither = known.votes
    given, guessed = an_or_a(str(known.given)), an_or_a(str(known.guessed))
    st.warning(
        f"Its label is in doubt. Of five people, {for_label} took it for {given}, "
        f"{for_other} for {guessed} and {neither} for neither "
        f"([{LABEL_SOURCE}]({LABEL_URL})).",
        icon=":material/gavel:",
    )


def layers(found: list[Layer]) -> None:
    """All maps of every layer that has a plane."""
    with st.grid("auto", min_column_width=280):
        for layer in found:
            if layer.field is None:
                continue
            height, width = layer.values.shape[:2]
            what = f"{layer.name}: {plural(layer.maps, 'map')} of {height} by {width}"
            picture = feature_maps.mosaic(layer)
            st.image(picture, caption=what, alt=f"The answers of {what}", width="stretch")
