"""Every test digit that a model reads wrongly; those with a doubtful label are marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from inkling.reports.published import LABEL_ERRORS, LABEL_SOURCE, LABEL_URL
from inkling.ui.insights import digit_images, tables
from inkling.ui.shared import chart, digit_detail
from inkling.ui.shared.gallery import gallery
from inkling.ui.shared.phrases import plural

if TYPE_CHECKING:
    from inkling.reports.schema import Report


def section(report: Report) -> None:
    """Show the gallery with its filters, and details of the image that is chosen."""
    if not report.wrong:
        st.success("This model makes no errors on its test set.", icon=":material/check:")
        return
    order, true, read, only_doubtful = _filters(report)
    selected = digit_images.select(report.wrong, order, true, read)
    doubtful = digit_images.doubtful_labels(report) & {image.index for image in report.wrong}
    if only_doubtful:
        selected = [image for image in selected if image.index in doubtful]
    shown = digit_images.first_or_all(selected, "wrong-all")
    _captions(report, len(shown), len(doubtful))
    tiles = [digit_images.wrong_tile(report, image) for image in shown]
    number = gallery(tiles, key="wrong-gallery", label="Wrongly read images")
    chart.download(
        lambda: tables.wrong_rows(report, selected, doubtful),
        f"{report.name}-wrong",
        "wrong-data",
    )
    chosen = next((image for image in shown if image.index == number), None)
    if chosen is not None:
        digit_detail.section(report, chosen.index, chosen.true, chosen.pixels, "wrong-detail")
    elif shown:
        st.caption("Choose an image to see how the network reads it.")
    else:
        st.info("No error matches these filters.", icon=":material/check:")


def _captions(report: Report, shown: int, doubtful: int) -> None:
    """Say what the gallery shows, and what is known of doubtful labels."""
    st.caption(
        f"{plural(shown, 'image')} of {len(report.wrong):,}. Each shows its true label, the answer "
        "and the answer's confidence."
    )
    if doubtful:
        st.caption(
            f"For {len(LABEL_ERRORS)} test digits of MNIST, most of five people disagreed with "
            f"the label ([{LABEL_SOURCE}]({LABEL_URL})). {doubtful} of them count as errors here "
            "and are marked. All figures include them, as published results do."
        )


def _filters(report: Report) -> tuple[str, int | None, int | None, bool]:
    """Order, true label, predicted label, and whether only doubtful labels are shown."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        order = st.selectbox("Order", digit_images.ORDERS, key="wrong-order", width=230)
        true, read = digit_images.label_selectors(report, "wrong-true", "wrong-read")
        only_doubtful = st.toggle("Only doubtful labels", key="wrong-doubtful")
    return order, true, read, only_doubtful
