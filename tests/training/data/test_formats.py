"""File formats of the public data sets."""

from __future__ import annotations

import pytest

from inkling.training.data import formats


def test_unipen_text_becomes_strokes_with_y_down(unipen_text):
    strokes = formats.read_unipen(unipen_text)
    assert strokes.labels.tolist() == [4, 1]
    assert [len(stroke) for stroke in strokes.character(0)] == [3, 2]
    assert strokes.character(1)[0].tolist() == [[5, -100], [5, 0]]
    with pytest.raises(formats.FormatError):
        formats.read_unipen(".PEN_DOWN\n1 1\n")
    with pytest.raises(formats.FormatError):
        formats.read_unipen("")


def test_pendigits_zip_is_unpacked(tmp_path, pendigits_zip):
    pendigits_zip(tmp_path / "pendigits.zip")
    strokes = formats.read_pendigits_zip(tmp_path / "pendigits.zip", "pendigits-orig.tra.Z")
    assert strokes.labels.tolist() == [4, 1]


@pytest.mark.parametrize("data", [b"", b"\x00\x00\x08\x01\x00\x00\x00\x05ab", b"PNG?????"])
def test_damaged_idx_files_are_refused(data):
    with pytest.raises(formats.FormatError):
        formats.idx(data)
