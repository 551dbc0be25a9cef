"""SQLAlchemy's engines for SQLite and PostgreSQL, neither of which lets a page wait for long.

A SQLite connection waits a limited time for a lock. A PostgreSQL connection waits a limited time
for the server: see `postgres`. Other databases that SQLAlchemy knows have no limits here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from inkling.paths import reason_of
from inkling.storage.rules import StoreError

# How many seconds a SQLite connection waits for a lock before it fails. A transaction here takes
# milliseconds, and one with many photos a second.
LOCK_TIMEOUT = 10.0


def make_engine(url: str) -> Engine:
    """An engine for a database; nothing is connected yet.

    Args:
        url: SQLAlchemy's.

    Raises:
        StoreError: the URL is not usable, or the folder of a SQLite file cannot be created.
    """
    try:
        target = make_url(url)
        backend = target.get_backend_name()
        if backend == "sqlite":
            return _sqlite(url, target.database)
        # Values are pictures and drawings, which belong into no message and no log.
        engine = create_engine(target, pool_pre_ping=True, hide_parameters=True)
    except ImportError as problem:
        raise StoreError(
            f"INKLING_DATABASE is not a usable database URL: the package {problem.name} is not "
            "installed."
        ) from None
    except (ArgumentError, ValueError):
        raise StoreError(
            "INKLING_DATABASE is not a usable database URL. One looks like "
            "postgresql+psycopg://user@host/name."
        ) from None
    if engine.dialect.driver == "psycopg":
        # psycopg is no requirement, because SQLite needs none.
        from inkling.storage import postgres

        event.listen(engine, "do_connect", postgres.connect)
    return engine


def reason_for(problem: Exception, engine: Engine) -> str:
    """Why a database failed, for people: without its address and without values."""
    original = getattr(problem, "orig", None)
    if engine.dialect.name == "sqlite" or original is None:
        # SQLite's own messages name no file, such as "database or disk is full".
        return str(original or problem).strip().splitlines()[0]
    if isinstance(problem, OperationalError):
        return "it cannot be reached, or does not answer"
    return "it answers with an error"


def _sqlite(url: str, file: str | None) -> Engine:
    if file and file != ":memory:":
        try:
            Path(file).parent.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise StoreError(
                f"Cannot create the folder for the drawings ({reason_of(problem)})."
            ) from None
    engine = create_engine(url, connect_args={"timeout": LOCK_TIMEOUT}, hide_parameters=True)
    event.listen(engine, "connect", _set_up_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    # With a write-ahead log readers never wait for a writer, and a crash loses at most the last
    # drawing.
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    # Erased drawings must not remain in the file's free pages.
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()
