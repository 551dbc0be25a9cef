"""Write the locks: the exact versions and hashes of everything that requirements*.txt asks for.

    python tools/lock.py              # after a requirement was added, removed or changed
    python tools/lock.py --upgrade    # everything to its newest version

`requirements.lock` is for tests and training, `requirements-serving.lock` for a server; versions
are the same in both. They are made by pip-compile for Python 3.11 on Linux with x86-64, where CI
and the container install them with `pip install --require-hashes -r`. Everybody else installs the
readable files. No address of an index is written into a lock.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = (3, 11)
LOCKS = {
    "requirements.lock": ("requirements-dev.txt",),
    "requirements-serving.lock": (
        *("--constraint", "requirements.lock"),
        *("requirements-serving.txt", "deploy/requirements.txt"),
    ),
}
OPTIONS = (
    "--quiet",
    "--generate-hashes",
    "--strip-extras",
    # pip and setuptools, too: some packages need them, and --require-hashes needs everything.
    "--allow-unsafe",
    "--no-emit-index-url",
    "--no-emit-trusted-host",
    "--no-emit-find-links",
    # So that the lock does not depend on who writes it.
    "--no-config",
)


def main(arguments: Sequence[str]) -> int:
    """Write both locks; return pip-compile's exit status."""
    if sys.version_info[:2] != PYTHON:
        print(f"tools/lock.py: use Python {'.'.join(map(str, PYTHON))}.", file=sys.stderr)
        return 2
    for lock, sources in LOCKS.items():
        command = [sys.executable, "-m", "piptools", "compile", *OPTIONS, *arguments]
        status = subprocess.run(
            [*command, "--output-file", lock, *sources],
            cwd=ROOT,
            # What the lock's head names as the command that made it.
            env={**os.environ, "CUSTOM_COMPILE_COMMAND": "python tools/lock.py"},
            check=False,
        ).returncode
        if status:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
