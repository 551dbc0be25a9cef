"""SHA-256 digests of every file under `model/`, in one list: `model/SHA256SUMS`.

The list has the format of `sha256sum`. Whatever writes a model records it (`record`),
`python tools/checksums.py` writes the whole list anew, and `inkling models --verify` checks it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from inkling.paths import PACKAGED, digest_of, reason_of, write_atomically
from inkling.reports.files import ReportError

SUMS_FILE = "SHA256SUMS"
# The files that reading needs. An installed package has no others (pyproject.toml).
SERVED = frozenset(
    {"model.tflite", "report.json", "line.json", "page.json", "config.json", "weights.bin"}
)
# Folders of unfinished trainings and of searches, which git ignores as well.
PASSING = frozenset({"checkpoint", "tuning"})
ENTRY = re.compile(r"(?P<digest>[0-9a-f]{64}) [ *](?P<name>\S.*)")


class ChecksumError(ReportError):
    """The list is missing or damaged."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "python tools/checksums.py")


def verify(models: Path) -> Iterator[str]:
    """Compare the files of all models with the list.

    Args:
        models: the folder of all models.

    Yields:
        A sentence for each file that is missing, cannot be read, or differs.

    Raises:
        ChecksumError: there is no list, or it is damaged.
    """
    for name, digest in expected(models).items():
        try:
            if digest_of(models / name) != digest:
                yield f"{name} is not the file that {SUMS_FILE} describes."
        except FileNotFoundError:
            yield f"{name} is missing."
        except OSError as problem:
            yield f"{name} cannot be read ({reason_of(problem)})."


def expected(models: Path) -> dict[str, str]:
    """The digests of the files that should be there: all listed ones, but for a package.

    Raises:
        ChecksumError: see `load`.
    """
    listed = load(models)
    if models != PACKAGED:
        return listed
    return {name: digest for name, digest in listed.items() if Path(name).name in SERVED}


def load(models: Path) -> dict[str, str]:
    """The listed digests by file name, relative to the folder of all models.

    Raises:
        ChecksumError: there is no list, or it is damaged.
    """
    try:
        lines = (models / SUMS_FILE).read_text(encoding="utf-8").splitlines()
    except OSError:
        raise ChecksumError(f"There is no {SUMS_FILE} in the folder of models.") from None
    except UnicodeDecodeError:
        raise ChecksumError(f"{SUMS_FILE} is damaged.") from None
    listed = {}
    for number, line in enumerate(lines, 1):
        entry = ENTRY.fullmatch(line)
        if entry is None or ".." in Path(entry["name"]).parts:
            raise ChecksumError(f"{SUMS_FILE} is damaged: see its line {number}.")
        listed[entry["name"]] = entry["digest"]
    if not listed:
        raise ChecksumError(f"{SUMS_FILE} lists no file.")
    return listed


def record(path: Path) -> None:
    """Bring the list up to date after a model was written.

    Args:
        path: the model's folder, or one file beside it such as a report of the zoo. Where the
            folder of all models has no list, as those of trainings from the app, nothing is done.
    """
    models = next((each for each in path.parents if (each / SUMS_FILE).is_file()), None)
    if models is None:
        return
    name = path.relative_to(models).as_posix()
    others = {
        known: digest
        for known, digest in load(models).items()
        if known != name and not known.startswith(f"{name}/")
    }
    _write(models, others | _digests(models, path))


def write(models: Path) -> int:
    """Write the list of all files of all models; return how many there are."""
    digests = _digests(models, models)
    _write(models, digests)
    return len(digests)


def _digests(models: Path, path: Path) -> dict[str, str]:
    """The digests of a file, or of all files in a folder, by name relative to `models`."""
    files = [path] if path.is_file() else path.rglob("*")
    return {
        file.relative_to(models).as_posix(): digest_of(file)
        for file in files
        if file.is_file()
        and file.name != SUMS_FILE
        and file.suffix not in (".tmp", ".part")
        and not PASSING & set(file.relative_to(models).parts)
    }


def _write(models: Path, digests: dict[str, str]) -> None:
    lines = (f"{digest}  {name}\n" for name, digest in sorted(digests.items()))
    write_atomically(models / SUMS_FILE, "".join(lines).encode())
