"""Whether a model's confidence can be trusted, and what answering only when sure means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from inkling.ui.insights import digit_images, sentences, tables
from inkling.ui.insights.charts import calibration
from inkling.ui.shared import chart, phrases, resources

if TYPE_CHECKING:
    from inkling.reports.comparison import OperatingPoint, Predictions
    from inkling.reports.schema import Report

# Percent of the digits that are answered before the user moves the slider.
DEFAULT_COVERAGE = 98.0
# Session key: the kinds of negatives added to the histogram.
NEGATIVE_KINDS = "negative-kinds"


def section(report: Report) -> None:
    """Show a threshold to choose, the reliability diagram, confidences, and negatives."""
    predictions = digit_images.predictions_or_message(report)
    if predictions is not None:
        _threshold(report, predictions)
    left, right = st.columns(2, gap="medium")
    with left:
        _reliability(report)
    with right:
        _histogram(report, predictions)
    _negatives(report)


def _threshold(report: Report, predictions: Predictions) -> None:
    """Let the user choose how many digits to answer, and show the errors that remain."""
    from inkling.reports import comparison

    st.subheader("Answer only when sure", anchor=False)
    percent = st.slider(
        "Share of the digits to answer (%)",
        min_value=50.0,
        max_value=100.0,
        value=DEFAULT_COVERAGE,
        step=0.1,
        format="%.1f",
        key="coverage",
        help="The fewer digits the model has to answer, the fewer of its answers are wrong. The "
        "rest is left to a person.",
    )
    chosen = comparison.at_coverage(predictions, percent / 100)
    with st.grid(3, min_column_width=150):
        st.metric("Answered", phrases.percent(chosen.coverage, 1), border=True)
        st.metric("Wrong", _error_rate(chosen), border=True)
        st.metric("Minimum confidence", phrases.percent(chosen.threshold, 2), border=True)
    st.markdown(_sentence(chosen))
    curve = comparison.risk_coverage_curve(predictions)
    chart.show(
        calibration.risk_coverage(curve, chosen),
        key=f"risk-{report.name}",
        alt=f"Errors by the share of the digits that is answered. {_sentence(chosen)}",
        rows=lambda: [_point_row(point) for point in curve],
        name=f"{report.name}-threshold",
    )
    _sure_by_label(report, predictions)


def _sure_by_label(report: Report, predictions: Predictions) -> None:
    """From which confidence on the app calls an answer sure, and how often that is right."""
    from inkling.reports import comparison

    points = comparison.sure_by_label(report, predictions)
    n = sum(point.n for point in points)
    covered = phrases.percent(sum(point.answered for point in points) / max(1, n), 1)
    wrong = phrases.plural(sum(point.wrong for point in points), "error")
    thresholds = [point.threshold for point in points]
    low, high = phrases.percent(min(thresholds), 1), phrases.percent(max(thresholds), 1)
    limits = low if low == high else f"{low} to {high}, depending on the digit"
    st.caption(
        f"Measured on the {n:,} test digits. The app calls an answer sure if its confidence is at "
        f"least {limits}. That covers {covered} of these digits, with {wrong}."
    )
    with st.expander("Sure answers, digit by digit"):
        st.dataframe(
            [
                {
                    "Digit": label,
                    "Sure from": phrases.percent(point.threshold, 1),
                    "Sure": phrases.percent(point.coverage, 1),
                    "Wrong": point.wrong,
                }
                for label, point in zip(report.labels, points, strict=True)
            ],
            hide_index=True,
            alt="Sure answers, digit by digit",
        )


def _point_row(point: OperatingPoint) -> dict[str, float]:
    """An operating point, for download."""
    return {
        "minimum confidence": point.threshold,
        "answered": point.answered,
        "of": point.n,
        "wrong": point.wrong,
    }


def _error_rate(point: OperatingPoint) -> str:
    return f"1 in {round(point.answered / point.wrong):,}" if point.wrong else "none"


def _sentence(point: OperatingPoint) -> str:
    """What an operating point means."""
    if point.error is None:
        return "The model answers nothing."
    result = f"is wrong in {_error_rate(point)} answers" if point.wrong else "makes no errors"
    return (
        f"The model answers {point.answered:,} of {point.n:,} digits and {result} "
        f"({phrases.plural(point.wrong, 'error')}; with 95 % confidence, the error rate is "
        f"{phrases.interval(point.error)})."
    )


def _reliability(report: Report) -> None:
    diagrams = report.calibration.reliability
    if not diagrams:
        st.info("This report has no reliability diagram.", icon=":material/info:")
        return
    errors = ", ".join(f"{one.data} {phrases.percent(one.ece, 2)}" for one in diagrams)
    chart.show(
        calibration.reliability(diagrams),
        key=f"reliability-{report.name}",
        alt=f"Accuracy by confidence. Expected calibration error: {errors}",
        rows=lambda: [
            {
                "data": diagram.data,
                "confidence from": one.low,
                "to": one.high,
                "answers": one.n,
                "mean confidence": one.confidence,
                "accuracy": one.accuracy,
            }
            for diagram in diagrams
            for one in diagram.bins
        ],
        name=f"{report.name}-reliability",
    )
    st.caption(
        "Above the dotted line, answers are right more often than their confidence says; below, "
        f"less often. Expected calibration error: {errors}. Bars are 95 % intervals; small points "
        "stand for few answers."
    )


def _histogram(report: Report, predictions: Predictions | None) -> None:
    """Show how confident right and wrong answers are, and those to negatives if wanted."""
    from inkling.reports import comparison
    from inkling.reports.files import ReportError

    counts = {}
    if predictions is not None:
        for kind, rows in (("right", predictions.correct), ("wrong", ~predictions.correct)):
            counts[kind] = comparison.confidence_histogram(predictions.confidence[rows])
    try:
        stored = resources.robustness(report.name).histograms
    except ReportError:
        stored = []
    negatives = {row.kind: row.counts for row in stored if row.kind not in ("right", "wrong")}
    shown = [kind for kind in st.session_state.get(NEGATIVE_KINDS) or [] if kind in negatives]
    counts |= {sentences.negatives_title(kind): negatives[kind] for kind in shown}
    if not counts:
        st.info("This report has no confidences.", icon=":material/info:")
        return
    chart.show(
        calibration.histogram(counts),
        key=f"histogram-{report.name}-{'-'.join(shown)}",
        alt=f"How confident answers are: {', '.join(counts)}",
        rows=lambda: [
            {"kind": kind, "confidence from": k / len(row), "to": (k + 1) / len(row), "answers": n}
            for kind, row in counts.items()
            for k, n in enumerate(row)
        ],
        name=f"{report.name}-confidence",
    )
    if negatives:
        st.pills(
            "Add what is not a digit",
            list(negatives),
            selection_mode="multi",
            format_func=sentences.negatives_title,
            key=NEGATIVE_KINDS,
            wrap=True,
        )


def _negatives(report: Report) -> None:
    """Show how many glyphs that are not digits were accepted as one."""
    if not report.rejections:
        return
    st.subheader("Not a digit", anchor=False)
    st.dataframe(
        tables.rejection_rows(report),
        hide_index=True,
        alt="How many letters, signs, scribbles and the like were accepted as a digit",
    )
    chart.download(
        lambda: tables.rejection_rows(report), f"{report.name}-negatives", "negatives-data"
    )
    st.caption(
        "None of these should be accepted as a digit. Most of those that are get an unsure answer, "
        "and the app marks unsure answers in drawings and photos."
    )
