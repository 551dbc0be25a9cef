"""Build the wheel, install it in a fresh environment, and try it outside the clone.

    python tools/try_package.py

It needs what `pip install` needs: an index, or packages that pip is configured to find. It fails
with the first thing that is wrong, and prints the wheel's size.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "assets" / "samples" / "phone-number.jpg"
# The numbers of the sample, as docs and tests have them.
NUMBERS = ["030", "5274", "1986"]
MOST_MEGABYTES = 40.0
# What the library must do without, so that a notebook does not install an app.
FOREIGN = ("streamlit", "tensorflow", "pandas")
PROGRAM = """
import importlib.util, json, sys
import numpy as np
import inkling

sample, foreign = sys.argv[1], sys.argv[2:]
reading = inkling.read(sample)
try:
    reading.to_frame()
    frame = "there is one"
except ImportError as problem:
    frame = str(problem)
print(json.dumps({
    "file": inkling.__file__,
    "numbers": [number.text for number in reading.numbers],
    "exported": reading.export()["text"],
    "blank": inkling.classify(np.zeros((28, 28), np.uint8)),
    "frame": frame,
    "foreign": [name for name in foreign if importlib.util.find_spec(name)],
}))
"""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="inkling-package-") as name:
        folder = Path(name)
        wheel = _built(folder)
        size = wheel.stat().st_size / 1e6
        _expect(size <= MOST_MEGABYTES, f"the wheel has {size:.1f} MB")
        programs = _installed(wheel, folder)
        elsewhere = folder / "elsewhere"
        elsewhere.mkdir()
        _try_command(programs / "inkling", elsewhere)
        _try_functions(programs / "python", elsewhere)
        print(f"{wheel.name}, {size:.1f} MB: the command and the functions work.")


def _built(folder: Path) -> Path:
    pip = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder), str(ROOT)]
    _run(pip, folder)
    return next(folder.glob("inkling-*.whl"))


def _installed(wheel: Path, folder: Path) -> Path:
    """Install a wheel in an environment of its own; return the folder of its programs."""
    venv.create(folder / "environment", with_pip=True)
    programs = folder / "environment" / ("Scripts" if os.name == "nt" else "bin")
    _run([str(programs / "python"), "-m", "pip", "install", "-q", str(wheel)], folder)
    return programs


def _try_command(program: Path, folder: Path) -> None:
    lines = _run([str(program), "read", str(SAMPLE)], folder).splitlines()
    numbers = [number for line in json.loads(lines[0])["lines"] for number in line["numbers"]]
    _expect(numbers == NUMBERS, f"`inkling read` gave {numbers}")
    models = json.loads(_run([str(program), "models", "-f", "json"], folder))
    names = [model["name"] for model in models]
    _expect("digits" in names and "pocket" in names, f"`inkling models` gave {names}")
    _expect("Usage: inkling " in _run([str(program), "--help"], folder), "the usage of --help")


def _try_functions(python: Path, folder: Path) -> None:
    said = json.loads(_run([str(python), "-c", PROGRAM, str(SAMPLE), *FOREIGN], folder))
    _expect(not Path(said["file"]).is_relative_to(ROOT), f"it was imported from {said['file']}")
    _expect(said["numbers"] == NUMBERS, f"inkling.read gave {said['numbers']}")
    _expect(said["exported"] == "".join(NUMBERS), f"export gave {said['exported']}")
    _expect(said["blank"] is None, f"a blank picture gave {said['blank']}")
    _expect("pip install pandas" in said["frame"], f"without pandas: {said['frame']}")
    _expect(not said["foreign"], f"it installed {said['foreign']}")


def _run(command: Sequence[str], folder: Path) -> str:
    """What a program writes, run outside the clone and without its settings."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("INKLING_", "PYTHON", "VIRTUAL_ENV"))
    }
    result = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        sys.exit(f"{' '.join(command[:3])} failed:\n{result.stdout[-2000:]}{result.stderr[-2000:]}")
    return result.stdout


def _expect(condition: bool, problem: str) -> None:
    if not condition:
        sys.exit(f"tools/try_package.py: {problem}")


if __name__ == "__main__":
    main()
