"""What a search has found: `report.json`, typed, and `report.html` with Optuna's own plots."""

from __future__ import annotations

import shlex
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

import msgspec
import optuna
import plotly.graph_objects as go
from optuna import visualization
from optuna.trial import FrozenTrial, TrialState

from inkling.training.settings import Settings, arguments

SCHEMA = 1
REPORT_FILE, PLOTS_FILE = "report.json", "report.html"
# Optuna's states in words for people.
STATES = {
    TrialState.COMPLETE: "whole",
    TrialState.PRUNED: "cut short",
    TrialState.FAIL: "failed",
    TrialState.RUNNING: "running",
    TrialState.WAITING: "waiting",
}
STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
pre { background: #eef2fa; padding: 0.75rem; white-space: pre-wrap; }
.table { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { padding: 0.2rem 0.8rem 0.2rem 0; text-align: left; border-bottom: 1px solid #dde3ef; }
"""


class TrialResult(msgspec.Struct, frozen=True):
    """One trial.

    Attributes:
        number: from 0, over all machines.
        state: "whole", "cut short", "failed", "running" or "waiting".
        loss: validation log loss in nats, calibrated, of the epoch that would be kept; None where
            there is none. What was cut short has its last epoch's.
        losses: the same after each epoch.
        seconds: from its start to its end; None for what has not ended.
        settings: those of its own, as used.
    """

    number: int
    state: str
    loss: float | None
    losses: list[float]
    seconds: float | None
    settings: dict[str, Any]


class Search(msgspec.Struct, frozen=True):
    """All of a study's `report.json`.

    Attributes:
        best: the settings to train with: all of `Settings`; None before a trial is whole.
        command: the command line that does it; "" before.
        importances: part of the differences in loss that each setting explains (Watanabe, Bansal
            and Hutter, PED-ANOVA, 2023); empty before there are enough trials.
    """

    schema: int
    study: str
    created: str
    best: dict[str, Any] | None
    best_trial: int | None
    best_loss: float | None
    command: str
    importances: dict[str, float]
    trials: list[TrialResult]


def summary(study: optuna.Study, chosen: Callable[[dict[str, Any]], Settings]) -> Search:
    """A study as data; `chosen` makes a trial's settings of what Optuna suggested."""
    trials = study.get_trials(deepcopy=False)
    whole = [trial for trial in trials if trial.state == TrialState.COMPLETE]
    best = study.best_trial if whole else None
    settings = chosen(best.params) if best else None
    return Search(
        schema=SCHEMA,
        study=study.study_name,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        best=settings.as_dict() if settings else None,
        best_trial=best.number if best else None,
        best_loss=best.value if best else None,
        command=command(settings) if settings else "",
        importances=_importances(study),
        trials=[_result(trial, chosen) for trial in trials],
    )


def command(settings: Settings) -> str:
    """The line that trains with these settings, as a shell takes it."""
    return shlex.join(["python", "train_model.py", *arguments(settings)])


def _result(trial: FrozenTrial, chosen: Callable[[dict[str, Any]], Settings]) -> TrialResult:
    used = chosen(trial.params).as_dict()
    steps = trial.intermediate_values
    return TrialResult(
        number=trial.number,
        state=STATES[trial.state],
        loss=trial.value,
        losses=[steps[step] for step in sorted(steps)],
        seconds=trial.duration.total_seconds() if trial.duration else None,
        settings={name: used[name] for name in trial.params},
    )


def _importances(study: optuna.Study) -> dict[str, float]:
    try:
        with warnings.catch_warnings():
            # With too few trials, or none that differ, it warns and calls all alike important.
            warnings.simplefilter("error", UserWarning)
            found = optuna.importance.get_param_importances(study)
    except (RuntimeError, UserWarning, ValueError):
        return {}
    return {name: float(value) for name, value in found.items()}


def save(search: Search, study: optuna.Study, folder: Path) -> None:
    """Write both files into `folder`, each whole or not at all."""
    data = msgspec.json.format(msgspec.json.encode(search), indent=1) + b"\n"
    for name, content in ((REPORT_FILE, data), (PLOTS_FILE, page(search, study).encode())):
        draft = folder / f"{name}.tmp"
        draft.write_bytes(content)
        draft.replace(folder / name)


def load(folder: Path) -> Search:
    """What `save` wrote.

    Raises:
        OSError: there is none.
        msgspec.DecodeError: it is damaged.
    """
    return msgspec.json.decode((folder / REPORT_FILE).read_bytes(), type=Search)


def page(search: Search, study: optuna.Study) -> str:
    """The plots on one page of HTML that needs nothing from the net."""
    counts = [
        f"{sum(trial.state == state for trial in search.trials)} {state}"
        for state in STATES.values()
        if any(trial.state == state for trial in search.trials)
    ]
    parts = [f"<h1>Search “{escape(search.study)}”</h1>", f"<p>Trials: {', '.join(counts)}.</p>"]
    if search.best_loss is not None:
        parts += [
            f"<p>Lowest validation loss {search.best_loss:.4f}, trial {search.best_trial}. "
            "This trains with its settings:</p>",
            f"<pre>{escape(search.command)}</pre>",
        ]
    figures = _figures(search, study) if search.best_loss is not None else []
    for number, figure in enumerate(figures):
        # The library itself once, in the first figure.
        parts.append(figure.to_html(full_html=False, include_plotlyjs=number == 0))
    parts.append(_table(search))
    body = "\n".join(parts)
    title = f"Search “{escape(search.study)}”"
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
    )


def _figures(search: Search, study: optuna.Study) -> list[go.Figure]:
    loss = "validation loss"
    history = visualization.plot_optimization_history(study, target_name=loss)
    epochs = visualization.plot_intermediate_values(study)
    epochs.update_layout(xaxis_title="epoch", yaxis_title=loss)
    together = visualization.plot_parallel_coordinate(study, target_name=loss)
    figures = {"Loss of every trial": history, "Loss after every epoch": epochs}
    if search.importances:
        mattered = visualization.plot_param_importances(study)
        mattered.update_layout(xaxis_title="part of the differences in loss", yaxis_title="")
        figures["What mattered"] = mattered
    figures["All settings together"] = together
    for title, figure in figures.items():
        figure.update_layout(title=title)
    return list(figures.values())


def _table(search: Search) -> str:
    names = sorted({name for trial in search.trials for name in trial.settings})
    heads = ["trial", "state", "loss", *(name.replace("_", " ") for name in names)]
    rows = [
        [
            str(trial.number),
            trial.state,
            "" if trial.loss is None else f"{trial.loss:.4f}",
            *(str(trial.settings.get(name, "")) for name in names),
        ]
        for trial in search.trials
    ]
    head = "".join(f"<th>{escape(text)}</th>" for text in heads)
    body = "\n".join(
        "<tr>" + "".join(f"<td>{escape(text)}</td>" for text in row) + "</tr>" for row in rows
    )
    return f'<h2>All trials</h2><div class="table"><table><tr>{head}</tr>\n{body}</table></div>'
