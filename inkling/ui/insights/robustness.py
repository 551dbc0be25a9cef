"""What becomes of a model's answers when digits are noisy, tilted, thick, or other people's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from inkling.ui.insights import tables
from inkling.ui.insights.charts import models, robustness
from inkling.ui.shared import chart, images, phrases, resources

if TYPE_CHECKING:
    from inkling.imaging.pixels import Pixels
    from inkling.reports.robustness import CorruptionResult, Robustness
    from inkling.reports.schema import Report

# Whom corruptions are measured against: 100 is as bad as it.
BASELINE = "keras-io"
# An example that shows what is done to it: a test digit of MNIST, a two.
EXAMPLE = 1


def section(report: Report) -> None:
    """Other people's handwriting, then corruptions and sweeps."""
    _people(report)
    depth = resources.robustness_or_sentence(report.name)
    if depth is None:
        return
    _corruptions(report, depth)
    _sweeps(report, depth)


def _people(report: Report) -> None:
    if not report.others and not report.variants:
        st.info(
            "This model was measured on the test set alone: other people's handwriting is left out "
            "of short trainings.",
            icon=":material/info:",
        )
        return
    st.subheader("Other people's handwriting", anchor=False)
    found = [*report.others, *report.variants]
    chart.show(
        models.accuracies(
            [f"{result.dataset} ({result.n:,})" for result in found],
            [result.accuracy for result in found],
        ),
        key=f"people-{report.name}",
        alt="Accuracy on other people's handwriting: "
        + ", ".join(f"{one.dataset} {phrases.percent(one.accuracy.value, 1)}" for one in found),
        rows=lambda: tables.split_rows(report),
        name=f"{report.name}-people",
    )
    st.caption("Digits of writers it was not trained on, and other ways to write a digit.")


def _corruptions(report: Report, depth: Robustness) -> None:
    st.subheader("Noise, blur, tilt, light and dirt", anchor=False)
    st.markdown(_mean_error(depth))
    chart.show(
        robustness.corruptions(depth.corruptions),
        key=f"corruptions-{report.name}",
        alt="Errors in percent of fifteen corruptions at up to five severities",
        rows=lambda: [
            {
                "corruption": row.corruption,
                "severity": row.severity or "one",
                "digits": row.n,
                "errors": row.errors,
                "published": "yes" if row.published else "",
            }
            for row in depth.corruptions
        ],
        name=f"{report.name}-corruptions",
    )
    counts = sorted({row.n for row in depth.corruptions})
    st.caption(
        "Errors in percent. MNIST-C (Mu and Gilmer, 2019), made anew from the paper; the severity "
        f"it was published with on all {max(counts):,} test digits, the others on the first "
        f"{min(counts):,}. Four corruptions have one strength only."
    )
    _examples(report, depth)


def _mean_error(depth: Robustness) -> str:
    from inkling.reports.files import ReportError
    from inkling.reports.robustness import mean_corruption_error

    try:
        value = mean_corruption_error(depth, resources.robustness(BASELINE))
    except (ReportError, ValueError):
        return ""
    if depth.name == BASELINE:
        return "Others are measured against this model: its mean corruption error is 100."
    return (
        f"Mean corruption error **{value:.0f}**, where the network of keras.io has 100: less is "
        "better."
    )


def _examples(report: Report, depth: Robustness) -> None:
    from inkling.reports import test_set
    from inkling.reports.files import ReportError

    names = list(dict.fromkeys(row.corruption for row in depth.corruptions))
    chosen = st.selectbox(
        "See one",
        names,
        format_func=lambda name: name.replace("_", " ").capitalize(),
        key="corruption",
        width=240,
    )
    try:
        digit = test_set.load_test_images(report)[EXAMPLE]
    except ReportError as problem:
        st.caption(phrases.report_problem(problem))
        return
    rows = [row for row in depth.corruptions if row.corruption == chosen]
    with st.grid("auto", min_column_width=110, gap="small"):
        _example(digit, "As it is", "The digit as it is")
        for row in rows:
            name = f"Severity {row.severity}" if row.severity else "One strength"
            error = phrases.percent(row.errors / row.n, 1)
            title = f"**{name}**  \n{error} wrong"
            _example(_corrupted(digit, row), title, f"{chosen}, {name}: {error} wrong")


def _example(pixels: Pixels, caption: str, alt: str) -> None:
    st.image(images.glyph_png(pixels, 6), caption=caption, alt=alt, width="stretch")


def _corrupted(digit: Pixels, row: CorruptionResult) -> Pixels:
    import numpy as np

    # OpenCV and numpy only, as they were measured with.
    from inkling.imaging.corruptions import corrupt

    rng = np.random.default_rng(0)
    corrupted: Pixels = corrupt(digit[None], row.corruption, rng, row.severity)[0]
    return corrupted


def _sweeps(report: Report, depth: Robustness) -> None:
    st.subheader("Turned, resized, thickened, shifted …", anchor=False)
    kinds = [sweep.kind for sweep in depth.sweeps]
    if not kinds:
        st.caption("This was not measured for this model.")
        return
    kind = st.segmented_control(
        "What is changed",
        kinds,
        default=kinds[0],
        required=True,
        format_func=str.capitalize,
        key="sweep-kind",
        label_visibility="collapsed",
    )
    found = {}
    mine = {report.name: depth}
    for name, one in (mine | resources.readable_robustness()).items():
        sweep = next((sweep for sweep in one.sweeps if sweep.kind == kind), None)
        if sweep is not None:
            found[resources.model_title(name)] = sweep
    unit = next(iter(found.values())).unit
    chart.show(
        robustness.sweeps(found),
        key=f"sweep-{report.name}-{kind}",
        alt=f"Accuracy by {kind}, in {unit}, of {', '.join(found)}",
        rows=lambda: [
            {"model": name, unit: point.value, "digits": point.n, "errors": point.errors}
            for name, sweep in found.items()
            for point in sweep.points
        ],
        name=f"sweep-{kind}",
    )
    st.caption(
        f"The first {depth.sweeps[0].points[0].n:,} test digits, changed after they were made 28 "
        "by 28: the app's own preparation would undo some of it."
    )
