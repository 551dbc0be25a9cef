"""The search for better settings: Optuna's trials, each a whole training.

    search = tune(settings, 20, folder)            # twenty more trials
    print(search.best)

A study is kept in a database and continues where it stopped, even after kill -9. By default that is
an SQLite file, for one machine. With a PostgreSQL URL any number of machines run the same command
and search together: each trial learns from what all of them have found.

The search minimises the log loss on the validation split after temperature scaling. The calibration
stage of a run does the scaling anyway, so settings that only make a network more or less confident
gain nothing. The test split is not used.
"""

from __future__ import annotations

import math
import sys
import tempfile
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import keras
import numpy as np
import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution
from optuna.trial import TrialState

from inkling.training import networks
from inkling.training.augment.config import AUGMENTATIONS
from inkling.training.data import datasets
from inkling.training.data.batches import SplitDataset, prepare, validation_digits
from inkling.training.data.formats import Labels
from inkling.training.evaluate.probabilities import Probabilities, predict
from inkling.training.evaluate.temperature import fit_temperature, temper
from inkling.training.settings import Schedule, Settings, SettingsError, check
from inkling.training.trainer import fit
from inkling.training.tuning.report import Search, save, summary
from inkling.training.tuning.study import (
    STARTUP_TRIALS,
    open_study,
    storage_errors,
    storage_url,
)

# The settings that can be searched, and their ranges. All others are as given.
SPACE: dict[str, BaseDistribution] = {
    "learning_rate": FloatDistribution(2e-4, 2e-2, log=True),
    "batch_size": CategoricalDistribution((64, 128, 256)),
    "label_smoothing": FloatDistribution(0.0, 0.15, step=0.01),
    "augmentation": CategoricalDistribution(tuple(AUGMENTATIONS)),
    "schedule": CategoricalDistribution(get_args(Schedule)),
}


def tune(
    settings: Settings,
    trials: int,
    folder: Path,
    *,
    study: str = "",
    storage: str = "",
    fixed: Collection[str] = (),
) -> Search:
    """Run trials, then write `report.json` and `report.html` into `folder/<study>/`.

    The first trial of a study is `settings` itself, so a search never ends worse than it began.
    Each trial depends only on the seed, its number and the trials that finished before it.

    Args:
        settings: what each trial starts from, with its budget (`epochs`, `limit`).
        trials: the number of trials to run; 0 only writes the report.
        folder: of all studies.
        study: its name and the name of its folder; "" for the settings' name.
        storage: the URL of the database; "" for SQLite in the study's folder.
        fixed: settings of `SPACE` not to search.

    Returns:
        What all machines have found so far.

    Raises:
        SettingsError: nothing to search, a bad name or URL, a database that does not answer, or a
            study that was started with other settings. No message contains the URL's password.
        DatasetError: a data set is not available.
        KeyboardInterrupt: Ctrl-C. The report is written, and the next search starts with the trial
            that was interrupted.
    """
    check(settings)
    study = study or settings.name
    if Path(study).name != study:
        raise SettingsError(
            f"“{study}” cannot name a study, because no folder can have it", "study"
        )
    study_folder = folder / study
    url = storage_url(storage or f"sqlite:///{study_folder / 'study.db'}")
    space = _search_space(settings, fixed)
    # Optuna logs every trial itself, in more words.
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    # Fails now if there is no such network.
    networks.build(settings.network)
    sets = prepare(settings) if trials else []
    study_folder.mkdir(parents=True, exist_ok=True)
    with storage_errors(url):
        opened = open_study(study, url, settings, space)
        try:
            for _ in range(trials):
                opened.optimize(_Objective(settings, sets, space), 1, callbacks=[_print_trial])
                # What TensorFlow compiled for one trial is of no use to the next.
                keras.utils.clear_session()
        except KeyboardInterrupt:
            _write(opened, settings, study_folder)
            raise
        return _write(opened, settings, study_folder)


def trial_settings(settings: Settings, params: dict[str, Any]) -> Settings:
    """The settings of a trial: those given, and what Optuna suggests, rounded to three digits.

    The name differs, so that a model trained with them does not replace the one searched from.
    """
    rounded: dict[str, Any] = {
        name: float(f"{value:.3g}") if isinstance(value, float) else value
        for name, value in params.items()
    }
    return replace(settings, name=f"{settings.name}-tuned", **rounded)


def calibrated_loss(p: Probabilities, y: Labels, labels: int) -> float:
    """The log loss after temperature scaling, in nats.

    Args:
        p: float32 (n, outputs); an output after the labels is spread over them.
        y: uint8 (n,).
        labels: the number of labels.
    """
    tempered = temper(p, fit_temperature(p, y)).astype(np.float64)
    spread = tempered[:, :labels] + tempered[:, labels:].sum(axis=1, keepdims=True) / labels
    return float(-np.log(np.maximum(spread[np.arange(len(y)), y], 1e-30)).mean())


def _search_space(settings: Settings, fixed: Collection[str]) -> dict[str, BaseDistribution]:
    """The part of `SPACE` to search, by name in sorted order."""
    without_effect = {"label_smoothing"} if settings.loss == "sparse" else set()
    searched = sorted(set(SPACE) - set(fixed) - without_effect)
    if not searched:
        raise SettingsError("every setting that can be searched is given, so none is left")
    return {name: SPACE[name] for name in searched}


def _write(study: optuna.Study, settings: Settings, folder: Path) -> Search:
    search = summary(study, lambda params: trial_settings(settings, params))
    save(search, study, folder)
    return search


class _Objective:
    """One trial: suggest settings, train, and measure on validation data."""

    def __init__(
        self, settings: Settings, sets: list[SplitDataset], space: dict[str, BaseDistribution]
    ) -> None:
        self._settings = settings
        self._sets = sets
        self._space = space

    def __call__(self, trial: optuna.Trial) -> float:
        # Seeded by the trial's number, so that a resumed study continues as if unbroken, and
        # machines that start together try different settings.
        seed = np.random.SeedSequence([self._settings.seed, trial.number]).generate_state(1)
        sampler = optuna.samplers.TPESampler(n_startup_trials=STARTUP_TRIALS, seed=int(seed[0]))
        trial.study.sampler = sampler
        params = {name: _suggest(trial, name, where) for name, where in self._space.items()}
        settings = trial_settings(self._settings, params)
        labels = len(datasets.get(settings.datasets[0]).labels)
        monitor = _TrialMonitor(trial, self._sets, labels)
        try:
            with tempfile.TemporaryDirectory() as folder:
                _, history = fit(settings, self._sets, Path(folder), verbose=0, callbacks=[monitor])
        except KeyboardInterrupt:
            trial.study.enqueue_trial(params)
            raise
        if monitor.is_pruned:
            raise optuna.TrialPruned
        best = min(history, key=lambda epoch: epoch.val_loss)
        return monitor.losses[best.epoch - 1]


def _suggest(trial: optuna.Trial, name: str, where: BaseDistribution) -> Any:
    if isinstance(where, CategoricalDistribution):
        return trial.suggest_categorical(name, where.choices)
    assert isinstance(where, FloatDistribution)
    return trial.suggest_float(name, where.low, where.high, step=where.step, log=where.log)


class _TrialMonitor(keras.callbacks.Callback):  # type: ignore[misc]
    """Measures after every epoch, and ends a trial that is worse than the others' median."""

    def __init__(self, trial: optuna.Trial, sets: list[SplitDataset], labels: int) -> None:
        super().__init__()
        self._trial = trial
        self._labels = labels
        self._x, self._y = validation_digits(sets)
        self.losses: list[float] = []
        self.is_pruned = False

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        p = predict(self.model, self._x)
        loss = calibrated_loss(p, self._y, self._labels)
        self.losses.append(loss)
        self._trial.report(loss, epoch + 1)
        if not math.isfinite(loss) or self._trial.should_prune():
            self.is_pruned = True
            self.model.stop_training = True


def _print_trial(study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:
    """Print a line on stderr for a trial that has ended."""
    params = ", ".join(
        f"{name.replace('_', ' ')} {_short(value)}" for name, value in trial.params.items()
    )
    if trial.state == TrialState.COMPLETE:
        outcome = f"loss {trial.value:.4f}, best {study.best_value:.4f}"
    else:
        outcome = f"cut short after {trial.last_step} epochs"
    print(f"Trial {trial.number}: {outcome} ({params})", file=sys.stderr)


def _short(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
