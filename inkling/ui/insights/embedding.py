"""Test digits as the network sees them, with the user's drawing placed among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from inkling.paths import folder_of
from inkling.ui.insights import measure_here
from inkling.ui.insights.charts import embedding
from inkling.ui.insights.drawing import drawn_digits
from inkling.ui.shared import chart, images, phrases, resources
from inkling.ui.shared.component import component

if TYPE_CHECKING:
    from inkling.reports.robustness import Embedding
    from inkling.reports.schema import Report

TWO_D, THREE_D = "2-D", "3-D"
# Digits in a row of the picture that the lens shows parts of.
COLUMNS = 50
# The key of the container of the chart; the lens finds the chart by it.
CHART = "embedding-chart"
INVITATION = "Draw a digit on the Draw page to see where it falls among them."

_lens_component = component(
    "inkling_lens",
    '<div class="lens" hidden aria-hidden="true"></div>\n',
    js=["insights/lens.js"],
    css=["insights/lens.css"],
)


def section(report: Report) -> None:
    """Show the embedding in two or three dimensions."""
    measured = measure_here.robustness_or_offer(report.name)
    if measured is None:
        return
    points = measured.embedding
    st.markdown(
        f"{len(points.index):,} test digits, placed by what the network computes just before its "
        "scores. Digits that look alike to the network are close together. Point at one to see it."
    )
    view = st.segmented_control(
        "View",
        [TWO_D, THREE_D],
        default=TWO_D,
        required=True,
        key="embedding-view",
        label_visibility="collapsed",
    )
    is_3d = view == THREE_D
    drawing = _drawing_position(report, points, is_3d=is_3d)
    draw = embedding.figure_3d if is_3d else embedding.figure_2d
    with st.container(key=CHART):
        chart.show(
            draw(points, report.labels, drawing),
            key=f"embedding-{report.name}-{view}",
            alt=f"{len(points.index):,} test digits as the network sees them, grouped by digit"
            + (", with your drawing" if drawing else ""),
            rows=lambda: _rows(report, points),
            name=f"{report.name}-embedding",
        )
    _lens(report)
    st.caption(_method(points, is_3d=is_3d))


def _method(points: Embedding, *, is_3d: bool) -> str:
    """How the coordinates were computed, and how to read them."""
    if is_3d:
        share = phrases.percent(points.explained_variance[0])
        return f"The first three principal components; they explain {share} of the variance."
    return (
        f"t-SNE (van der Maaten and Hinton, 2008), perplexity {points.perplexity:g}, seed "
        f"{points.seed}. Neighbours are alike; distances between groups mean little."
    )


def _rows(report: Report, points: Embedding) -> chart.Rows:
    """Every digit of the embedding, for download."""
    x, y = points.tsne
    return [
        {
            "index in the test set": points.index[k],
            "true label": report.labels[points.label[k]],
            "read as": report.labels[points.predicted[k]],
            "confidence": points.confidence[k],
            "x": x[k],
            "y": y[k],
            **{f"component {c + 1}": axis[k] for c, axis in enumerate(points.pca)},
        }
        for k in range(len(points.index))
    ]


def _drawing_position(
    report: Report, points: Embedding, *, is_3d: bool
) -> embedding.Position | None:
    """Show the drawing of the Draw page and return its coordinates; None without a drawing."""
    classifier = resources.classifier_or_error(report.name)
    digits = drawn_digits(classifier) if classifier else ()
    if classifier is None or not digits:
        st.caption(INVITATION)
        return None
    from inkling.explain import layers

    digit = digits[0]
    features = layers.probe_of(classifier).features(digit.glyph.pixels[None])
    on_plane, in_space = points.place(features)
    which = "Your drawing" if len(digits) == 1 else "The first digit of your drawing"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.image(
            images.glyph_png(digit.glyph.pixels, 2),
            width=56,
            alt=f"{which}, as the network sees it",
        )
        st.markdown(f"{which} is the orange mark; it is read as **{phrases.digit_text(digit)}**.")
    return tuple(float(value) for value in (in_space if is_3d else on_plane)[0])


def _lens(report: Report) -> None:
    """Show the digit that the user points at, unless the test images are missing."""
    from inkling.reports.files import ROBUSTNESS_FILE, ReportError

    try:
        changed = folder_of(report.name).joinpath(ROBUSTNESS_FILE).stat().st_mtime_ns
        sprite = _sprite(report.name, changed)
    except (ReportError, OSError):
        return
    count = len(resources.robustness(report.name).embedding.index)
    _lens_component(
        key=f"lens-{report.name}",
        data={"sprite": sprite, "columns": COLUMNS, "rows": -(-count // COLUMNS), "chart": CHART},
        height="content",
    )


@st.cache_resource(show_spinner=False, max_entries=8)
def _sprite(name: str, changed: int) -> str:  # noqa: ARG001  (part of the cache's key)
    """All digits of an embedding in one picture, dark on light, as a data URL."""
    import cv2
    import numpy as np

    from inkling.reports import test_set

    indices = resources.robustness(name).embedding.index
    digits = test_set.load_test_images(resources.report(name))[indices]
    rows = -(-len(digits) // COLUMNS)
    side = digits.shape[1]
    cells = np.zeros((rows * COLUMNS, side, side), np.uint8)
    cells[: len(digits)] = digits
    grid = cells.reshape(rows, COLUMNS, side, side).swapaxes(1, 2)
    picture = 255 - grid.reshape(rows * side, COLUMNS * side)
    _, data = cv2.imencode(".webp", picture, [cv2.IMWRITE_WEBP_QUALITY, 75])
    return images.data_url(data.tobytes(), "webp")
