"""The search for better settings: Optuna's trials, each a whole training run.

    search = tune(settings, 20, folder)            # twenty trials more
    print(search.best)

A study is kept in a database and goes on where it was: after Ctrl-C, after kill -9, tomorrow. By
default that is an SQLite file for one machine. With a PostgreSQL URL any number of machines run the
same command and search together: each trial learns from what all of them have found.

What is searched for is the lowest log loss on the validation split, after the temperature that
`finish` will fit anyway, so that settings which only make a network bolder or shyer gain nothing.
The test split is not read here.
"""

from __future__ import annotations

import json
import math
import sys
import tempfile
import time
import warnings
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import keras
import numpy as np
import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    distribution_to_json,
)
from optuna.storages import RDBStorage, RetryHeartbeatStaleTrialCallback
from optuna.trial import TrialState
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from inkling.imaging.pixels import Pixels
from inkling.training import networks
from inkling.training.augment.config import BY_NAME
from inkling.training.data import datasets
from inkling.training.data.batches import Part, prepare
from inkling.training.data.formats import Labels
from inkling.training.evaluate.calibration import Probabilities, fit_temperature, temper
from inkling.training.evaluate.report import predict
from inkling.training.settings import Schedule, Settings
from inkling.training.trainer import fit
from inkling.training.tuning.report import Search, save, summary

# Seconds between a trial's signs of life, and without any until others take it for killed.
HEARTBEAT, GRACE = 15, 60
# A trial whose process was killed is tried again, but not for ever: it may be what kills it.
RETRIES = 3
# Trials before the search learns from them and before any is cut short.
FIRST = 8

# What is searched, and where. Everything else is the settings' own.
SPACE: dict[str, BaseDistribution] = {
    "learning_rate": FloatDistribution(2e-4, 2e-2, log=True),
    "batch_size": CategoricalDistribution((64, 128, 256)),
    "label_smoothing": FloatDistribution(0.0, 0.15, step=0.01),
    "augmentation": CategoricalDistribution(tuple(BY_NAME)),
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

    The first trial of a study is `settings` itself, so that no search ends worse than it began.
    Each trial depends on the seed, its number and the trials finished before it alone.

    Args:
        settings: what each trial starts from, its budget included (`epochs`, `limit`).
        trials: how many more; 0 only writes the report of those there are.
        folder: of all studies.
        study: its name, also its folder's; "" for the settings' name.
        storage: the database's URL; "" for SQLite in the study's folder.
        fixed: settings of `SPACE` that are not to be searched.

    Returns:
        What has been found so far, by all machines.

    Raises:
        ValueError: nothing to search, a bad name or URL, a database that does not answer, or a
            study that was begun with other settings; no message holds the URL's password.
        datasets.DatasetError: a data set is not to be had.
        KeyboardInterrupt: Ctrl-C; the report is written, and the trial begun will be done next.
    """
    study = study or settings.name
    if Path(study).name != study:
        raise ValueError(f"“{study}” cannot name a study: it is to be a folder's name")
    place = folder / study
    url = address(storage or f"sqlite:///{place / 'study.db'}")
    idle = {"label_smoothing"} if settings.loss == "sparse" else set()
    searched = sorted(set(SPACE) - set(fixed) - idle)
    if not searched:
        raise ValueError("nothing is left to search: every setting of the search is given")
    # Optuna's own log lines say less to people than ours.
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    networks.build(settings.network)
    parts = prepare(settings) if trials else []
    place.mkdir(parents=True, exist_ok=True)
    with answers(url):
        found = _open(study, url, settings, searched)
        try:
            for _ in range(trials):
                found.optimize(_Objective(settings, parts, searched), 1, callbacks=[_say])
                # What TensorFlow compiled for one trial is of no use to the next.
                keras.utils.clear_session()
        except KeyboardInterrupt:
            _write(found, settings, place)
            raise
        return _write(found, settings, place)


def _write(study: optuna.Study, settings: Settings, place: Path) -> Search:
    search = summary(study, lambda params: chosen(settings, params))
    save(search, study, place)
    return search


def chosen(settings: Settings, params: dict[str, Any]) -> Settings:
    """The settings of a trial: what Optuna suggests, with no more digits than people can type.

    Its own name keeps a model trained with it from replacing the one searched from.
    """
    rounded: dict[str, Any] = {
        key: float(f"{value:.3g}") if isinstance(value, float) else value
        for key, value in params.items()
    }
    return replace(settings, name=f"{settings.name}-tuned", **rounded)


def address(storage: str) -> URL:
    """A storage's URL, PostgreSQL's with the driver that is asked for here.

    Raises:
        ValueError: it is no database's URL, or its driver is not installed.
    """
    try:
        url = make_url(storage)
    except ArgumentError:
        url = URL.create("none")
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("sqlite", "postgresql+psycopg"):
        raise ValueError("the storage is to be sqlite:///FILE or postgresql://USER@HOST/DATABASE")
    try:
        url.get_dialect().import_dbapi()
    except ImportError:
        raise ValueError('PostgreSQL needs its driver: pip install "psycopg[binary]"') from None
    return url


@contextmanager
def answers(url: URL) -> Iterator[None]:
    """Turn a database's complaints into sentences without the password."""
    try:
        yield
    except (SQLAlchemyError, optuna.exceptions.StorageInternalError) as problem:
        cause = problem.__cause__ if isinstance(problem.__cause__, SQLAlchemyError) else problem
        said = str(getattr(cause, "orig", None) or cause).strip().splitlines()[0]
        if url.password:
            said = said.replace(str(url.password), "***")
        where = url.render_as_string(hide_password=True)
        raise ValueError(f"the storage {where} does not answer: {said}") from None


def _open(study: str, url: URL, settings: Settings, searched: list[str]) -> optuna.Study:
    """The study, begun or taken up."""
    storage = _storage(url)
    found = optuna.create_study(
        storage=storage,
        study_name=study,
        load_if_exists=True,
        # Early losses mislead where the rate has still to fall: a third is always run.
        pruner=optuna.pruners.MedianPruner(FIRST, n_warmup_steps=max(1, settings.epochs // 3)),
    )
    spaces = {name: distribution_to_json(SPACE[name]) for name in searched}
    begun = {"settings": _unsearched(settings, searched), "searched": spaces}
    if (there := found.user_attrs.get("begun")) is None:
        found.set_user_attr("begun", begun)
        start = {name: getattr(settings, name) for name in searched}
        inside = {name: value for name, value in start.items() if _holds(SPACE[name], value)}
        found.enqueue_trial(inside, skip_if_exists=True)
    elif _differing(there, begun):
        raise ValueError(
            f"the study “{study}” was begun with another {', '.join(_differing(there, begun))}: "
            "give the same, or another --study"
        )
    return found


def _storage(url: URL) -> RDBStorage:
    """The database, its tables made where there are none."""
    patient = {"connect_args": {"timeout": 60}} if url.get_backend_name() == "sqlite" else {}
    for last in (False, False, True):
        try:
            with warnings.catch_warnings():
                # The heartbeat has been called experimental since Optuna 2.
                warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
                return RDBStorage(
                    url.render_as_string(hide_password=False),
                    engine_kwargs={"pool_pre_ping": True, **patient},
                    heartbeat_interval=HEARTBEAT,
                    grace_period=GRACE,
                    heartbeat_stale_trial_callback=RetryHeartbeatStaleTrialCallback(RETRIES),
                )
        except SQLAlchemyError:
            if last:
                raise
            # Perhaps another machine that was started with this one is making the tables.
            time.sleep(1.0)
    raise AssertionError


def _holds(where: BaseDistribution, value: Any) -> bool:
    if isinstance(where, CategoricalDistribution):
        return value in where.choices
    assert isinstance(where, FloatDistribution)
    return bool(where.low <= value <= where.high)


def _unsearched(settings: Settings, searched: Collection[str]) -> dict[str, Any]:
    kept = {key: value for key, value in settings.as_dict().items() if key not in searched}
    del kept["name"]
    return dict(json.loads(json.dumps(kept)))


def _differing(there: dict[str, Any], begun: dict[str, Any]) -> list[str]:
    """The settings in which a study differs from what it was begun with."""
    spaces = set(there["searched"].items()) ^ set(begun["searched"].items())
    if spaces:
        return sorted({name for name, _ in spaces})
    # A study begun before a setting was added had its default.
    before = {**json.loads(json.dumps(Settings().as_dict())), **there["settings"]}
    return sorted(key for key, value in begun["settings"].items() if before[key] != value)


def calibrated_loss(p: Probabilities, y: Labels, labels: int) -> float:
    """Log loss in nats after the best temperature.

    Args:
        p: float32 (n, outputs); an output after the labels is shared out among them.
        y: uint8 (n,).
        labels: how many there are.
    """
    tempered = temper(p, fit_temperature(p, y)).astype(np.float64)
    spread = tempered[:, :labels] + tempered[:, labels:].sum(axis=1, keepdims=True) / labels
    return float(-np.log(np.maximum(spread[np.arange(len(y)), y], 1e-30)).mean())


class _Objective:
    """One trial: suggest, train, measure on validation data."""

    def __init__(self, settings: Settings, parts: list[Part], searched: list[str]) -> None:
        self._settings = settings
        self._parts = parts
        self._searched = searched

    def __call__(self, trial: optuna.Trial) -> float:
        # By number, so that a study taken up goes on as if it had never stopped, and machines that
        # start together do not all try the same.
        seed = np.random.SeedSequence([self._settings.seed, trial.number]).generate_state(1)
        trial.study.sampler = optuna.samplers.TPESampler(n_startup_trials=FIRST, seed=int(seed[0]))
        params = {name: _suggest(trial, name) for name in self._searched}
        settings = chosen(self._settings, params)
        labels = len(datasets.get(settings.datasets[0]).labels)
        watch = _Watch(trial, self._parts, labels)
        try:
            with tempfile.TemporaryDirectory() as folder:
                where = Path(folder)
                _, history = fit(settings, self._parts, where, verbose=0, callbacks=[watch])
        except KeyboardInterrupt:
            trial.study.enqueue_trial(params)
            raise
        if watch.is_hopeless:
            raise optuna.TrialPruned
        kept = min(history, key=lambda epoch: epoch.val_loss)
        return watch.losses[kept.epoch - 1]


def _suggest(trial: optuna.Trial, name: str) -> Any:
    where = SPACE[name]
    if isinstance(where, CategoricalDistribution):
        return trial.suggest_categorical(name, where.choices)
    assert isinstance(where, FloatDistribution)
    return trial.suggest_float(name, where.low, where.high, step=where.step, log=where.log)


class _Watch(keras.callbacks.Callback):  # type: ignore[misc]
    """Measures after every epoch, and ends a trial that the median of the others beats."""

    def __init__(self, trial: optuna.Trial, parts: list[Part], labels: int) -> None:
        super().__init__()
        known = [part for part in parts if part.has_labels]
        self._trial = trial
        self._labels = labels
        self._x: Pixels = np.concatenate([part.x_validation for part in known])
        self._y: Labels = np.concatenate([part.y_validation for part in known])
        self.losses: list[float] = []
        self.is_hopeless = False

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        p = predict(self.model, self._x)
        loss = calibrated_loss(p, self._y, self._labels)
        self.losses.append(loss)
        self._trial.report(loss, epoch + 1)
        if not math.isfinite(loss) or self._trial.should_prune():
            self.is_hopeless = True
            self.model.stop_training = True


def _say(study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:
    """A line on stderr for every trial that ends."""
    what = ", ".join(f"{key.replace('_', ' ')} {_short(v)}" for key, v in trial.params.items())
    if trial.state == TrialState.COMPLETE:
        end = f"loss {trial.value:.4f}, best {study.best_value:.4f}"
    else:
        end = f"cut short after {trial.last_step} epochs"
    print(f"Trial {trial.number}: {end} ({what})", file=sys.stderr)


def _short(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
