"""Reading folders: in worker processes, on Ray, interrupted and resumed."""

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
from inkling.cli.output import Format
from inkling.paths import ROOT
from tests.fixtures.pages_made import Paper, encode, make_page

COMMAND = (sys.executable, "-m", "inkling", "read")
SMALL = Paper(width=300, height=150, digit=40)


@pytest.fixture(scope="module")
def page() -> bytes:
    return encode(make_page([["14"]], 1, SMALL), "JPEG")


@pytest.fixture
def folder(tmp_path: Path, page: bytes) -> Path:
    """Six pictures and a broken file, in two folders."""
    folder = tmp_path / "pictures"
    (folder / "deep").mkdir(parents=True)
    for name in ("a.jpg", "b.jpg", "d.jpg", "deep/e.jpg", "deep/f.jpg", "g.jpg"):
        (folder / name).write_bytes(page)
    (folder / "c.png").write_text("not a picture")
    return folder


def files_in(lines: str) -> list[str]:
    return [json.loads(line)["file"] for line in lines.splitlines()]


def test_worker_processes_give_the_results_of_one_process_in_order(folder: Path) -> None:
    files = sorted(str(path) for path in folder.rglob("*.*"))
    parallel = list(batch.read_files(files, "digits", Format.JSON, jobs=2))
    expected = [batch.read_file(file, "digits", Format.JSON) for file in files]
    assert parallel == expected
    assert [result.failed for result in parallel] == [file.endswith("c.png") for file in files]
    assert all(result.lines.endswith("\n") for result in parallel)


def test_a_bug_while_reading_costs_one_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("inkling.cli.batch.read_upright", fail)
    result = batch.read_file(str(folder / "a.jpg"), "digits", Format.JSON)
    assert result.failed and "Traceback" not in result.lines
    assert json.loads(result.lines)["file"] == str(folder / "a.jpg")


# A worker process dies at one of the files, as if the system had killed it for lack of memory.
DYING_WORKER = """
import os, signal, sys
from pathlib import Path
from inkling.cli import batch
read = batch.read_upright
def read_upright(page, *arguments):
    if page.file.endswith("b.jpg"):
        os.kill(os.getpid(), signal.SIGKILL)
    return read(page, *arguments)
batch.read_upright = read_upright
if __name__ == "__main__":
    files = sorted(str(path) for path in Path(sys.argv[1]).glob("*.jpg"))
    for result in batch.read_files(files, "digits", batch.Format.JSON, 2):
        print(result.lines, end="", flush=True)
"""


def test_a_worker_that_dies_costs_the_file_it_was_reading(folder: Path, tmp_path: Path) -> None:
    program = tmp_path / "dying.py"
    program.write_text(DYING_WORKER)
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


def test_an_output_is_resumed_after_a_kill(tmp_path: Path, page: bytes) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    names = [f"{number:03}.jpg" for number in range(40)]
    for name in names:
        (folder / name).write_bytes(page)
    out = tmp_path / "out.jsonl"
    # In a session of its own, so that the processes it leaves behind can be found.
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
    # Its worker processes end as well.
    deadline = time.monotonic() + 30
    while _is_group(run.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_group(run.pid)
    kept = out.read_bytes()
    assert 0 < kept.count(b"\n") < len(names)
    with out.open("ab") as more:
        more.write(b'{"file": "half')
    resumed = CliRunner().invoke(
        main.app, ["read", str(folder), "--output", str(out), "--resume", "--jobs", "2"]
    )
    assert resumed.exit_code == 0 and "are left" in resumed.stderr
    assert files_in(out.read_text()) == [str(folder / name) for name in names]
    assert out.read_bytes().startswith(kept)


def _is_group(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_ctrl_c_leaves_complete_lines(tmp_path: Path, page: bytes) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(600):
        (folder / f"{number:03}.jpg").write_bytes(page)
    run = subprocess.Popen(
        [*COMMAND, str(folder), "--jobs", "2"],
        cwd=ROOT,
        start_new_session=True,
        # As a terminal would: where the tests run in the background, Ctrl-C may be ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert run.stdout is not None
    first = run.stdout.readline()
    os.killpg(run.pid, signal.SIGINT)
    rest, messages = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "Interrupted after" in messages and "Traceback" not in messages
    assert files_in(first + rest) == [
        str(folder / f"{number:03}.jpg") for number in range((first + rest).count("\n"))
    ]


def test_wrong_options_give_a_sentence(tmp_path: Path) -> None:
    for options, message in (
        (["--resume"], "--output"),
        (["--resume", "--output", "x", "--format", "text"], "json or csv"),
        (["--output", str(tmp_path / "no" / "folder.jsonl")], "cannot be written"),
    ):
        ran = CliRunner().invoke(main.app, ["read", str(tmp_path), *options])
        assert ran.exit_code == 2 and ran.stdout == "" and message in ran.stderr


def test_ray_gives_the_same_results(folder: Path) -> None:
    """Run one small job on a local Ray cluster, for which `--ray` needs no address."""
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
