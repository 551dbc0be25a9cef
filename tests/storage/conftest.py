"""A store in a SQLite file of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from inkling.storage.drawings import Store
from tests.fixtures.drawings import sqlite_url


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the database is; its folder does not exist yet."""
    return tmp_path / "new" / "drawings.sqlite3"


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    """An empty store."""
    opened = Store(sqlite_url(file))
    yield opened
    opened.close()
