"""Visits: the work of a person in one browser, kept for a day so that a reload loses nothing.

    visits = open_visits()
    if visits is not None:
        visits.save(visit, [Part("canvas", b"...")], create=True)
        parts = visits.load(visit)

A visit is known only by its id, which nobody can guess. What its parts hold, the pages decide.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.engine import Connection

from inkling.storage.database import (
    Database,
    database_may_exist,
    database_url,
    visit_parts_table,
    visits_table,
)
from inkling.storage.rules import storing_is_on, visit_hours, visit_megabytes


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a visit.

    Attributes:
        name: unique in the visit, at most 160 characters.
        content: any bytes.
        replaces: whether it takes the place of a stored part of that name, which otherwise stays.
    """

    name: str
    content: bytes
    replaces: bool = True


def open_visits() -> VisitStore | None:
    """Return the visits of this process' database, or None where storing is switched off.

    Raises:
        StoreError: there is no such database, or it cannot be read.
    """
    return _visits(database_url()) if storing_is_on() else None


def load_kept(visit: str, prefix: str = "") -> dict[str, bytes]:
    """Return a visit's parts, without creating a database where there is none (see `load`).

    Raises:
        StoreError: see `open_visits`.
    """
    if not storing_is_on() or not database_may_exist():
        return {}
    visits = open_visits()
    return visits.load(visit, prefix) if visits is not None else {}


class VisitStore:
    """The visits in one database. Safe to share between threads.

    Args:
        url: see `Database`.

    Raises:
        StoreError: see `Database`. Every method raises it when the database fails.
    """

    def __init__(self, url: str) -> None:
        self._database = Database(url)

    def load(self, visit: str, prefix: str = "") -> dict[str, bytes]:
        """Return a visit's parts by name; none if it is unknown. This counts as a use.

        Args:
            visit: its id.
            prefix: only of parts whose names begin with this.
        """
        query = select(visit_parts_table.c.name, visit_parts_table.c.content)
        with self._database.transaction() as connection:
            if not _use(connection, visit):
                return {}
            is_wanted = visit_parts_table.c.name.startswith(prefix, autoescape=True)
            rows = connection.execute(query.where(visit_parts_table.c.visit == visit, is_wanted))
            return {name: bytes(content) for name, content in rows}

    def save(
        self, visit: str, parts: Sequence[Part], *, gone: Collection[str] = (), create: bool = False
    ) -> list[str] | None:
        """Save parts of a visit in one transaction.

        Args:
            visit: its id.
            parts: to save, the most important first.
            gone: names of parts to delete.
            create: whether to begin the visit if it is unknown.

        Returns:
            The names of the parts that were not saved, because the visit would be too large. None
            if the visit is unknown, since it was pruned or forgotten, and is not to be created.
        """
        most = int(visit_megabytes() * 1_000_000)
        # A setting that would stop pruning is reported here, where somebody sees it.
        visit_hours()
        with self._database.transaction() as connection:
            if not _use(connection, visit):
                if not create:
                    return None
                now = _now()
                connection.execute(insert(visits_table).values(id=visit, created=now, used=now))
            for name in gone:
                _delete_part(connection, visit, name)
            left = most - _size(connection, visit)
            too_large = []
            for part in parts:
                before = _part_size(connection, visit, part.name)
                if before is not None and not part.replaces:
                    continue
                change = len(part.content) - (before or 0)
                if change > left:
                    too_large.append(part.name)
                    continue
                left -= change
                if before is not None:
                    _delete_part(connection, visit, part.name)
                connection.execute(
                    insert(visit_parts_table).values(
                        visit=visit, name=part.name, size=len(part.content), content=part.content
                    )
                )
        return too_large

    def forget(self, visit: str) -> bool:
        """Delete a visit with all its parts; return whether it was known."""
        with self._database.transaction() as connection:
            return _forget(connection, visit)

    def prune(self) -> int:
        """Delete the visits that were not used for too long; return how many there were."""
        oldest = _now() - timedelta(hours=visit_hours())
        is_old = visits_table.c.used < oldest
        with self._database.transaction() as connection:
            old = connection.execute(select(visits_table.c.id).where(is_old)).scalars().all()
        count = 0
        # One transaction for each, so that nobody waits long for the database.
        for visit in old:
            with self._database.transaction() as connection:
                count += _forget(connection, visit, is_old)
        return count

    def close(self) -> None:
        """Close the database; the next use opens it again."""
        self._database.close()


@lru_cache(maxsize=4)
def _visits(url: str) -> VisitStore:
    return VisitStore(url)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _use(connection: Connection, visit: str) -> bool:
    """Note that a visit is used; return whether it is known."""
    query = update(visits_table).where(visits_table.c.id == visit).values(used=_now())
    return int(connection.execute(query).rowcount) == 1


def _size(connection: Connection, visit: str) -> int:
    query = select(func.coalesce(func.sum(visit_parts_table.c.size), 0))
    return int(connection.execute(query.where(visit_parts_table.c.visit == visit)).scalar_one())


def _part_size(connection: Connection, visit: str, name: str) -> int | None:
    query = select(visit_parts_table.c.size).where(
        visit_parts_table.c.visit == visit, visit_parts_table.c.name == name
    )
    return connection.execute(query).scalar_one_or_none()


def _delete_part(connection: Connection, visit: str, name: str) -> None:
    connection.execute(
        delete(visit_parts_table).where(
            visit_parts_table.c.visit == visit, visit_parts_table.c.name == name
        )
    )


def _forget(connection: Connection, visit: str, *conditions: ColumnElement[bool]) -> bool:
    """Delete a visit that fulfils conditions; return whether there was one."""
    query = delete(visits_table).where(visits_table.c.id == visit, *conditions)
    if int(connection.execute(query).rowcount) == 0:
        return False
    connection.execute(delete(visit_parts_table).where(visit_parts_table.c.visit == visit))
    return True
