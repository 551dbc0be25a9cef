"""Sentences about a report, as the Insights page shows them. Nothing is measured here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inkling.ui.shared.phrases import day, duration, percent, plural, with_article

if TYPE_CHECKING:
    from inkling.reports.comparison import McNemar
    from inkling.reports.schema import Report

# The largest p-value that counts as a real difference.
SIGNIFICANCE = 0.05
# Names in reports that say something else on their own.
NEGATIVES_TITLES = {"rules": "ruling lines", "cuts": "wrong cuts"}
DATA_SET_TITLES = {"strangers": "negatives"}


def negatives_title(kind: str) -> str:
    """What a stored kind of negatives is called on the page."""
    return NEGATIVES_TITLES.get(kind, kind)


def data_set_title(name: str) -> str:
    """What a stored data set is called on the page."""
    return DATA_SET_TITLES.get(name, name)


def facts(report: Report) -> str:
    """How a model was trained."""
    sets = ", ".join(f"{data_set_title(use.name)} ({use.n:,} images)" for use in report.datasets)
    timing = report.timing
    return (
        f"Trained on {day(report.created)} with {sets or 'no named data set'}: "
        f"{plural(timing.epochs, 'epoch')} in {duration(timing.training_seconds)}; the weights are "
        f"those of epoch {timing.best_epoch}. Network “{report.network}”, seed {report.seed}."
    )


def attributions(report: Report) -> list[str]:
    """The attributions that the data sets' licences ask for."""
    return [
        f"{data_set_title(use.name)}: {use.attribution.rstrip('.')}. Licence: {use.licence}."
        for use in report.datasets
    ]


def loss_note(report: Report) -> str:
    """Why the training loss stays far above 0; empty where it does not."""
    reasons = []
    if report.settings.get("label_smoothing"):
        reasons.append("the targets use label smoothing")
    if report.settings.get("strangers") not in (None, False, "none"):
        reasons.append("it includes negatives such as letters and scribbles")
    if not reasons:
        return ""
    return f" The training loss stays well above 0 because {', and because '.join(reasons)}."


def common_confusions(report: Report, most: int = 3) -> str:
    """The most frequent errors; empty when there are none."""
    labels = report.labels
    pairs = sorted(
        (
            (count, labels[i], labels[j])
            for i, row in enumerate(report.confusion)
            for j, count in enumerate(row)
            if i != j and count
        ),
        reverse=True,
    )[:most]
    named = [f"{with_article(true)} read as {read} ({count})" for count, true, read in pairs]
    return f"The most frequent errors: {', '.join(named)}." if named else ""


def mcnemar_sentence(ours: str, theirs: str, result: McNemar) -> str:
    """The result of McNemar's test of two models, named `ours` and `theirs`."""
    if not result.only_a_right + result.only_b_right:
        return f"**{ours}** and **{theirs}** are right and wrong on the same digits."
    counts = (
        f"Only **{ours}** is right on {result.only_a_right:,} digits, only **{theirs}** on "
        f"{result.only_b_right:,}."
    )
    if result.p_value < SIGNIFICANCE:
        chance = "in under 0.1 %" if result.p_value < 0.001 else f"in {percent(result.p_value, 1)}"
        verdict = "This is unlikely to be chance"
    else:
        chance = f"in {percent(result.p_value)}"
        verdict = "This may be chance"
    return (
        f"{counts} {verdict}: two equally good models would differ at least this much {chance} "
        "of such tests (McNemar)."
    )
