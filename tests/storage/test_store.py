"""The store, on real SQLite files."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.storage import store
from inkling.storage.dataset import as_csv, as_json_lines, labelled
from inkling.storage.store import NO_DIGIT, Drawing, Store, StoreError

STROKES = [{"type": "path", "path": [["M", 1.5, 2], ["L", 3, 4.25]], "strokeWidth": 18}]


def url(path: Path) -> str:
    return f"sqlite:///{path}"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "new" / "drawings.sqlite3"


@pytest.fixture
def kept(file: Path) -> Iterator[Store]:
    opened = Store(url(file))
    yield opened
    opened.close()


def drawing(session: str = "ann", seed: int = 0, **given) -> Drawing:
    glyph = np.random.default_rng(seed).integers(0, 256, (28, 28), dtype=np.uint8)
    given = {"strokes": STROKES, "ink_png": b"\x89PNG", "answer": "7", "correction": "1", **given}
    return Drawing(session, glyph, model="digits", model_version="2026 abc", **given)


def test_what_is_kept_comes_back_whole_and_outlives_the_program(kept: Store, file: Path) -> None:
    when = datetime(2026, 11, 21, 12, 30, 5, tzinfo=UTC)
    put = drawing(created=when, confidence=0.625, class_code="AB12", author="Ann")
    number = kept.add(put)
    kept.close()
    got = Store(url(file)).own("ann")
    assert [one.number for one in got] == [number]
    assert np.array_equal(got[0].glyph, put.glyph)
    for field in fields(Drawing):
        if field.name not in ("glyph", "number"):
            assert getattr(got[0], field.name) == getattr(put, field.name), field.name


def test_a_session_sees_exports_and_erases_its_own_drawings_only(kept: Store) -> None:
    first = kept.add(drawing("ann", 1))
    kept.add(drawing("ann", 2))
    other = kept.add(drawing("bob", 3))
    assert (kept.count("ann"), kept.count("bob"), kept.count("eve")) == (2, 1, 0)
    assert {one.session for one in kept.own("ann")} == {"ann"}
    assert not kept.remove("ann", other)
    assert kept.remove("ann", first)
    assert kept.erase("ann") == 1
    assert kept.own("ann") == []
    assert [one.number for one in kept.own("bob")] == [other]


def test_a_number_is_never_given_twice(kept: Store) -> None:
    last = kept.add(drawing())
    kept.erase("ann")
    assert kept.add(drawing()) > last


def test_what_is_erased_is_gone_from_the_file(kept: Store, file: Path) -> None:
    name = "Annabel-who-wants-to-be-forgotten"
    kept.add(drawing(author=name))
    kept.erase("ann")
    kept.close()
    assert name.encode() not in file.read_bytes()


def test_many_threads_write_and_read_at_once(file: Path) -> None:
    # Each its own connection pool: as many processes would have.
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(lambda _: Store(url(file)), range(8)))

        def work(place: int) -> int:
            one = stores[place % len(stores)]
            number = one.add(drawing(f"s{place % 5}", place))
            assert any(each.number == number for each in one.own(f"s{place % 5}"))
            return number

        numbers = list(pool.map(work, range(80)))
    assert len(set(numbers)) == 80
    assert [stores[0].count(f"s{k}") for k in range(5)] == [16] * 5
    with sqlite3.connect(file) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    for one in stores:
        one.close()


def test_a_damaged_file_is_told_in_a_sentence_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "drawings.sqlite3"
    content = b"this was never a database " * 200
    file.write_bytes(content)
    with pytest.raises(StoreError, match=r"cannot be used .*not a database.*Nothing that is on"):
        Store(url(file))
    assert file.read_bytes() == content


def test_a_damaged_row_is_told_in_a_sentence(kept: Store, file: Path) -> None:
    kept.add(drawing())
    with sqlite3.connect(file) as raw:
        raw.execute("UPDATE drawings SET glyph = x'00'")
    with pytest.raises(StoreError, match="cannot be used"):
        kept.own("ann")


def test_another_version_is_told_in_a_sentence(kept: Store, file: Path) -> None:
    kept.close()
    with sqlite3.connect(file) as raw:
        raw.execute("UPDATE about SET value = 99")
    with pytest.raises(StoreError, match="version 99, this program reads 1"):
        Store(url(file))


@pytest.mark.parametrize("wrong", ["nonsense", "nosuchdatabase://host/name"])
def test_a_url_that_names_no_database_is_told(wrong: str) -> None:
    with pytest.raises(StoreError, match="INKLING_DATABASE names no database"):
        Store(wrong)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="no place for the drawings"):
        Store(url(tmp_path / "file" / "drawings.sqlite3"))


def test_a_password_is_never_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StoreError) as told:
        Store("postgresql+psycopg://me:secret@127.0.0.1:1/none?connect_timeout=2")
    assert "secret" not in str(told.value)


@pytest.mark.parametrize("glyph", [np.zeros((28, 27), np.uint8), np.zeros((28, 28), np.float32)])
def test_only_glyphs_are_kept(kept: Store, glyph) -> None:
    with pytest.raises(ValueError, match="a glyph is uint8"):
        kept.add(Drawing("ann", glyph))


def test_settings_choose_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INKLING_DATABASE", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert store.database_url() == f"sqlite:///{tmp_path / 'inkling' / 'drawings.sqlite3'}"
    named = url(tmp_path / "named.sqlite3")
    monkeypatch.setenv("INKLING_DATABASE", named)
    assert store.database_url() == named
    opened = store.open_store()
    assert opened is not None
    assert opened is store.open_store()
    monkeypatch.setenv("INKLING_STORE", "off")
    assert store.open_store() is None


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([*"0123456789", NO_DIGIT, None]), st.integers(0, 2**31)),
        max_size=12,
    )
)
def test_exports_say_what_was_drawn(content: list[tuple[str | None, int]]) -> None:
    drawings = [drawing(seed=seed, correction=label) for label, seed in content]
    rows = list(csv.reader(io.StringIO(as_csv(drawings).decode())))
    assert rows[0] == ["label", *(f"pixel{k}" for k in range(784))]
    digits = [one for one in drawings if one.correction not in (None, NO_DIGIT)]
    assert [row[0] for row in rows[1:]] == [one.correction for one in digits]
    assert [list(map(int, row[1:])) for row in rows[1:]] == [
        one.glyph.ravel().tolist() for one in digits
    ]
    lines = [json.loads(line) for line in as_json_lines(drawings).splitlines()]
    assert [line["label"] for line in lines] == [label for label, _ in content]
    assert all(line["strokes"] == STROKES and "ann" not in line.values() for line in lines)


def test_corrections_are_cut_into_what_teaches_and_what_measures(kept: Store) -> None:
    for seed in range(40):
        kept.add(drawing(seed=seed, correction=str(seed % 10)))
    kept.add(drawing(correction=NO_DIGIT))
    kept.add(drawing(correction=None))
    corrected = kept.corrections()
    assert len(corrected) == 41
    parts = {part: labelled(corrected, "0123456789", part) for part in ("train", "test")}
    assert {part: len(y) for part, (_, y) in parts.items()} == {"train": 32, "test": 8}
    glyphs = {
        glyph.tobytes(): y for x, ys in parts.values() for glyph, y in zip(x, ys, strict=True)
    }
    assert glyphs == {
        one.glyph.tobytes(): int(one.correction) for one in corrected if one.correction != NO_DIGIT
    }
    x, y = labelled([], "0123456789", "test")
    assert x.shape == (0, 28, 28)
    assert y.shape == (0,)
