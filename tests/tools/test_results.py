"""The table of people's own photos, from a made file."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from inkling.reports import photos
from inkling.reports.photos import PhotoResults, PhotoSet, ReaderResult
from inkling.reports.statistics import Interval
from tools.docs import results


def test_the_table_shows_what_is_stored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    file = tmp_path / "people.json"
    monkeypatch.setattr(photos, "PEOPLE_FILE", file)
    assert "python benchmarks/accuracy/people.py FOLDER" in results.people()
    ours = ReaderResult(
        "Inkling",
        "digits",
        right=3,
        lines=4,
        low=0.5,
        high=1.0,
        extra=2,
        sure=2,
        sure_right=1,
        sure_share=Interval(0.5, 0.25, 0.75),
        sure_wrong_share=Interval(0.5, 0.0, 1.0),
        character_errors=Interval(0.125, 0.0, 0.25),
        cpu_seconds=1.25,
    )
    other = ReaderResult("RapidOCR", "3", right=2, lines=4, low=0.0, high=1.0)
    sets = [
        PhotoSet("people", 2, "lines", [ours, other], tuned=False),
        PhotoSet("cheques", 2, "lines", [ours, other], tuned=True),
    ]
    stored = PhotoResults("2026-11-27T10:00:00", "python x.py", "two cores", sets)
    file.write_bytes(msgspec.json.encode(stored))
    lines = results.people().splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:6]]
    assert [row[1] for row in cells] == ["no", "no", "yes", "no"]
    assert cells[0] == [
        "people's own photos: lines (2 pictures)",
        "no",
        "Inkling digits",
        "3 of 4, **75.0 %** (50.0 to 100.0)",
        "2",
        "**12.5 %** (0.0 to 25.0)",
        "2, **50.0 %** (25.0 to 75.0)",
        "1, **50.0 %** (0.0 to 100.0)",
        "1.25 s",
    ]
    assert cells[1][3:] == ["2 of 4, **50.0 %** (0.0 to 100.0)", "", "", "", "", ""]
    assert lines[-1] == "Measured 2026-11-27 on two cores: `python x.py`."
