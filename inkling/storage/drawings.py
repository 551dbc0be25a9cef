"""Drawings and what people say they are, stored only when somebody presses a button.

    store = open_store()
    if store is not None:
        store.add(drawing)

Each session sees, exports and erases only its own drawings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import numpy as np
from sqlalchemy import delete, func, insert, select
from sqlalchemy.engine import Row

from inkling.imaging.glyph import GLYPH_SIZE
from inkling.imaging.pixels import Pixels
from inkling.storage.database import (
    Database,
    database_may_exist,
    database_url,
    drawings_table,
)
from inkling.storage.rules import storing_is_on

# The stored correction of a drawing that is no digit; any other correction is a label.
NO_DIGIT = "none"


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """One drawn character, with the model's answer and the person's correction.

    Attributes:
        session: the session that drew it: an unguessable name that lives as long as a visit.
        glyph: what the network saw, uint8 (28, 28), 0 paper and 255 pen.
        ink_png: the ink of the whole canvas as a PNG.
        strokes: as the canvas describes them, oldest first; plain JSON.
        answer: the label that was read; None for "no digit".
        confidence: of the answer, 0..1.
        correction: the right label, `NO_DIGIT`, or None if nobody corrected it.
        model, model_version: which network answered (`Classifier.name` and `.version`).
        class_code, author: of a drawing made in a class.
        created: when, UTC.
        number: its id in the database, 0 before it is stored.
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


def open_store() -> Store | None:
    """Return the store of this process, or None where storing is switched off.

    Raises:
        StoreError: there is no such database, or it cannot be read.
    """
    return _store(database_url()) if storing_is_on() else None


def all_corrections() -> list[Drawing]:
    """Return everybody's corrected drawings, without creating a database where there is none.

    Raises:
        StoreError: see `open_store`.
    """
    if not storing_is_on() or not database_may_exist():
        return []
    store = open_store()
    return store.corrections() if store is not None else []


class Store:
    """The drawings in one database. Safe to share between threads.

    Args:
        url: see `Database`.

    Raises:
        StoreError: see `Database`. Every method raises it when the database fails.
    """

    def __init__(self, url: str) -> None:
        self._database = Database(url)

    def add(self, drawing: Drawing) -> int:
        """Store a drawing and return its number."""
        glyph = np.asarray(drawing.glyph)
        if glyph.dtype != np.uint8 or glyph.shape != (GLYPH_SIZE, GLYPH_SIZE):
            raise ValueError(f"a glyph is uint8 (28, 28), not {glyph.dtype} {glyph.shape}")
        with self._database.transaction() as connection:
            result = connection.execute(insert(drawings_table).values(_row(drawing)))
            key = result.inserted_primary_key
            assert key is not None
            return int(key[0])

    def of_session(self, session: str) -> list[Drawing]:
        """Return a session's drawings, oldest first."""
        return self._select(drawings_table.c.session == session)

    def count(self, session: str) -> int:
        """Count a session's drawings."""
        query = select(func.count()).where(drawings_table.c.session == session)
        with self._database.transaction() as connection:
            return int(connection.execute(query).scalar_one())

    def corrections(self) -> list[Drawing]:
        """Return everybody's corrected drawings, oldest first."""
        return self._select(drawings_table.c.correction.is_not(None))

    def remove(self, session: str, number: int) -> bool:
        """Erase one drawing if it is this session's; return whether it was."""
        condition = (drawings_table.c.session == session) & (drawings_table.c.id == number)
        return self._delete(condition) == 1

    def erase(self, session: str) -> int:
        """Erase all drawings of a session; return how many there were."""
        return self._delete(drawings_table.c.session == session)

    def close(self) -> None:
        """Close the database; the next use opens it again."""
        self._database.close()

    def _delete(self, condition: Any) -> int:
        with self._database.transaction() as connection:
            return int(connection.execute(delete(drawings_table).where(condition)).rowcount)

    def _select(self, condition: Any) -> list[Drawing]:
        query = select(drawings_table).where(condition).order_by(drawings_table.c.id)
        try:
            with self._database.transaction() as connection:
                return [_drawing(row) for row in connection.execute(query)]
        except ValueError as problem:
            # A damaged row, such as a glyph of another size.
            raise self._database.error(problem) from None


@lru_cache(maxsize=4)
def _store(url: str) -> Store:
    return Store(url)


def _row(drawing: Drawing) -> dict[str, Any]:
    """A drawing as the database stores it; the columns have the names of its fields."""
    row = {field.name: getattr(drawing, field.name) for field in fields(Drawing)}
    # The database chooses the number.
    del row["number"]
    return row | {
        "created": drawing.created.astimezone(UTC).replace(tzinfo=None),
        "glyph": np.asarray(drawing.glyph).tobytes(),
        "strokes": list(drawing.strokes),
    }


def _drawing(row: Row[Any]) -> Drawing:
    values = dict(row._mapping)
    number = values.pop("id")
    glyph = np.frombuffer(row.glyph, np.uint8).reshape(GLYPH_SIZE, GLYPH_SIZE)
    created = row.created.replace(tzinfo=UTC)
    return Drawing(**(values | {"number": number, "glyph": glyph, "created": created}))
