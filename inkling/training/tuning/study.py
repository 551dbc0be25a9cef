"""A search's study: the database it is kept in, and the settings it was started with."""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    distribution_to_json,
)
from optuna.storages import RDBStorage, RetryHeartbeatStaleTrialCallback
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from inkling.training.settings import STORED_NAMES, Settings, SettingsError

# Seconds between two heartbeats of a trial, and without any after which it counts as killed.
HEARTBEAT_INTERVAL, HEARTBEAT_TIMEOUT = 15, 60
# How often a killed trial is tried again. It may be what kills the process.
RETRIES = 3
# Trials before the search learns from them and before any is pruned.
STARTUP_TRIALS = 8
# Seconds that SQLite waits for another process to finish writing.
SQLITE_TIMEOUT = 60
# Attempts at opening a database, a second apart.
ATTEMPTS = 3
# The key of a study's attributes that holds the settings it was started with.
START_KEY = "begun"


def storage_url(storage: str) -> URL:
    """The URL of a storage, with the PostgreSQL driver that is used here.

    Raises:
        SettingsError: it is not the URL of a supported database, or its driver is not installed.
    """
    try:
        url = make_url(storage)
    except ArgumentError:
        url = URL.create("none")
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("sqlite", "postgresql+psycopg"):
        raise SettingsError(
            "the storage must be sqlite:///FILE or postgresql://USER@HOST/DATABASE", "storage"
        )
    try:
        url.get_dialect().import_dbapi()
    except ImportError:
        raise SettingsError(
            'PostgreSQL needs its driver: pip install "psycopg[binary]"', "storage"
        ) from None
    return url


@contextmanager
def storage_errors(url: URL) -> Iterator[None]:
    """Turn a database's errors into a `SettingsError` without the password."""
    try:
        yield
    except (SQLAlchemyError, optuna.exceptions.StorageInternalError) as problem:
        cause = problem.__cause__ if isinstance(problem.__cause__, SQLAlchemyError) else problem
        reason = str(getattr(cause, "orig", None) or cause).strip().splitlines()[0]
        if url.password:
            reason = reason.replace(str(url.password), "***")
        shown = url.render_as_string(hide_password=True)
        raise SettingsError(f"the storage {shown} does not answer: {reason}", "storage") from None


def open_study(
    name: str, url: URL, settings: Settings, space: dict[str, BaseDistribution]
) -> optuna.Study:
    """Create or load a study.

    Args:
        name: of the study.
        url: of its database.
        settings: what each trial starts from. A new study tries them first.
        space: the settings to search, and their ranges.

    Raises:
        SettingsError: the study was started with other settings.
    """
    study = optuna.create_study(
        storage=_open_storage(url),
        study_name=name,
        load_if_exists=True,
        # Early losses mislead while the rate has still to fall, so a third is always run.
        pruner=optuna.pruners.MedianPruner(
            STARTUP_TRIALS, n_warmup_steps=max(1, settings.epochs // 3)
        ),
    )
    ranges = {name: distribution_to_json(where) for name, where in space.items()}
    start = {"settings": _fixed_settings(settings, space), "searched": ranges}
    stored = study.user_attrs.get(START_KEY)
    if stored is None:
        study.set_user_attr(START_KEY, start)
        first = {name: getattr(settings, name) for name in space}
        inside = {name: value for name, value in first.items() if _contains(space[name], value)}
        study.enqueue_trial(inside, skip_if_exists=True)
    elif names := _differences(stored, start):
        raise SettingsError(
            f"the study “{name}” was started with another {', '.join(names)}", *names, "study"
        )
    return study


def _open_storage(url: URL) -> RDBStorage:
    """Open the database, and create its tables if there are none."""
    is_sqlite = url.get_backend_name() == "sqlite"
    options = {"connect_args": {"timeout": SQLITE_TIMEOUT}} if is_sqlite else {}
    for attempt in range(ATTEMPTS):
        try:
            with warnings.catch_warnings():
                # The heartbeat has been called experimental since Optuna 2.
                warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
                return RDBStorage(
                    url.render_as_string(hide_password=False),
                    engine_kwargs={"pool_pre_ping": True, **options},
                    heartbeat_interval=HEARTBEAT_INTERVAL,
                    grace_period=HEARTBEAT_TIMEOUT,
                    heartbeat_stale_trial_callback=RetryHeartbeatStaleTrialCallback(RETRIES),
                )
        except SQLAlchemyError:
            if attempt == ATTEMPTS - 1:
                raise
            # Another machine that was started at the same time may be creating the tables.
            time.sleep(1.0)
    raise AssertionError


def _contains(where: BaseDistribution, value: Any) -> bool:
    """Whether a setting's range includes a value."""
    if isinstance(where, CategoricalDistribution):
        return value in where.choices
    assert isinstance(where, FloatDistribution)
    return bool(where.low <= value <= where.high)


def _fixed_settings(settings: Settings, searched: Collection[str]) -> dict[str, Any]:
    """The settings that are the same in all trials, as JSON holds them."""
    fixed = {name: value for name, value in settings.as_dict().items() if name not in searched}
    del fixed["name"]
    return dict(json.loads(json.dumps(fixed)))


def _differences(stored: dict[str, Any], start: dict[str, Any]) -> list[str]:
    """The settings in which a stored study differs from what it is to be continued with."""
    ranges = set(stored["searched"].items()) ^ set(start["searched"].items())
    if ranges:
        return sorted({name for name, _ in ranges})
    # Settings that did not exist when the study was started had their default.
    before = {**json.loads(json.dumps(Settings().as_dict())), **stored["settings"]}
    plain_names = {stored_name: name for name, stored_name in STORED_NAMES.items()}
    different = [name for name, value in start["settings"].items() if before[name] != value]
    return sorted(plain_names.get(name, name) for name in different)
