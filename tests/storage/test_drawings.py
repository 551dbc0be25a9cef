"""Drawings stored in real SQLite files."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from inkling.storage.drawings import Drawing, Store
from tests.fixtures.drawings import make_drawing, sqlite_url


def test_a_stored_drawing_is_read_back_unchanged_after_a_restart(store: Store, file: Path) -> None:
    when = datetime(2026, 11, 21, 12, 30, 5, tzinfo=UTC)
    put = make_drawing(created=when, confidence=0.625, class_code="AB12", author="Ann")
    number = store.add(put)
    store.close()
    got = Store(sqlite_url(file)).of_session("ann")
    assert [one.number for one in got] == [number]
    assert np.array_equal(got[0].glyph, put.glyph)
    for field in fields(Drawing):
        if field.name not in ("glyph", "number"):
            assert getattr(got[0], field.name) == getattr(put, field.name), field.name


def test_a_session_sees_and_erases_only_its_own_drawings(store: Store) -> None:
    first = store.add(make_drawing("ann", 1))
    store.add(make_drawing("ann", 2))
    other = store.add(make_drawing("bob", 3))
    assert (store.count("ann"), store.count("bob"), store.count("eve")) == (2, 1, 0)
    assert {one.session for one in store.of_session("ann")} == {"ann"}
    assert not store.remove("ann", other)
    assert store.remove("ann", first)
    assert store.erase("ann") == 1
    assert store.of_session("ann") == []
    assert [one.number for one in store.of_session("bob")] == [other]


def test_a_number_is_never_used_twice(store: Store) -> None:
    last = store.add(make_drawing())
    store.erase("ann")
    assert store.add(make_drawing()) > last


def test_an_erased_drawing_leaves_no_trace_in_the_file(store: Store, file: Path) -> None:
    name = "Annabel-who-wants-to-be-forgotten"
    store.add(make_drawing(author=name))
    store.erase("ann")
    store.close()
    assert name.encode() not in file.read_bytes()


def test_many_threads_write_and_read_at_once(file: Path) -> None:
    # Each store has its own connection pool, as separate processes would have.
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(lambda _: Store(sqlite_url(file)), range(8)))

        def work(place: int) -> int:
            one = stores[place % len(stores)]
            number = one.add(make_drawing(f"s{place % 5}", place))
            assert any(each.number == number for each in one.of_session(f"s{place % 5}"))
            return number

        numbers = list(pool.map(work, range(80)))
    assert len(set(numbers)) == 80
    assert [stores[0].count(f"s{k}") for k in range(5)] == [16] * 5
    with sqlite3.connect(file) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    for one in stores:
        one.close()
