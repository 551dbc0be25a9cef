"""The database: its location, its schema, and what happens when it cannot be used."""

from __future__ import annotations

import resource
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from inkling.paths import ROOT
from inkling.storage import database, drawings, engines
from inkling.storage.drawings import Store
from inkling.storage.rules import StoreError
from inkling.storage.visits import load_kept
from tests.fixtures.drawings import make_drawing, sqlite_url


def test_a_damaged_file_is_reported_and_left_unchanged(tmp_path: Path) -> None:
    file = tmp_path / "drawings.sqlite3"
    content = b"this was never a database " * 200
    file.write_bytes(content)
    with pytest.raises(StoreError, match=r"cannot be used .*not a database.*Nothing on this page"):
        Store(sqlite_url(file))
    assert file.read_bytes() == content


def test_a_damaged_row_is_reported(store: Store, file: Path) -> None:
    store.add(make_drawing())
    with sqlite3.connect(file) as raw:
        raw.execute("UPDATE drawings SET glyph = x'00'")
    with pytest.raises(StoreError, match="cannot be used"):
        store.of_session("ann")


def test_another_schema_version_is_reported(store: Store, file: Path) -> None:
    store.close()
    with sqlite3.connect(file) as raw:
        raw.execute("UPDATE about SET value = 99")
    with pytest.raises(StoreError, match="version 99, but this program reads version 1"):
        Store(sqlite_url(file))


@pytest.mark.parametrize(
    "wrong", ["nonsense", "nosuchdatabase://host/name", "postgresql+psycopg://host:port/name"]
)
def test_an_invalid_url_is_reported(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StoreError, match="INKLING_DATABASE is not a usable database URL"):
        Store(wrong)
    monkeypatch.setenv("INKLING_DATABASE", wrong)
    with pytest.raises(StoreError, match="INKLING_DATABASE is not a usable database URL"):
        load_kept("a visit")


FILLING = """
import sys
from inkling.storage.rules import StoreError
from inkling.storage.visits import Part, VisitStore

store = VisitStore(sys.argv[1])
store.save("ann", [Part("small", b"x")], create=True)
try:
    store.save("ann", [Part("large", bytes(3_000_000))])
except StoreError as problem:
    print(problem)
print(sorted(store.load("ann")))
"""


def test_a_full_disk_is_reported_and_what_was_kept_stays(file: Path) -> None:
    # A file's largest size stands for a full disk: writing fails at the same calls.
    most = 1_000_000
    result = subprocess.run(
        [sys.executable, "-c", FILLING, sqlite_url(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
    )
    said, kept = result.stdout.splitlines()
    assert (
        "The drawings database cannot be used (" in said and "Nothing on this page is lost" in said
    )
    assert str(file.parent) not in said
    assert kept == "['small']"


def test_who_waits_for_a_lock_is_told(
    store: Store, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 1.0 < engines.LOCK_TIMEOUT <= 10.0
    monkeypatch.setattr(engines, "LOCK_TIMEOUT", 0.2)
    waiting = Store(sqlite_url(file))
    with sqlite3.connect(file) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"cannot be used \(database is locked\)"):
            waiting.add(make_drawing())
        other.rollback()
    assert waiting.add(make_drawing()) == 1
    waiting.close()


def test_a_folder_that_cannot_be_created_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="Cannot create the folder for the drawings"):
        Store(sqlite_url(tmp_path / "file" / "drawings.sqlite3"))


def test_a_password_is_never_shown() -> None:
    with pytest.raises(StoreError) as raised:
        Store("postgresql+psycopg://me:secret@127.0.0.1:1/none?connect_timeout=2")
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("glyph", [np.zeros((28, 27), np.uint8), np.zeros((28, 28), np.float32)])
def test_only_glyphs_are_stored(store: Store, glyph: np.ndarray) -> None:
    with pytest.raises(ValueError, match="a glyph is uint8"):
        store.add(drawings.Drawing("ann", glyph))


def test_environment_variables_choose_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("INKLING_DATABASE", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert database.database_url() == f"sqlite:///{tmp_path / 'inkling' / 'drawings.sqlite3'}"
    assert not database.database_may_exist()
    named = sqlite_url(tmp_path / "named.sqlite3")
    monkeypatch.setenv("INKLING_DATABASE", named)
    assert database.database_url() == named
    opened = drawings.open_store()
    assert opened is not None
    assert opened is drawings.open_store()
    assert database.database_may_exist()
    monkeypatch.setenv("INKLING_STORE", "off")
    assert drawings.open_store() is None


def test_only_what_may_be_unknown_may_be_missing() -> None:
    optional = {
        f"{table.name}.{column.name}"
        for table in database.metadata.tables.values()
        for column in table.columns
        if column.nullable
    }
    assert optional == {
        "drawings.class_code",
        "drawings.author",
        "drawings.answer",
        "drawings.correction",
    }


def test_a_drawing_that_nobody_judged_has_no_confidence() -> None:
    drawing = drawings.Drawing("ann", np.zeros((28, 28), np.uint8))
    assert (drawing.answer, drawing.confidence, drawing.correction) == (None, 0.0, None)
