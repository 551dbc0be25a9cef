"""What people drew and what they say it was, in SQL: kept only when they press a button.

    store = open_store()
    if store is not None:
        store.add(drawing)

SQLite in the user's data folder unless `$INKLING_DATABASE` names another database by its URL
(`postgresql+psycopg://…`); `INKLING_STORE=off` keeps nothing at all. Each session sees, exports and
erases its own drawings only. A `Store` is safe to share between threads.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    Engine,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    create_engine,
    delete,
    event,
    func,
    insert,
    select,
)
from sqlalchemy.engine import Connection, Row, make_url
from sqlalchemy.exc import (
    ArgumentError,
    IntegrityError,
    OperationalError,
    ProgrammingError,
    SQLAlchemyError,
)

from inkling.imaging.glyph import GLYPH_SIZE
from inkling.imaging.pixels import Pixels
from inkling.paths import data_folder

SCHEMA = 1
FILE_NAME = "drawings.sqlite3"
# The correction of what is no digit; any other is a label.
NO_DIGIT = "none"
# Seconds a writer waits for the others before it gives up.
PATIENCE = 30.0

# How often a new database is made anew before it is given up: tables, then rows, in a race.
ATTEMPTS = 4
_metadata = MetaData()
_about = Table(
    "about",
    _metadata,
    Column("name", String(32), primary_key=True),
    Column("value", Integer, nullable=False),
)
_drawings = Table(
    "drawings",
    _metadata,
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
    # A number that was given away once must not be given to another drawing.
    sqlite_autoincrement=True,
)


class StoreError(Exception):
    """The drawings cannot be kept or read; the message is for people."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """One character as it was drawn, answered and corrected.

    Attributes:
        session: whose it is: an unguessable name that lives as long as a visit.
        glyph: what the network saw, uint8 (28, 28), 0 paper and 255 pen.
        ink_png: the whole canvas' ink as a PNG.
        strokes: as the canvas describes them, oldest first; plain JSON.
        answer: the label that was read; None for "no digit".
        confidence: the answer's, 0..1.
        correction: the label it is, `NO_DIGIT`, or None where nobody said.
        model, model_version: which network answered (`Classifier.name` and `.version`).
        class_code, author: of a drawing made in a class.
        created: when, UTC.
        number: the store's own, 0 before it is kept.
    """

    session: str
    glyph: Pixels
    ink_png: bytes = b""
    strokes: Sequence[Any] = ()
    answer: str | None = None
    confidence: float = 0.0
    correction: str | None = None
    model: str = ""
    model_version: str = ""
    class_code: str | None = None
    author: str | None = None
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    number: int = 0


def is_on() -> bool:
    """Whether drawings may be kept: not where `INKLING_STORE` is "off"."""
    return os.environ.get("INKLING_STORE", "on").strip().lower() not in ("off", "0", "no", "false")


def database_url() -> str:
    """`$INKLING_DATABASE`, else a SQLite file in the user's data folder."""
    named = os.environ.get("INKLING_DATABASE", "").strip()
    return named or f"sqlite:///{data_folder() / FILE_NAME}"


def open_store() -> Store | None:
    """The store of this program, made once a process; None where storing is switched off.

    Raises:
        StoreError: there is no such database, or it cannot be read.
    """
    return _opened(database_url()) if is_on() else None


@lru_cache(maxsize=4)
def _opened(url: str) -> Store:
    return Store(url)


def all_corrections() -> list[Drawing]:
    """Everybody's corrected drawings; none, and no new database, where nothing was ever kept.

    Raises:
        StoreError: see `open_store`.
    """
    if not is_on():
        return []
    target = make_url(database_url())
    is_file = target.get_backend_name() == "sqlite" and target.database
    if is_file and not Path(str(target.database)).exists():
        return []
    store = open_store()
    return store.corrections() if store is not None else []


class Store:
    """The drawings in one database.

    Args:
        url: SQLAlchemy's, such as `sqlite:////folder/drawings.sqlite3`; tables are made as needed.

    Raises:
        StoreError: no such database, a damaged one, or one of another version of this program.
    """

    def __init__(self, url: str) -> None:
        try:
            self._engine = _connected(url)
        except (ArgumentError, ImportError) as problem:
            raise StoreError(f"INKLING_DATABASE names no database: {problem}") from None
        self._name = self._engine.url.render_as_string(hide_password=True)
        try:
            version = self._version()
        except SQLAlchemyError as problem:
            self._engine.dispose()
            raise self._sentence(problem) from None
        if version != SCHEMA:
            self._engine.dispose()
            raise StoreError(
                f"The drawings in {self._name} have version {version}, this program reads "
                f"{SCHEMA}: update it, or name another database in INKLING_DATABASE."
            )

    def add(self, drawing: Drawing) -> int:
        """Keep a drawing; its number is returned."""
        glyph = np.asarray(drawing.glyph)
        if glyph.dtype != np.uint8 or glyph.shape != (GLYPH_SIZE, GLYPH_SIZE):
            raise ValueError(f"a glyph is uint8 (28, 28), not {glyph.dtype} {glyph.shape}")
        row = {
            "created": drawing.created.astimezone(UTC).replace(tzinfo=None),
            "session": drawing.session,
            "class_code": drawing.class_code,
            "author": drawing.author,
            "strokes": list(drawing.strokes),
            "glyph": glyph.tobytes(),
            "ink_png": drawing.ink_png,
            "answer": drawing.answer,
            "confidence": drawing.confidence,
            "correction": drawing.correction,
            "model": drawing.model,
            "model_version": drawing.model_version,
        }
        with self._transaction() as connection:
            result = connection.execute(insert(_drawings).values(row))
            key = result.inserted_primary_key
            assert key is not None
            return int(key[0])

    def own(self, session: str) -> list[Drawing]:
        """A session's drawings, oldest first."""
        return self._read(_drawings.c.session == session)

    def count(self, session: str) -> int:
        """How many drawings of a session are kept."""
        query = select(func.count()).where(_drawings.c.session == session)
        with self._transaction() as connection:
            return int(connection.execute(query).scalar_one())

    def corrections(self) -> list[Drawing]:
        """Everybody's drawings of which somebody said what they are, oldest first."""
        return self._read(_drawings.c.correction.is_not(None))

    def remove(self, session: str, number: int) -> bool:
        """Forget one drawing, if it is this session's; whether it was."""
        mine = (_drawings.c.session == session) & (_drawings.c.id == number)
        return self._delete(mine) == 1

    def erase(self, session: str) -> int:
        """Forget all drawings of a session; how many there were."""
        return self._delete(_drawings.c.session == session)

    def close(self) -> None:
        """Let go of the database; the next use opens it again."""
        self._engine.dispose()

    def _delete(self, which: Any) -> int:
        with self._transaction() as connection:
            return int(connection.execute(delete(_drawings).where(which)).rowcount)

    def _read(self, which: Any) -> list[Drawing]:
        query = select(_drawings).where(which).order_by(_drawings.c.id)
        try:
            with self._transaction() as connection:
                return [_drawing(row) for row in connection.execute(query)]
        except ValueError as problem:
            raise self._sentence(problem) from None

    def _version(self) -> int:
        # Others may be making the new database's tables and rows at the same moment: a step that
        # came second fails, and finds on the next try that it is done.
        for _ in range(ATTEMPTS):
            with suppress(IntegrityError, OperationalError, ProgrammingError):
                return self._made()
        return self._made()

    def _made(self) -> int:
        """The database's version; a new one gets its tables and ours."""
        query = select(_about.c.value).where(_about.c.name == "schema")
        with self._engine.begin() as connection:
            _metadata.create_all(connection)
            found = connection.execute(query).scalar_one_or_none()
            if found is None:
                connection.execute(insert(_about).values(name="schema", value=SCHEMA))
            return SCHEMA if found is None else int(found)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as problem:
            raise self._sentence(problem) from None

    def _sentence(self, problem: Exception) -> StoreError:
        reason = str(getattr(problem, "orig", None) or problem).strip().splitlines()[0]
        return StoreError(
            f"The drawings in {self._name} cannot be used ({reason}): move that database away, or "
            "name another in INKLING_DATABASE. Nothing that is on this page is lost."
        )


def _connected(url: str) -> Engine:
    target = make_url(url)
    if target.get_backend_name() != "sqlite":
        return create_engine(target, pool_pre_ping=True)
    if target.database and target.database != ":memory:":
        try:
            Path(target.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise StoreError(f"There is no place for the drawings: {problem}.") from None
    engine = create_engine(target, connect_args={"timeout": PATIENCE})
    event.listen(engine, "connect", _set_up_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    # Readers then never wait for a writer, and a crash costs at most the last drawing.
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    # What a person erases shall be gone from the file, too.
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def _drawing(row: Row[Any]) -> Drawing:
    glyph = np.frombuffer(row.glyph, np.uint8).reshape(GLYPH_SIZE, GLYPH_SIZE)
    return Drawing(
        session=row.session,
        glyph=glyph,
        ink_png=row.ink_png,
        strokes=row.strokes,
        answer=row.answer,
        confidence=row.confidence,
        correction=row.correction,
        model=row.model,
        model_version=row.model_version,
        class_code=row.class_code,
        author=row.author,
        created=row.created.replace(tzinfo=UTC),
        number=row.id,
    )
