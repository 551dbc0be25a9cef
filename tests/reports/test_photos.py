"""Stored results of photos and of people's own photos."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inkling.reports import photos
from inkling.reports.files import ReportError
from inkling.reports.photos import PhotoResults


def test_the_stored_results_have_the_documented_form():
    results = photos.load_photo_results()
    assert {one.name for one in results.sets} >= {"cheques", "photos"}
    for one in results.sets:
        for reader in one.readers:
            assert reader.accuracy is not None
            assert reader.low <= reader.accuracy.value <= reader.high
            assert reader.extra is None


@pytest.mark.parametrize("load", [photos.load_photo_results, photos.load_people_results])
def test_missing_and_damaged_results_are_reported(load, tmp_path: Path):
    file = tmp_path / "results.json"
    with pytest.raises(ReportError, match=r"has not been measured yet.*results\.json") as missing:
        load(file)
    assert missing.value.remedy.startswith("python benchmarks/accuracy/")
    file.write_text('{"created": 3}')
    with pytest.raises(ReportError, match="damaged"):
        load(file)
    file.write_text(json.dumps({"created": "", "command": "", "machine": "", "sets": []}))
    assert load(file) == PhotoResults("", "", "", [])
