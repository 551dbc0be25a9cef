"""How well a model reads other people's handwriting, and corrupted and distorted digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from inkling.ui.insights import measure_here, tables
from inkling.ui.insights.charts import models, robustness
from inkling.ui.shared import chart, images, phrases, resources

if TYPE_CHECKING:
    from inkling.imaging.pixels import Pixels
    from inkling.reports.robustness import CorruptionResult, Robustness
    from inkling.reports.schema import Report

# The model whose mean corruption error is 100 by definition.
BASELINE = "keras-io"
# The test digit that shows what each corruption does: a two of MNIST.
EXAMPLE_INDEX = 1


def section(report: Report) -> None:
    """Show results on other people's handwriting, then on corruptions and distortions."""
    _handwriting(report)
    measured = measure_here.robustness_or_offer(report.name)
    if measured is None:
        return
    _corruptions(report, measured)
    _examples(report, measured)
    _distortions(report, measured)


def _handwriting(report: Report) -> None:
    results = [*report.others, *report.variants]
    if not results:
        st.info(
            "This model was measured on its own test set only. Short trainings skip other people's "
            "handwriting.",
            icon=":material/info:",
        )
        return
    st.subheader("Other people's handwriting", anchor=False)
    chart.show(
        models.accuracies(
            [f"{result.dataset} ({result.n:,})" for result in results],
            [result.accuracy for result in results],
        ),
        key=f"people-{report.name}",
        alt="Accuracy on other people's handwriting: "
        + ", ".join(f"{one.dataset} {phrases.percent(one.accuracy.value, 1)}" for one in results),
        rows=lambda: tables.split_rows(report),
        name=f"{report.name}-people",
    )
    st.caption(
        "Digits by writers who are not in the training data, and digits written in other ways."
    )


def _corruptions(report: Report, measured: Robustness) -> None:
    rows = measured.corruptions
    names = {row.corruption for row in rows}
    st.subheader("Noise, blur, tilt, light and dirt", anchor=False)
    st.markdown(_mean_corruption_error(measured))
    chart.show(
        robustness.corruptions(rows),
        key=f"corruptions-{report.name}",
        alt=f"Errors in percent under {len(names)} corruptions at up to five severities",
        rows=lambda: [
            {
                "corruption": row.corruption,
                "severity": row.severity or "single",
                "digits": row.n,
                "errors": row.errors,
                "published": "yes" if row.published else "",
            }
            for row in rows
        ],
        name=f"{report.name}-corruptions",
    )
    counts = sorted({row.n for row in rows})
    singles = sum(row.severity == 0 for row in rows)
    st.caption(
        "Errors in percent on MNIST-C (Mu and Gilmer, 2019), generated again from the paper. The "
        f"published severity was measured on all {max(counts):,} test digits, the others on the "
        f"first {min(counts):,}. Corruptions with a single strength: {singles}."
    )


def _mean_corruption_error(measured: Robustness) -> str:
    """The mean corruption error in words; empty if it cannot be computed."""
    from inkling.reports.files import ReportError
    from inkling.reports.robustness import mean_corruption_error

    try:
        value = mean_corruption_error(measured, resources.robustness(BASELINE))
    except (ReportError, ValueError):
        return ""
    if measured.name == BASELINE:
        return "Other models are compared with this one: its mean corruption error is 100."
    return (
        f"Mean corruption error: **{value:.0f}**. The network of keras.io has 100; lower is better."
    )


def _examples(report: Report, measured: Robustness) -> None:
    """Show one digit under the corruption that the user chooses."""
    from inkling.reports import test_set
    from inkling.reports.files import ReportError

    names = list(dict.fromkeys(row.corruption for row in measured.corruptions))
    chosen = st.selectbox(
        "Example",
        names,
        format_func=lambda name: name.replace("_", " ").capitalize(),
        key="corruption",
        width=240,
    )
    try:
        digit = test_set.load_test_images(report)[EXAMPLE_INDEX]
    except ReportError as problem:
        st.caption(phrases.report_problem(problem))
        return
    rows = [row for row in measured.corruptions if row.corruption == chosen]
    with st.grid("auto", min_column_width=110, gap="small"):
        _example(digit, "Original", "The original digit")
        for row in rows:
            name = f"Severity {row.severity}" if row.severity else "Single strength"
            error = phrases.percent(row.errors / row.n, 1)
            caption = f"**{name}**  \n{error} wrong"
            _example(_corrupted(digit, row), caption, f"{chosen}, {name}: {error} wrong")


def _example(pixels: Pixels, caption: str, alt: str) -> None:
    st.image(images.glyph_png(pixels, 6), caption=caption, alt=alt, width="stretch")


def _corrupted(digit: Pixels, row: CorruptionResult) -> Pixels:
    """A digit under the corruption of a result."""
    import numpy as np

    from inkling.imaging.corruptions import corrupt

    rng = np.random.default_rng(0)
    corrupted: Pixels = corrupt(digit[None], row.corruption, rng, row.severity)[0]
    return corrupted


def _distortions(report: Report, measured: Robustness) -> None:
    """Show accuracy by the strength of a distortion, for all models that were measured."""
    st.subheader("Rotation, size, thickness and more", anchor=False)
    kinds = [sweep.kind for sweep in measured.sweeps]
    if not kinds:
        st.caption("No distortions were measured for this model.")
        return
    kind = st.segmented_control(
        "Distortion",
        kinds,
        default=kinds[0],
        required=True,
        format_func=str.capitalize,
        key="sweep-kind",
        label_visibility="collapsed",
    )
    sweeps = {
        resources.model_title(name): sweep
        for name, one in ({report.name: measured} | resources.readable_robustness()).items()
        for sweep in one.sweeps
        if sweep.kind == kind
    }
    unit = next(iter(sweeps.values())).unit
    chart.show(
        robustness.sweeps(sweeps),
        key=f"sweep-{report.name}-{kind}",
        alt=f"Accuracy by {kind}, in {unit}, of {', '.join(sweeps)}",
        rows=lambda: [
            {"model": name, unit: point.value, "digits": point.n, "errors": point.errors}
            for name, sweep in sweeps.items()
            for point in sweep.points
        ],
        name=f"sweep-{kind}",
    )
    st.caption(
        f"The first {measured.sweeps[0].points[0].n:,} test digits, distorted as images of 28 by "
        "28 pixels. The app normalises every digit first, which would undo some of the distortion."
    )
