"""Stored drawings as CSV, as JSON lines and as a labelled data set."""

from __future__ import annotations

import csv
import io
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.storage.dataset import as_csv, as_json_lines, labelled
from inkling.storage.drawings import NO_DIGIT, Store
from tests.fixtures.drawings import STROKES, make_drawing


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([*"0123456789", NO_DIGIT, None]), st.integers(0, 2**31)),
        max_size=12,
    )
)
def test_exports_hold_what_was_drawn(content: list[tuple[str | None, int]]) -> None:
    drawings = [make_drawing(seed=seed, correction=label) for label, seed in content]
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


def test_corrections_are_split_into_training_and_test_data(store: Store) -> None:
    for seed in range(40):
        store.add(make_drawing(seed=seed, correction=str(seed % 10)))
    store.add(make_drawing(correction=NO_DIGIT))
    store.add(make_drawing(correction=None))
    corrected = store.corrections()
    assert len(corrected) == 41
    splits = {split: labelled(corrected, "0123456789", split) for split in ("train", "test")}
    assert {split: len(y) for split, (_, y) in splits.items()} == {"train": 32, "test": 8}
    glyphs = {
        glyph.tobytes(): y for x, ys in splits.values() for glyph, y in zip(x, ys, strict=True)
    }
    assert glyphs == {
        one.glyph.tobytes(): int(one.correction or "")
        for one in corrected
        if one.correction != NO_DIGIT
    }
    x, y = labelled([], "0123456789", "test")
    assert x.shape == (0, 28, 28)
    assert y.shape == (0,)
