"""The data behind a chart, as CSV."""

from __future__ import annotations

import csv
import io

from inkling.ui.shared import chart


def test_rows_become_csv():
    rows = [{"model": "A", "errors": 3}, {"model": 'B, "b"', "errors": 4}]
    text = chart.as_csv(rows).decode("utf-8-sig")
    assert list(csv.DictReader(io.StringIO(text))) == [
        {"model": "A", "errors": "3"},
        {"model": 'B, "b"', "errors": "4"},
    ]
    assert chart.as_csv([]) == b"\xef\xbb\xbf"
