"""Whether a model's confidence can be believed, and what answering only when sure comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from inkling.ui.insights import tables
from inkling.ui.insights.charts import calibration
from inkling.ui.shared import chart, phrases, resources

if TYPE_CHECKING:
    from inkling.reports.comparison import OperatingPoint, Predictions
    from inkling.reports.schema import Report


def section(report: Report) -> None:
    """A threshold to choose, the reliability diagram, confidences, and what is no digit."""
    found = tables.answered_or_sentence(report)
    if found is not None:
        _threshold(report, found)
    left, right = st.columns(2, gap="medium")
    with left:
        _reliability(report)
    with right:
        _histogram(report, found)
    _strangers(report)


def _threshold(report: Report, found: Predictions) -> None:
    from inkling.reports import comparison

    st.subheader("Answer only when sure", anchor=False)
    percent = st.slider(
        "Part of the digits it is to answer (%)",
        min_value=50.0,
        max_value=100.0,
        value=98.0,
        step=0.1,
        format="%.1f",
        key="coverage",
        help="The less it must answer, the surer it can be. A person looks at the rest.",
    )
    chosen = comparison.at_coverage(found, percent / 100)
    with st.grid(3, min_column_width=150):
        st.metric("Answers", phrases.percent(chosen.coverage, 1), border=True)
        st.metric("Wrong", _one_in(chosen), border=True)
        st.metric("From confidence", phrases.percent(chosen.threshold, 2), border=True)
    st.markdown(_sentence(chosen))
    curve = comparison.risk_coverage_curve(found)
    chart.show(
        calibration.risk(curve, chosen),
        key=f"risk-{report.name}",
        alt=f"Errors by the part of the digits that is answered. {_sentence(chosen)}",
        rows=lambda: [
            {
                "confidence from": kept.threshold,
                "answered": kept.answered,
                "of": kept.n,
                "wrong": kept.wrong,
            }
            for kept in curve
        ],
        name=f"{report.name}-threshold",
    )
    sure = comparison.at_threshold(found, report.calibration.sure)
    st.caption(
        f"On the {chosen.n:,} test digits. The app itself calls an answer sure from "
        f"{phrases.percent(report.calibration.sure, 1)} on: that is "
        f"{phrases.percent(sure.coverage, 1)} of them, with {sure.wrong:,} wrong."
    )


def _one_in(kept: OperatingPoint) -> str:
    return f"1 in {round(kept.answered / kept.wrong):,}" if kept.wrong else "none"


def _sentence(kept: OperatingPoint) -> str:
    if kept.error is None:
        return "It answers nothing."
    wrong = f"is wrong in {_one_in(kept)} answers" if kept.wrong else "makes no mistake"
    few = f"{100 * kept.error.low:.2f} to {100 * kept.error.high:.2f}\N{NO-BREAK SPACE}%"
    return (
        f"It answers {kept.answered:,} of {kept.n:,} and {wrong} ({kept.wrong:,} errors; with 95 % "
        f"confidence {few} of its answers on digits of this kind)."
    )


def _reliability(report: Report) -> None:
    found = report.calibration.reliability
    if not found:
        st.info("This report is from before reliability was measured.", icon=":material/info:")
        return
    errors = ", ".join(f"{one.data} {phrases.percent(one.ece, 2)}" for one in found)
    chart.show(
        calibration.reliability(found),
        key=f"reliability-{report.name}",
        alt=f"How often answers of some confidence are right. Calibration error: {errors}",
        rows=lambda: [
            {
                "data": one.data,
                "confidence from": bin_.low,
                "to": bin_.high,
                "answers": bin_.n,
                "mean confidence": bin_.confidence,
                "right": bin_.accuracy,
            }
            for one in found
            for bin_ in one.bins
        ],
        name=f"{report.name}-reliability",
    )
    st.caption(
        f"Above the dotted line it is better than it says, below worse. Expected calibration "
        f"error: {errors}. Bars are 95 % intervals; small points hold few answers."
    )


def _histogram(report: Report, found: Predictions | None) -> None:
    from inkling.reports import comparison
    from inkling.reports.files import ReportError

    counts = {}
    if found is not None:
        counts["right"] = comparison.confidence_histogram(found.confidence[found.correct])
        counts["wrong"] = comparison.confidence_histogram(found.confidence[~found.correct])
    try:
        strange = [
            row for row in resources.robustness(report.name).histograms if row.kind not in counts
        ]
    except ReportError:
        strange = []
    kinds = [row.kind for row in strange]
    key = "strange-kinds"
    shown = [kind for kind in st.session_state.get(key) or [] if kind in kinds]
    counts |= {row.kind: row.counts for row in strange if row.kind in shown}
    if not counts:
        st.info("No confidences are kept in this report.", icon=":material/info:")
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
    if kinds:
        st.pills("Add what is no digit", kinds, selection_mode="multi", key=key)


def _strangers(report: Report) -> None:
    if not report.rejections:
        return
    st.subheader("What is no digit", anchor=False)
    st.dataframe(
        tables.rejection_rows(report),
        hide_index=True,
        alt="How many letters, signs, scribbles and the like were taken for a digit",
    )
    chart.download(
        lambda: tables.rejection_rows(report), f"{report.name}-no-digits", "strangers-data"
    )
    st.caption(
        "None of these should be taken for a digit. What is taken for one is mostly unsure, and "
        "marked so when a drawing or a photo is read."
    )
