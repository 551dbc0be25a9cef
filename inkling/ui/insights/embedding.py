"""Two thousand test digits as the network sees them, and a drawing placed among them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from inkling.paths import folder_of
from inkling.ui.draw import prediction
from inkling.ui.insights.charts import robustness
from inkling.ui.shared import chart, images, phrases, resources

if TYPE_CHECKING:
    from inkling.reports.robustness import Embedding
    from inkling.reports.schema import Report

PLANE, ROOM = "2-D", "3-D"
COLUMNS = 50
CHART = "embedding-room"

_lens = st.components.v2.component(
    "inkling_lens",
    html='<div class="lens" hidden aria-hidden="true"></div>\n',
    css=(Path(__file__).parent / "lens.css").read_text("utf-8"),
    js=(Path(__file__).parent / "lens.js").read_text("utf-8"),
)


def section(report: Report) -> None:
    """The plane or the room."""
    depth = resources.robustness_or_sentence(report.name)
    if depth is None:
        return
    found = depth.embedding
    st.markdown(
        f"{len(found.index):,} test digits. Near each other are those that excite the last layer "
        "before the scores alike: the network tells apart what lies apart. Point at one to see it."
    )
    view = st.segmented_control(
        "View",
        [PLANE, ROOM],
        default=PLANE,
        required=True,
        key="embedding-view",
        label_visibility="collapsed",
    )
    yours = _yours(report, found, view or PLANE)
    draw = robustness.plane if view != ROOM else robustness.room
    with st.container(key=CHART):
        chart.show(
            draw(found, report.labels, yours),
            key=f"embedding-{report.name}-{view}",
            alt=f"{len(found.index):,} test digits as the network sees them, in groups by digit"
            + (", your drawing among them" if yours else ""),
            rows=lambda: _rows(report, found),
            name=f"{report.name}-embedding",
        )
    _lens_over(report)
    if view == ROOM:
        share = phrases.percent(found.explained_variance[0])
        st.caption(f"The first three principal axes; they hold {share} of all that differs.")
    else:
        st.caption(
            f"t-SNE (van der Maaten and Hinton, 2008), perplexity {found.perplexity:g}, seed "
            f"{found.seed}: neighbours are true, distances between groups mean little."
        )


def _rows(report: Report, found: Embedding) -> chart.Rows:
    x, y = found.tsne
    return [
        {
            "place in the test set": found.index[k],
            "is a": report.labels[found.label[k]],
            "read as": report.labels[found.predicted[k]],
            "confidence": found.confidence[k],
            "x": x[k],
            "y": y[k],
            **{f"axis {a + 1}": axis[k] for a, axis in enumerate(found.pca)},
        }
        for k in range(len(found.index))
    ]


def _yours(report: Report, found: Embedding, view: str) -> tuple[float, ...] | None:
    """Where the drawing of the Draw page belongs; says what it is, or how to get one there."""
    sheet = st.session_state.get("paper")
    invitation = "Draw a digit on the Draw page, and it is placed among them here."
    if sheet is None or sheet.pixels is None:
        st.caption(invitation)
        return None
    classifier = resources.classifier_or_sentence(report.name)
    digits = prediction.read(sheet.pixels, classifier) if classifier else ()
    if classifier is None or not digits:
        st.caption(invitation)
        return None
    from inkling.explain import layers

    digit = digits[0]
    plane, room = found.place(layers.of(classifier).features(digit.glyph.pixels[None]))
    which = "Your drawing" if len(digits) == 1 else "The first digit of your drawing"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.image(
            images.glyph_png(digit.glyph.pixels, 2),
            width=56,
            alt=f"{which}, as the network sees it",
        )
        st.markdown(f"{which} is the orange mark; it is read as **{phrases.digit_sign(digit)}**.")
    return tuple(float(value) for value in (room if view == ROOM else plane)[0])


def _lens_over(report: Report) -> None:
    from inkling.reports.files import ReportError

    try:
        changed = folder_of(report.name).joinpath("depth.json").stat().st_mtime_ns
        sprite = _sprite(report.name, changed)
    except (ReportError, OSError):
        return
    count = len(resources.robustness(report.name).embedding.index)
    _lens(
        key=f"lens-{report.name}",
        data={"sprite": sprite, "columns": COLUMNS, "rows": -(-count // COLUMNS), "chart": CHART},
        height="content",
    )


@st.cache_resource(show_spinner=False, max_entries=8)
def _sprite(name: str, changed: int) -> str:  # noqa: ARG001  (part of the cache's key)
    """All digits of an embedding in one picture, `COLUMNS` a row, dark on light: a data URL."""
    import cv2
    import numpy as np

    from inkling.reports import test_set

    digits = test_set.load_test_images(resources.report(name))[
        resources.robustness(name).embedding.index
    ]
    rows = -(-len(digits) // COLUMNS)
    side = digits.shape[1]
    sheet = np.zeros((rows * COLUMNS, side, side), np.uint8)
    sheet[: len(digits)] = digits
    grid = sheet.reshape(rows, COLUMNS, side, side).swapaxes(1, 2)
    picture = 255 - grid.reshape(rows * side, COLUMNS * side)
    _, data = cv2.imencode(".webp", picture, [cv2.IMWRITE_WEBP_QUALITY, 75])
    return images.data_url(data.tobytes(), "webp")
