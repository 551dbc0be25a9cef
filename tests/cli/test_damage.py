"""Damaged models and full disks, as the command line meets them: a sentence, never a traceback."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from inkling.paths import ROOT

MODELS = ROOT / "model"
SAMPLE = ROOT / "assets" / "samples" / "one-digit.jpg"
FULL = Path("/dev/full")


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A folder of models that may be damaged."""
    folder = tmp_path / "models"
    for name in ("digits", "drawn", "line", "page", "reader"):
        shutil.copytree(MODELS / name, folder / name, ignore=shutil.ignore_patterns("*.keras"))
    return folder


def inkling(
    *arguments: str | Path, models: Path | None = None, **options: object
) -> subprocess.CompletedProcess[str]:
    result = subprocess.run(  # type: ignore[call-overload]
        [sys.executable, "-m", "inkling", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "INKLING_MODEL": str(models or MODELS)},
        stderr=subprocess.PIPE,
        text=True,
        timeout=120,
        check=False,
        **{"stdout": subprocess.PIPE, **options},
    )
    # LiteRT's own log.
    lines = [line for line in result.stderr.splitlines(True) if not line.startswith("INFO:")]
    result.stderr = "".join(lines)
    assert "Traceback" not in result.stderr
    assert models is None or str(models) not in result.stderr
    return result


def replace(file: Path, content: bytes) -> None:
    """Replace a model file, and what its report or its notes say about its digest."""
    old = hashlib.sha256(file.read_bytes()).hexdigest()
    file.write_bytes(content)
    for notes in file.parent.glob("*.json"):
        text = notes.read_text(encoding="utf-8")
        notes.write_text(text.replace(old, hashlib.sha256(content).hexdigest()), encoding="utf-8")


def cut(name: str) -> Callable[[Path], None]:
    """Lose a file's second half."""
    return lambda models: os.truncate(models / name, (models / name).stat().st_size // 2)


def put(name: str, content: bytes) -> Callable[[Path], None]:
    return lambda models: replace(models / name, content)


def swap(name: str, other: str) -> Callable[[Path], None]:
    return lambda models: replace(models / name, (models / other).read_bytes())


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (cut("digits/model.tflite"), "digits/model.tflite is not the file its report describes."),
        (cut("digits/report.json"), "The report of “digits” is damaged"),
        (put("digits/model.tflite", b"no network" * 99), "It is not a LiteRT file."),
        (swap("digits/model.tflite", "drawn/model.tflite"), "a network of another kind."),
        (cut("line/model.tflite"), "line/model.tflite is not the file its report describes."),
        (put("line/line.json", b"[]"), "line/line.json is missing or damaged."),
        (put("page/model.tflite", b"TFL3" * 99), "It is not a LiteRT file."),
        (swap("page/model.tflite", "line/model.tflite"), "a network of another kind."),
        (put("reader/config.json", b"{}"), "reader/config.json is missing or damaged."),
    ],
)
def test_a_damaged_model_gives_one_sentence(
    models: Path, damage: Callable[[Path], None], said: str
) -> None:
    damage(models)
    result = inkling("read", SAMPLE, models=models)
    assert (result.returncode, result.stdout) == (2, "")
    (sentence,) = result.stderr.splitlines()
    assert said in sentence


def test_results_that_the_disk_does_not_take(tmp_path: Path) -> None:
    with FULL.open("w") as full:
        result = inkling("classify", SAMPLE, stdout=full)
    assert result.returncode == 1
    assert result.stderr == "The results cannot be written (no space left on device).\n"
    result = inkling("read", SAMPLE, "--output", FULL)
    assert (result.returncode, result.stdout) == (1, "")
    assert "/dev/full cannot be written any more (no space left on device)." in result.stderr
    assert "add --resume" in result.stderr


def test_a_disk_that_fills_up_keeps_what_was_written(tmp_path: Path) -> None:
    pictures = []
    for number in range(3):
        pictures.append(tmp_path / f"{number}.jpg")
        shutil.copy(SAMPLE, pictures[-1])
    output = tmp_path / "out.jsonl"
    whole = inkling("read", pictures[0]).stdout
    # The second result has no room. A file's largest size stands for a full disk, whose errors
    # come at the same calls.
    most = len(whole.encode()) * 3 // 2
    result = inkling(
        "read",
        *pictures,
        *("--output", output),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
    )
    assert result.returncode == 1
    assert "out.jsonl cannot be written any more (file too large)." in result.stderr
    assert inkling("read", *pictures, "--output", output, "--resume").returncode == 0
    lines = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    assert [line["file"] for line in lines] == [str(picture) for picture in pictures]
