"""The output of `read`: finished files of an interrupted run, and files that are left alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inkling.cli.output import Format, OutputError, ResultWriter


def result_line(file: str) -> str:
    """A line such as `read --format json` writes."""
    return json.dumps({"file": file, "page": 1, "text": "1"}) + "\n"


@pytest.mark.parametrize("format", [Format.JSON, Format.CSV])
def test_the_last_file_never_counts_as_finished(tmp_path: Path, format: Format) -> None:
    """Wherever the output of a run is cut, resuming keeps only files that have lines after them."""
    out = tmp_path / "out"
    if format is Format.JSON:
        whole = result_line("a") + '{"file":"b","error":"Bad."}\n'
        last = result_line("c") + result_line("c")
    else:
        whole = "file,page,line,number,confidence,error\na,1,1,12,0.9,\nb,,,,,Bad.\n"
        last = "c,1,1,7,0.9,\nc,2,1,8,0.9,\n"
    for cut in range(len(last) + 1):
        out.write_text(whole + last[:cut])
        writer = ResultWriter(out, resume=True, format=format)
        writer.close()
        if "\n" in last[:cut]:
            assert writer.finished.names == {"a", "b"} and writer.finished.failed == 1
            assert out.read_text() == whole and not writer.is_new
        else:
            # No complete line is left of the third file, so the second file is the last.
            assert writer.finished.names == {"a"} and writer.finished.failed == 0
            assert out.read_text() == "".join(whole.splitlines(keepends=True)[:-1])


@pytest.mark.parametrize("content", ["my diary\nof 2026\n", "[1]\n", '{"name": 1}\n'])
@pytest.mark.parametrize("format", [Format.JSON, Format.CSV])
def test_a_foreign_file_is_not_changed(tmp_path: Path, content: str, format: Format) -> None:
    out = tmp_path / "diary.txt"
    out.write_text(content)
    for resume in (False, True):
        with pytest.raises(OutputError, match=r"diary\.txt"):
            ResultWriter(out, resume=resume, format=format)
        assert out.read_text() == content
