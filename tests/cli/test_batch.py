"""Reading folders: in processes, on Ray, interrupted and gone on with."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from inkling.cli import batch, main
from inkling.cli.output import Format, OutputError, Sink
from inkling.paths import ROOT
from tests.fixtures.pages_made import Paper, encode, make_page

COMMAND = (sys.executable, "-m", "inkling", "read")
SMALL = Paper(width=300, height=150, digit=40)


def result_of(file: str) -> str:
    """A line such as `read --format json` writes."""
    return json.dumps({"file": file, "page": 1, "text": "1"}) + "\n"


@pytest.fixture(scope="module")
def page() -> bytes:
    return encode(make_page([["14"]], 1, SMALL), "JPEG")


@pytest.fixture
def folder(tmp_path: Path, page: bytes) -> Path:
    """Six pictures and a broken one, in two folders."""
    folder = tmp_path / "pictures"
    (folder / "deep").mkdir(parents=True)
    for name in ("a.jpg", "b.jpg", "d.jpg", "deep/e.jpg", "deep/f.jpg", "g.jpg"):
        (folder / name).write_bytes(page)
    (folder / "c.png").write_text("no picture")
    return folder


def files_in(lines: str) -> list[str]:
    return [json.loads(line)["file"] for line in lines.splitlines()]


def test_processes_give_what_one_process_gives_in_order(folder: Path) -> None:
    files = sorted(str(path) for path in folder.rglob("*.*"))
    apart = list(batch.read_files(files, "digits", Format.JSON, jobs=2))
    here = [batch.read_file(file, "digits", Format.JSON) for file in files]
    assert apart == here
    assert [outcome.failed for outcome in apart] == [file.endswith("c.png") for file in files]
    assert all(outcome.lines.endswith("\n") for outcome in apart)


def test_a_fault_while_reading_costs_one_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("inkling.reader.page.read_upright", fail)
    outcome = batch.read_file(str(folder / "a.jpg"), "digits", Format.JSON)
    assert outcome.failed and "Traceback" not in outcome.lines
    assert json.loads(outcome.lines)["file"] == str(folder / "a.jpg")


# A process dies as one does that the system ends for want of memory, at one of the files.
DYING = """
import os, signal, sys
from pathlib import Path
from inkling import batch, reader
whole = reader.read_upright
def read_upright(page, model):
    if page.file.endswith("b.jpg"):
        os.kill(os.getpid(), signal.SIGKILL)
    return whole(page, model)
reader.read_upright = read_upright
if __name__ == "__main__":
    files = sorted(str(path) for path in Path(sys.argv[1]).glob("*.jpg"))
    for outcome in batch.read_files(files, "digits", batch.Format.JSON, 2):
        print(outcome.lines, end="", flush=True)
"""


def test_a_process_that_dies_costs_the_file_it_had(folder: Path, tmp_path: Path) -> None:
    program = tmp_path / "dying.py"
    program.write_text(DYING)
    ran = subprocess.run(
        [sys.executable, str(program), str(folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [Path(line["file"]).name for line in lines] == ["a.jpg", "b.jpg", "d.jpg", "g.jpg"]
    assert ["error" in line for line in lines] == [False, True, False, False]


def test_an_output_is_gone_on_with_after_a_kill(tmp_path: Path, page: bytes) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    names = [f"{number:03}.jpg" for number in range(40)]
    for name in names:
        (folder / name).write_bytes(page)
    out = tmp_path / "out.jsonl"
    # In a session of its own, so that what it leaves behind can be counted.
    run = subprocess.Popen(
        [*COMMAND, str(folder), "--jobs", "2", "--output", str(out)],
        cwd=ROOT,
        start_new_session=True,
        stderr=subprocess.DEVNULL,
    )
    while run.poll() is None and not (out.exists() and out.read_bytes().count(b"\n") >= 3):
        time.sleep(0.01)
    run.kill()
    assert run.wait() == -signal.SIGKILL
    # Its processes end as well.
    deadline = time.monotonic() + 30
    while _is_group(run.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_group(run.pid)
    kept = out.read_bytes()
    assert 0 < kept.count(b"\n") < len(names)
    with out.open("ab") as more:
        more.write(b'{"file": "half')
    read_again = CliRunner().invoke(
        main.app, ["read", str(folder), "--output", str(out), "--resume", "--jobs", "2"]
    )
    assert read_again.exit_code == 0 and "are left" in read_again.stderr
    assert files_in(out.read_text()) == [str(folder / name) for name in names]
    assert out.read_bytes().startswith(kept)


def _is_group(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_ctrl_c_leaves_whole_lines(tmp_path: Path, page: bytes) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(600):
        (folder / f"{number:03}.jpg").write_bytes(page)
    run = subprocess.Popen(
        [*COMMAND, str(folder), "--jobs", "2"],
        cwd=ROOT,
        start_new_session=True,
        # As a terminal starts it: where the tests run in the background, Ctrl-C may be ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert run.stdout is not None
    first = run.stdout.readline()
    os.killpg(run.pid, signal.SIGINT)
    rest, said = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "Interrupted after" in said and "Traceback" not in said
    assert files_in(first + rest) == [
        str(folder / f"{number:03}.jpg") for number in range((first + rest).count("\n"))
    ]


@pytest.mark.parametrize("format", [Format.JSON, Format.CSV])
def test_of_the_last_file_nothing_counts_as_done(tmp_path: Path, format: Format) -> None:
    out = tmp_path / "out"
    if format is Format.JSON:
        whole = result_of("a") + '{"file":"b","error":"Bad."}\n'
        last = result_of("c") + result_of("c")
    else:
        whole = "file,page,line,number,confidence,error\na,1,1,12,0.9,\nb,,,,,Bad.\n"
        last = "c,1,1,7,0.9,\nc,2,1,8,0.9,\n"
    for cut in range(len(last) + 1):
        out.write_text(whole + last[:cut])
        sink = Sink(out, resume=True, format=format)
        sink.close()
        if "\n" in last[:cut]:
            assert sink.done.files == {"a", "b"} and sink.done.failed == 1
            assert out.read_text() == whole and not sink.is_new
        else:
            # Nothing whole is left of the third file, so the second is the last.
            assert sink.done.files == {"a"} and sink.done.failed == 0
            assert out.read_text() == "".join(whole.splitlines(keepends=True)[:-1])


@pytest.mark.parametrize("content", ["my diary\nof 2026\n", "[1]\n", '{"name": 1}\n'])
@pytest.mark.parametrize("format", [Format.JSON, Format.CSV])
def test_a_foreign_file_is_left_alone(tmp_path: Path, content: str, format: Format) -> None:
    out = tmp_path / "diary.txt"
    out.write_text(content)
    for resume in (False, True):
        with pytest.raises(OutputError, match=r"diary\.txt"):
            Sink(out, resume=resume, format=format)
        assert out.read_text() == content


def test_wrong_options_are_sentences(tmp_path: Path) -> None:
    for options, said in (
        (["--resume"], "--output"),
        (["--resume", "--output", "x", "--format", "text"], "json or csv"),
        (["--output", str(tmp_path / "no" / "folder.jsonl")], "cannot be written"),
    ):
        ran = CliRunner().invoke(main.app, ["read", str(tmp_path), *options])
        assert ran.exit_code == 2 and ran.stdout == "" and said in ran.stderr


def test_ray_reads_the_same(folder: Path) -> None:
    """One small job on a Ray started for it; `--ray` needs no address for that."""
    files = [str(folder / name) for name in ("a.jpg", "c.png")]
    ran = subprocess.run(
        [*COMMAND, files[0], "--ray", files[1]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 1, ran.stderr
    expected = [batch.read_file(file, "digits", Format.JSON).lines for file in files]
    assert ran.stdout == "".join(expected)
