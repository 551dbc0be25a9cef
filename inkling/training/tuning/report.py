"""The result of a search: `report.json`, typed, and `report.html` with Optuna's plots."""

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

from inkling.paths import write_atomically
from inkling.training.settings import Settings, arguments

SCHEMA = 1
REPORT_FILE, PLOTS_FILE = "report.json", "report.html"
# Optuna's states in plain words, as they are stored and shown.
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
        state: "whole" for a complete one, "cut short", "failed", "running" or "waiting".
        loss: calibrated validation log loss in nats, of the best epoch, or of the last one if the
            trial was cut short; None without one.
        losses: the same after each epoch.
        seconds: from start to end; None if it has not ended.
        settings: those that were searched, as used.
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
        best: the best settings, all of them; None before a trial is complete.
        command: the command line that trains with them; "" before.
        importances: the part of the variance of the loss that each setting explains (PED-ANOVA:
            Watanabe, Bansal and Hutter, 2023); empty if there are too few trials.
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


def summary(study: optuna.Study, settings_of: Callable[[dict[str, Any]], Settings]) -> Search:
    """A study as data; `settings_of` maps what Optuna suggested to a trial's settings."""
    trials = study.get_trials(deepcopy=False)
    is_any_complete = any(trial.state == TrialState.COMPLETE for trial in trials)
    best = study.best_trial if is_any_complete else None
    settings = settings_of(best.params) if best else None
    return Search(
        schema=SCHEMA,
        study=study.study_name,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        best=settings.as_dict() if settings else None,
        best_trial=best.number if best else None,
        best_loss=best.value if best else None,
        command=command(settings) if settings else "",
        importances=_importances(study),
        trials=[_result(trial, settings_of) for trial in trials],
    )


def command(settings: Settings) -> str:
    """The command that trains with these settings, quoted for a shell."""
    return shlex.join(["python", "train_model.py", *arguments(settings)])


def _result(trial: FrozenTrial, settings_of: Callable[[dict[str, Any]], Settings]) -> TrialResult:
    used = settings_of(trial.params).as_dict()
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
            # With too few trials, or equal ones, it warns and calls all equally important.
            warnings.simplefilter("error", UserWarning)
            importances = optuna.importance.get_param_importances(study)
    except (RuntimeError, UserWarning, ValueError):
        return {}
    return {name: float(value) for name, value in importances.items()}


def save(search: Search, study: optuna.Study, folder: Path) -> None:
    """Write both files into a study's folder."""
    data = msgspec.json.format(msgspec.json.encode(search), indent=1) + b"\n"
    write_atomically(folder / REPORT_FILE, data)
    write_atomically(folder / PLOTS_FILE, page(search, study).encode())


def load(folder: Path) -> Search:
    """Load the `report.json` of a study's folder.

    Raises:
        OSError: there is none.
        msgspec.DecodeError: it is damaged.
    """
    return msgspec.json.decode((folder / REPORT_FILE).read_bytes(), type=Search)


def page(search: Search, study: optuna.Study) -> str:
    """The plots as one page of HTML that needs no network connection."""
    counts = [
        f"{sum(trial.state == state for trial in search.trials)} {state}"
        for state in STATES.values()
        if any(trial.state == state for trial in search.trials)
    ]
    parts = [f"<h1>Search “{escape(search.study)}”</h1>", f"<p>Trials: {', '.join(counts)}.</p>"]
    if search.best_loss is not None:
        parts += [
            f"<p>Lowest validation loss {search.best_loss:.4f}, trial {search.best_trial}. "
            "To train with its settings:</p>",
            f"<pre>{escape(search.command)}</pre>",
        ]
    figures = _figures(search, study) if search.best_loss is not None else []
    for number, figure in enumerate(figures):
        # The first figure contains the plotting library for all of them.
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
    parallel = visualization.plot_parallel_coordinate(study, target_name=loss)
    figures = {"Loss of every trial": history, "Loss after every epoch": epochs}
    if search.importances:
        importances = visualization.plot_param_importances(study)
        importances.update_layout(xaxis_title="part of the variance of the loss", yaxis_title="")
        figures["Importance of each setting"] = importances
    figures["All settings together"] = parallel
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
