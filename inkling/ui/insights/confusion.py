"""Which digit was taken for which: a matrix whose cells open their images, and two models' beside
each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from inkling.ui.insights import tables
from inkling.ui.insights.charts import confusion
from inkling.ui.shared import chart, digit_detail, phrases, resources
from inkling.ui.shared.gallery import gallery
from inkling.ui.shared.phrases import an_or_a, plural

if TYPE_CHECKING:
    from inkling.reports.comparison import Predictions
    from inkling.reports.schema import Report

SHARES: dict[str, confusion.Share] = {
    "Counts": "count",
    "% of the digit": "row",
    "% of the answer": "column",
}
TRUE, READ, OTHER = "cell-true", "cell-read", "cell-other"


def section(report: Report) -> None:
    """The matrix, the images behind a cell, and each label's figures."""
    found = tables.answered_or_sentence(report)
    share, other = _controls(report)
    cell = _cell(report)
    sentence = tables.common_confusions(report)
    if other is None:
        _matrix(report, share, cell, sentence)
    else:
        _difference(report, other, cell)
    _choosers(report)
    if found is not None and cell is not None:
        _opened(report, found, other, *cell)
    elif cell is None:
        st.caption("Click a cell, or choose it here, and its images are shown.")
    _labels(report)


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
    other = resources.report_or_sentence(name) if name else None
    return SHARES[share or "Counts"], other


def _cell(report: Report) -> confusion.Cell | None:
    """The cell that is chosen, if it is one of this report's."""
    true, read = (st.session_state.get(key) for key in (TRUE, READ))
    count = len(report.labels)
    if isinstance(true, int) and isinstance(read, int) and true < count and read < count:
        return true, read
    return None


def _take(key: str) -> None:
    """Choose the cell that was clicked."""
    points = _points(st.session_state.get(key))
    if points:
        st.session_state[TRUE], st.session_state[READ] = points[0]["customdata"][:2]


def _points(state: Any) -> list[dict[str, Any]]:
    selection = state.get("selection") if state else None
    return [point for point in (selection or {}).get("points", []) if point.get("customdata")]


def _shown(figure: Any, key: str, alt: str, rows: Any, name: str) -> None:
    """A matrix as wide as it is high; a click chooses."""
    with st.container(horizontal_alignment="center"), st.container(width=640):
        chart.show(
            figure,
            key=key,
            alt=alt,
            rows=rows,
            name=name,
            on_select=lambda: _take(key),
            selection_mode="points",
        )


def _matrix(
    report: Report,
    share: confusion.Share,
    cell: confusion.Cell | None,
    sentence: str,
) -> None:
    st.caption(
        "Each row is a digit, each column what it was read as. Blue was right, orange wrong. "
        f"{sentence}"
    )
    _shown(
        confusion.confusion(report.confusion, report.labels, share, cell),
        f"confusion-{report.name}",
        f"Confusion matrix of the test set. {sentence}",
        lambda: _rows(report.confusion, report.labels),
        f"{report.name}-confusion",
    )


def _difference(report: Report, other: Report, cell: confusion.Cell | None) -> None:
    from inkling.reports import comparison
    from inkling.reports.files import ReportError

    mine, theirs = resources.model_title(report.name), resources.model_title(other.name)
    try:
        a, b = comparison.predictions_of(other), comparison.predictions_of(report)
        if other.labels != report.labels or not comparison.same_images(a, b):
            raise ReportError("These two were tested on other images, so no cell can be compared.")
    except ReportError as problem:
        st.info(phrases.report_problem(problem), icon=":material/info:")
        return
    found = comparison.mcnemar(b.correct, a.correct)
    st.markdown(tables.mcnemar_sentence(mine, theirs, found))
    gains = comparison.confusion_difference(a, b, len(report.labels)).tolist()
    st.caption(
        f"How many more ({mine} less {theirs}) in each cell: blue is better, orange worse. On the "
        "diagonal more is better, elsewhere fewer."
    )
    _shown(
        confusion.difference(gains, report.labels, cell),
        f"difference-{report.name}-{other.name}",
        f"How the answers of {mine} and of {theirs} differ, cell by cell",
        lambda: _rows(gains, report.labels),
        f"{report.name}-less-{other.name}",
    )


def _rows(matrix: Sequence[Sequence[int]], labels: Sequence[str]) -> chart.Rows:
    return [
        {"is a": label, **{f"read as {name}": row[k] for k, name in enumerate(labels)}}
        for label, row in zip(labels, matrix, strict=True)
    ]


def _choosers(report: Report) -> None:
    """The cell by hand, for whoever does not click."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        tables.label_choosers(report, TRUE, READ)


def _opened(report: Report, found: Predictions, other: Report | None, true: int, read: int) -> None:
    """The images behind a cell."""
    labels = report.labels
    rows = found.cell(true, read).tolist()
    what = f"{an_or_a(labels[true])} read as {labels[read]}"
    if other is None:
        st.subheader(f"{plural(len(rows), 'image')} of {what}", anchor=False)
        _images(report, found, rows, "cell")
        return
    from inkling.reports import comparison

    theirs = comparison.predictions_of(other)
    if not comparison.same_images(found, theirs):
        return
    there = theirs.cell(true, read).tolist()
    for title, who, hers, only in (
        (resources.model_title(report.name), report, found, sorted({*rows} - {*there})),
        (resources.model_title(other.name), other, theirs, sorted({*there} - {*rows})),
    ):
        st.subheader(f"Only {title}: {plural(len(only), 'image')} of {what}", anchor=False)
        if only:
            _images(who, hers, only, f"cell-{who.name}")


def _images(report: Report, found: Predictions, rows: list[int], key: str) -> None:
    from inkling.reports import test_set
    from inkling.reports.files import ReportError

    try:
        pixels = test_set.load_test_images(report)
    except ReportError as problem:
        st.info(phrases.report_problem(problem), icon=":material/info:")
        return
    shown = tables.first_or_all(rows, f"{key}-all")
    tiles = [tables.tile(report, found, pixels, number) for number in shown]
    number = gallery(tiles, key=f"{key}-gallery", label="The images behind the cell")
    if number is None:
        if rows:
            st.caption("Choose one to see what the network made of it.")
        return
    digit_detail.section(report, number, int(found.true[number]), pixels[number], f"{key}-closer")


def _labels(report: Report) -> None:
    """Precision, recall and F1 of each digit."""
    part = st.expander(
        "Precision, recall and F1 of each digit", key="cell-labels", on_change="rerun"
    )
    if not part.open:
        return
    share = st.column_config.NumberColumn(format="%.2f %%")
    with part:
        st.dataframe(
            tables.label_rows(report),
            hide_index=True,
            height="content",
            alt="Precision, recall and F1 of each digit on the test set",
            column_config={"Precision": share, "Recall": share, "F1": share},
        )
        st.caption(
            "Precision: of what was read as this digit, how much was. Recall: of this digit, how "
            "much was read as it. F1: their harmonic mean."
        )
