"""Which digit was read as which: a confusion matrix whose cells open their images.

Two models can be compared cell by cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from inkling.ui.insights import digit_images, sentences, tables
from inkling.ui.insights.charts import confusion
from inkling.ui.shared import chart, digit_detail, resources
from inkling.ui.shared.gallery import gallery
from inkling.ui.shared.phrases import plural, with_article

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from inkling.reports.comparison import Predictions
    from inkling.reports.schema import Report

# What the cells can show.
SHARES: dict[str, confusion.Share] = {
    "Counts": "count",
    "% of true label": "row",
    "% of answer": "column",
}
# Session keys: the chosen cell, and the model to compare with.
TRUE, READ, OTHER = "cell-true", "cell-read", "cell-other"
# Pixels: as wide as the matrix is high.
WIDTH = 640


@dataclass(frozen=True, slots=True, eq=False)
class ComparedModels:
    """Two models that were tested on the same images, with their predictions."""

    report: Report
    other: Report
    ours: Predictions
    theirs: Predictions


def section(report: Report) -> None:
    """Show the matrix, the images of the chosen cell, and each label's figures."""
    predictions = digit_images.predictions_or_message(report)
    share, other = _controls(report)
    cell = _chosen_cell(report)
    compared = None
    if other is None:
        _matrix(report, share, cell)
    elif predictions is not None:
        compared = _compared_or_message(report, predictions, other)
        if compared is not None:
            _difference(compared, cell)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        digit_images.label_selectors(report, TRUE, READ)
    if cell is None:
        st.caption("Click a cell, or choose one here, to see its images.")
    elif compared is not None:
        _compared_images(compared, cell)
    elif predictions is not None and other is None:
        _cell_images(report, predictions, cell)
    _label_figures(report)


def _controls(report: Report) -> tuple[confusion.Share, Report | None]:
    """What the cells show, and the model to compare with, if one is chosen."""
    names = [name for name in resources.model_names() if name != report.name]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        share = st.segmented_control(
            "Show", list(SHARES), default="Counts", required=True, key="cell-share"
        )
        name = st.selectbox(
            "Compare with",
            names,
            index=None,
            placeholder="No other model",
            format_func=resources.model_title,
            key=OTHER,
            width=240,
        )
    other = resources.report_or_error(name) if name else None
    return SHARES[share or "Counts"], other


def _chosen_cell(report: Report) -> confusion.Cell | None:
    """The chosen cell, if this report has it."""
    true, read = (st.session_state.get(key) for key in (TRUE, READ))
    count = len(report.labels)
    if isinstance(true, int) and isinstance(read, int) and true < count and read < count:
        return true, read
    return None


def _show_matrix(figure: go.Figure, key: str, alt: str, rows: chart.Rows, name: str) -> None:
    """Show a matrix; a click on a cell chooses it."""

    def choose() -> None:
        points = _selected_points(st.session_state.get(key))
        if points:
            st.session_state[TRUE], st.session_state[READ] = points[0]["customdata"][:2]

    with st.container(horizontal_alignment="center"), st.container(width=WIDTH):
        chart.show(
            figure,
            key=key,
            alt=alt,
            rows=lambda: rows,
            name=name,
            on_select=choose,
            selection_mode="points",
        )


def _selected_points(state: Any) -> list[dict[str, Any]]:
    """The points of a chart's selection that stand for a cell."""
    selection = state.get("selection") if state else None
    return [point for point in (selection or {}).get("points", []) if point.get("customdata")]


def _matrix(report: Report, share: confusion.Share, cell: confusion.Cell | None) -> None:
    """Show one model's confusion matrix."""
    sentence = sentences.common_confusions(report)
    st.caption(
        "Each row is a true label, each column what its images were read as. Correct answers are "
        f"blue, errors orange. {sentence}"
    )
    _show_matrix(
        confusion.confusion(report.confusion, report.labels, share, cell),
        f"confusion-{report.name}",
        f"Confusion matrix of the test set. {sentence}",
        tables.confusion_rows(report.confusion, report.labels),
        f"{report.name}-confusion",
    )


def _compared_or_message(
    report: Report, predictions: Predictions, other: Report
) -> ComparedModels | None:
    """Two models to compare; None, after showing why, if they cannot be compared."""
    from inkling.reports import comparison

    theirs = digit_images.predictions_or_message(other)
    if theirs is None:
        return None
    if other.labels != report.labels or not comparison.same_images(predictions, theirs):
        st.info(
            "These two models were tested on different images and cannot be compared cell by cell.",
            icon=":material/info:",
        )
        return None
    return ComparedModels(report, other, predictions, theirs)


def _difference(models: ComparedModels, cell: confusion.Cell | None) -> None:
    """Show how two models' confusion matrices differ."""
    from inkling.reports import comparison

    our_name, their_name = models.report.name, models.other.name
    ours, theirs = resources.model_title(our_name), resources.model_title(their_name)
    result = comparison.mcnemar(models.ours.correct, models.theirs.correct)
    st.markdown(sentences.mcnemar_sentence(ours, theirs, result))
    labels = models.report.labels
    counts = comparison.confusion_difference(models.theirs, models.ours, len(labels)).tolist()
    st.caption(
        f"The difference in each cell ({ours} minus {theirs}): blue is better, orange worse. On "
        "the diagonal more is better, elsewhere fewer."
    )
    _show_matrix(
        confusion.difference(counts, labels, cell),
        f"difference-{our_name}-{their_name}",
        f"How the answers of {ours} and of {theirs} differ, cell by cell",
        tables.confusion_rows(counts, labels),
        f"{our_name}-minus-{their_name}",
    )


def _cell_images(report: Report, predictions: Predictions, cell: confusion.Cell) -> None:
    """Show the images of a cell."""
    indices = predictions.cell(*cell).tolist()
    st.subheader(_cell_title(report, cell, len(indices)), anchor=False)
    _gallery(report, predictions, indices, "cell")


def _compared_images(models: ComparedModels, cell: confusion.Cell) -> None:
    """Show the images that only one of two models has in a cell."""
    ours, theirs = (set(one.cell(*cell).tolist()) for one in (models.ours, models.theirs))
    for report, predictions, indices in (
        (models.report, models.ours, sorted(ours - theirs)),
        (models.other, models.theirs, sorted(theirs - ours)),
    ):
        title = f"Only {resources.model_title(report.name)}"
        st.subheader(f"{title}: {_cell_title(report, cell, len(indices))}", anchor=False)
        if indices:
            _gallery(report, predictions, indices, f"cell-{report.name}")


def _cell_title(report: Report, cell: confusion.Cell, count: int) -> str:
    true, read = (report.labels[label] for label in cell)
    return f"{plural(count, 'image')} of {with_article(true)} read as {read}"


def _gallery(report: Report, predictions: Predictions, indices: list[int], key: str) -> None:
    """Show test images as tiles, and details of the one that is chosen."""
    pixels = digit_images.test_images_or_message(report)
    if pixels is None:
        return
    shown = digit_images.first_or_all(indices, f"{key}-all")
    tiles = [digit_images.image_tile(report, predictions, pixels, index) for index in shown]
    index = gallery(tiles, key=f"{key}-gallery", label="The images of the cell")
    if index is not None:
        true = int(predictions.true[index])
        digit_detail.section(report, index, true, pixels[index], f"{key}-detail")
    elif indices:
        st.caption("Choose an image to see how the network reads it.")


def _label_figures(report: Report) -> None:
    """Show precision, recall and F1 of each label."""
    part = st.expander("Precision, recall and F1 per digit", key="cell-labels", on_change="rerun")
    if not part.open:
        return
    share = st.column_config.NumberColumn(format="%.2f %%")
    with part:
        st.dataframe(
            tables.label_rows(report),
            hide_index=True,
            height="content",
            alt="Precision, recall and F1 per digit on the test set",
            column_config={"Precision": share, "Recall": share, "F1": share},
        )
        st.caption(
            "Precision: of the images read as this digit, the share that is this digit. Recall: of "
            "this digit's images, the share that was read correctly. F1: their harmonic mean."
        )
