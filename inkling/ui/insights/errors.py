"""Every test digit a model reads wrong, with those whose label is itself in doubt marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from inkling.reports.published import LABEL_ERRORS, LABEL_SOURCE, LABEL_URL
from inkling.ui.insights import tables
from inkling.ui.shared import chart, digit_detail
from inkling.ui.shared.gallery import gallery
from inkling.ui.shared.phrases import plural

if TYPE_CHECKING:
    from inkling.reports.schema import Report


def section(report: Report) -> None:
    """The gallery, its filters, and the one that is chosen."""
    if not report.wrong:
        st.success("Not one wrong image.", icon=":material/check:")
        return
    order, true, read, doubted = _filters(report)
    images = tables.ordered(report.wrong, order, true, read)
    known = tables.doubted(report, report.wrong)
    if doubted:
        images = [image for image in images if image.index in known]
    shown = tables.first_or_all(images, "wrong-all")
    st.caption(
        f"{plural(len(shown), 'image')} of {len(report.wrong):,}: what it is → what it was read "
        "as, and with which confidence."
    )
    if known:
        st.caption(
            f"Of the {len(LABEL_ERRORS)} test digits of MNIST whose label most of five people did "
            f"not agree with ([{LABEL_SOURCE}]({LABEL_URL})), {len(known)} count as wrong here; "
            "they are marked. They stay in the figures, as they do in everybody's."
        )
    tiles = [tables.wrong_tile(report, image) for image in shown]
    number = gallery(tiles, key="wrong-gallery", label="Wrong images")
    chart.download(lambda: tables.wrong_rows(report, images), f"{report.name}-wrong", "wrong-data")
    chosen = next((image for image in shown if image.index == number), None)
    if chosen is not None:
        digit_detail.section(report, chosen.index, chosen.true, chosen.pixels, "wrong-closer")
    elif shown:
        st.caption("Choose an image to see what the network made of it.")
    else:
        st.info("No wrong image is like that.", icon=":material/check:")


def _filters(report: Report) -> tuple[str, int | None, int | None, bool]:
    """Order, true label, answer, and whether only doubtful labels are shown."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        order = st.selectbox("Order", tables.ORDERS, key="wrong-order", width=230)
        true, read = tables.label_choosers(report, "wrong-true", "wrong-read")
        doubted = st.toggle("Only labels in doubt", key="wrong-doubted")
    return order, true, read, doubted
