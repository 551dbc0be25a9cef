"""Visits stored in real SQLite files."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inkling.storage import rules, visits
from inkling.storage.drawings import Store
from inkling.storage.rules import StoreError
from inkling.storage.visits import Part, VisitStore
from tests.fixtures.drawings import sqlite_url

# The tables of the version before visits, as SQLite describes them.
TABLES_BEFORE = """
CREATE TABLE about (name VARCHAR(32) NOT NULL, value INTEGER NOT NULL, PRIMARY KEY (name));
CREATE TABLE drawings (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, created DATETIME NOT NULL,
    session VARCHAR(64) NOT NULL, class_code VARCHAR(32), author VARCHAR(64),
    strokes JSON NOT NULL, glyph BLOB NOT NULL, ink_png BLOB NOT NULL, answer VARCHAR(16),
    confidence FLOAT NOT NULL, correction VARCHAR(16), model VARCHAR(64) NOT NULL,
    model_version VARCHAR(128) NOT NULL
);
INSERT INTO about VALUES ('schema', 1);
INSERT INTO drawings VALUES (
    1, '2026-01-02 03:04:05', 'ann', NULL, NULL, '[]', zeroblob(784), x'', '7', 0.5, '1', 'm', 'v'
);
"""


@pytest.fixture
def kept(file: Path) -> Iterator[VisitStore]:
    """No visits."""
    opened = VisitStore(sqlite_url(file))
    yield opened
    opened.close()


def age(file: Path, visit: str, by: timedelta) -> None:
    """Make a visit's last use longer ago."""
    used = (datetime.now(UTC) - by).replace(tzinfo=None)
    with sqlite3.connect(file) as raw:
        raw.execute("UPDATE visits SET used = ? WHERE id = ?", (str(used), visit))


def test_parts_are_kept_replaced_and_deleted(kept: VisitStore, file: Path) -> None:
    visit = rules.new_visit()
    assert kept.save(visit, [Part("a", b"1"), Part("b", b"2")], create=True) == []
    assert kept.save(visit, [Part("a", b"one"), Part("b", b"two", replaces=False)]) == []
    kept.close()
    again = VisitStore(sqlite_url(file))
    assert again.load(visit) == {"a": b"one", "b": b"2"}
    assert again.load(visit, "b") == {"b": b"2"} and again.load(visit, "%") == {}
    assert again.save(visit, [], gone=["a", "unknown"]) == []
    assert again.load(visit) == {"b": b"2"}


def test_two_visits_are_apart(kept: VisitStore) -> None:
    ann, bob = rules.new_visit(), rules.new_visit()
    assert ann != bob and rules.is_visit(ann)
    kept.save(ann, [Part("a", b"ann")], create=True)
    kept.save(bob, [Part("a", b"bob")], create=True)
    assert kept.forget(ann) and not kept.forget(ann)
    assert kept.load(ann) == {} and kept.load(bob) == {"a": b"bob"}


@pytest.mark.parametrize("text", ["", "short", "x" * 65, "x" * 31 + "'", "é" * 32])
def test_other_texts_are_no_ids(text: str) -> None:
    assert not rules.is_visit(text)


def test_a_forgotten_visit_is_begun_again_only_on_purpose(kept: VisitStore) -> None:
    visit = rules.new_visit()
    assert kept.save(visit, [Part("a", b"1")]) is None
    assert kept.load(visit) == {}
    kept.save(visit, [Part("a", b"1")], create=True)
    kept.forget(visit)
    assert kept.save(visit, [Part("b", b"2")]) is None
    assert kept.load(visit) == {}


def test_visits_are_pruned_after_their_last_use(
    kept: VisitStore, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for visit in ("old", "used", "new"):
        kept.save(visit, [Part("a", visit.encode())], create=True)
    age(file, "old", timedelta(hours=25))
    age(file, "used", timedelta(hours=25))
    assert kept.load("used")
    assert kept.prune() == 1
    assert kept.load("old") == {} and kept.load("used") and kept.load("new")
    monkeypatch.setenv("INKLING_VISIT_HOURS", "0.5")
    age(file, "new", timedelta(minutes=31))
    assert kept.prune() == 1
    assert kept.load("new") == {}


def test_deleted_parts_leave_no_trace_in_the_file(kept: VisitStore, file: Path) -> None:
    secret = b"a picture that is to be forgotten"
    kept.save("ann", [Part("a", secret)], create=True)
    kept.forget("ann")
    kept.close()
    assert secret not in file.read_bytes()


def test_what_does_not_fit_is_named_and_the_rest_is_saved(
    kept: VisitStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INKLING_VISIT_MEGABYTES", "0.001")
    parts = [Part("a", bytes(600)), Part("b", bytes(600)), Part("c", bytes(300))]
    assert kept.save("ann", parts, create=True) == ["b"]
    assert sorted(kept.load("ann")) == ["a", "c"]
    # A part's former size does not count against it, and what goes makes room.
    assert kept.save("ann", [Part("a", bytes(700))]) == []
    assert kept.save("ann", [Part("b", bytes(600))], gone=["a"]) == []
    assert kept.save("bob", [Part("a", bytes(600))], create=True) == []


@pytest.mark.parametrize("setting", [rules.HOURS_SETTING, rules.MEGABYTES_SETTING])
def test_settings_that_are_no_numbers_are_reported(
    kept: VisitStore, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    monkeypatch.setenv(setting, "-1")
    with pytest.raises(StoreError, match=f"{setting} is set to “-1”"):
        kept.prune() if setting == rules.HOURS_SETTING else kept.save("a", [], create=True)


def test_a_database_of_the_version_before_keeps_its_drawings(tmp_path: Path) -> None:
    file = tmp_path / "drawings.sqlite3"
    with sqlite3.connect(file) as raw:
        raw.executescript(TABLES_BEFORE)
    opened = VisitStore(sqlite_url(file))
    opened.save("ann", [Part("a", b"1")], create=True)
    assert opened.load("ann") == {"a": b"1"}
    (drawing,) = Store(sqlite_url(file)).of_session("ann")
    assert (drawing.number, drawing.correction) == (1, "1")


def test_several_tabs_save_at_once(file: Path) -> None:
    stores = [VisitStore(sqlite_url(file)) for _ in range(4)]

    def work(place: int) -> None:
        store = stores[place % 4]
        assert store.save("ann", [Part(f"p{place}", b"x"), Part("all", b"y")], create=True) == []

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(24)))
    assert len(stores[0].load("ann")) == 25
    for store in stores:
        store.close()


def test_nothing_is_opened_where_there_is_nothing(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INKLING_DATABASE", sqlite_url(file))
    monkeypatch.delenv("INKLING_STORE", raising=False)
    assert visits.load_kept("ann") == {} and not file.exists()
    opened = visits.open_visits()
    assert opened is not None and opened is visits.open_visits()
    opened.save("ann", [Part("a", b"1")], create=True)
    assert visits.load_kept("ann") == {"a": b"1"}
    monkeypatch.setenv("INKLING_STORE", "off")
    assert visits.open_visits() is None and visits.load_kept("ann") == {}
