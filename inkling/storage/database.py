"""The database of drawings and visits: its location, its schema and its transactions.

It is a SQLite file in the user's data folder unless `$INKLING_DATABASE` names another database by
its URL (`postgresql+psycopg://…`). `INKLING_STORE=off` switches storing off.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    insert,
    select,
)
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import (
    ArgumentError,
    IntegrityError,
    OperationalError,
    ProgrammingError,
    SQLAlchemyError,
)

from inkling.paths import data_folder
from inkling.storage.engines import make_engine, reason_for
from inkling.storage.rules import StoreError

log = logging.getLogger(__name__)

# The version of the tables below, stored in the `about` table.
SCHEMA_VERSION = 1
FILE_NAME = "drawings.sqlite3"
# How often creating the schema is tried while other processes create it at the same time, and for
# how many seconds at most.
CREATE_ATTEMPTS = 4
CREATE_TIMEOUT = 10.0

metadata = MetaData()
about_table = Table(
    "about",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", Integer, nullable=False),
)
drawings_table = Table(
    "drawings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("created", DateTime, nullable=False),
    Column("session", String(64), nullable=False, index=True),
    Column("class_code", String(32), index=True),
    Column("author", String(64)),
    Column("strokes", JSON, nullable=False),
    Column("glyph", LargeBinary, nullable=False),
    Column("ink_png", LargeBinary, nullable=False),
    Column("answer", String(16)),
    Column("confidence", Float, nullable=False),
    Column("correction", String(16), index=True),
    Column("model", String(64), nullable=False),
    Column("model_version", String(128), nullable=False),
    # The id of an erased drawing must never be used again.
    sqlite_autoincrement=True,
)
visits_table = Table(
    "visits",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("created", DateTime, nullable=False),
    Column("used", DateTime, nullable=False, index=True),
)
visit_parts_table = Table(
    "visit_parts",
    metadata,
    Column("visit", String(64), primary_key=True),
    Column("name", String(160), primary_key=True),
    # In bytes; before the content, so that adding sizes up does not read the contents.
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
)


def database_url() -> str:
    """Return `$INKLING_DATABASE`, or the URL of a SQLite file in the user's data folder."""
    url = os.environ.get("INKLING_DATABASE", "").strip()
    return url or f"sqlite:///{data_folder() / FILE_NAME}"


def database_may_exist() -> bool:
    """Whether there may be a database to read: False only for a SQLite file that is missing."""
    try:
        url = make_url(database_url())
    except (ArgumentError, ValueError):
        # Opening it says what is wrong with the URL.
        return True
    is_file = url.get_backend_name() == "sqlite" and url.database
    return not is_file or Path(str(url.database)).exists()


class Database:
    """A connection pool to one database, whose schema is created where it is missing.

    Args:
        url: SQLAlchemy's, such as `sqlite:////folder/drawings.sqlite3`.

    Raises:
        StoreError: there is no such database, it is damaged, or its schema has another version.
    """

    def __init__(self, url: str) -> None:
        self._engine = make_engine(url)
        try:
            version = self._created_schema()
        except SQLAlchemyError as problem:
            self._engine.dispose()
            raise self.error(problem) from None
        if version != SCHEMA_VERSION:
            self._engine.dispose()
            raise StoreError(
                f"The drawings database has version {version}, but this program reads version "
                f"{SCHEMA_VERSION}. Use another version of Inkling, or let INKLING_DATABASE name "
                "another database."
            )

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Open a transaction, which is committed unless an exception is raised.

        Raises:
            StoreError: the database failed.
        """
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as problem:
            raise self.error(problem) from None

    def error(self, problem: Exception) -> StoreError:
        """Describe a problem with the database to people; its address goes to the log only."""
        name = self._engine.url.render_as_string(hide_password=True)
        log.warning("%s: %s", name, str(getattr(problem, "orig", None) or problem).strip())
        reason = reason_for(problem, self._engine)
        return StoreError(
            f"The drawings database cannot be used ({reason}). Move it away, or set "
            "INKLING_DATABASE to another one. Nothing on this page is lost."
        )

    def close(self) -> None:
        """Close all connections; the next transaction opens one again."""
        self._engine.dispose()

    def _created_schema(self) -> int:
        # Another process may be creating the same tables and rows. The statement of the process
        # that comes second fails, and its next attempt finds them there. A server that cannot be
        # reached is not asked again.
        with self._engine.connect():
            pass
        end = time.monotonic() + CREATE_TIMEOUT
        for _ in range(CREATE_ATTEMPTS):
            with suppress(IntegrityError, OperationalError, ProgrammingError):
                return self._create_schema()
            if time.monotonic() > end:
                break
        return self._create_schema()

    def _create_schema(self) -> int:
        """Create what is missing of the schema, and return the database's version."""
        query = select(about_table.c.value).where(about_table.c.name == "schema")
        with self._engine.begin() as connection:
            metadata.create_all(connection)
            version = connection.execute(query).scalar_one_or_none()
            if version is None:
                connection.execute(insert(about_table).values(name="schema", value=SCHEMA_VERSION))
            return SCHEMA_VERSION if version is None else int(version)
