"""Results of reading photos, and what is shown where there are none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inkling.reports import photos
from tests.ui.insights.page import open_page, texts

RESULTS = {
    "created": "2026-11-21",
    "command": "python benchmarks/accuracy/photos.py",
    "machine": "two cores",
    "sets": [
        {
            "name": "strips",
            "n": 2,
            "unit": "strip",
            "readers": [
                {"name": "A", "version": "1", "right": 1, "lines": 2, "low": 0.1, "high": 0.9},
                {"name": "B", "version": "2", "right": 0, "lines": 0, "low": 0.0, "high": 1.0},
            ],
        }
    ],
}


def test_photo_results_are_shown_if_there_are_any(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    file = tmp_path / "photos.json"
    monkeypatch.setattr(photos, "PHOTOS_FILE", file)
    missing = texts(open_page("Photos"))
    assert "has not been measured yet" in missing
    assert "Run `python benchmarks/accuracy/photos.py`." in missing
    file.write_text(json.dumps(RESULTS))
    test = open_page("Photos")
    assert not test.info
    assert RESULTS["command"] in [code.value for code in test.code]
    assert "two cores" in texts(test)
    file.write_text('{"created": 3}')
    assert "damaged" in texts(open_page("Photos"))
