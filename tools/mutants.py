"""Change the code in small ways and see whether the tests notice: which mutants survive?

    python tools/mutants.py --minutes 20                  # a sample of the core rooms
    python tools/mutants.py --minutes 20                  # goes on with the same sample
    python tools/mutants.py --minutes 9 --survivors       # only those that survived, again
    python tools/mutants.py --minutes 5 --rooms reader --only NumberReplacer
    python tools/mutants.py --minutes 0                   # only what is known so far

cosmic-ray makes the mutants, in a copy of the repository. A mutant is one change at one place, such
as another number or another comparison. It is tested by the test file of its module, and if that
does not notice, by all tests of its room. Places are taken in an order that depends on the seed
alone, each room in turn, and results are kept in a session file, so that a run can go on later; a
session of other code begins anew.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest
from pathlib import Path

from cosmic_ray.commands import init
from cosmic_ray.mutating import mutate_and_test
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import MutationSpec, TestOutcome, WorkItem, WorkResult

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("imaging", "layout", "recognition", "storage", "review")
# What is copied, and what is only linked because no test changes it.
COPIED = ("inkling", "tests", "tools", "benchmarks", "pages")
LINKED = ("model", "assets", "app.py", "train_model.py", "docs", ".streamlit")
# Without a decorator such as lru_cache or overload, every answer stays the same.
UNUSED_OPERATORS = ("RemoveDecorator",)
# A mutant that runs this many times as long as the tests do, and some seconds, hangs.
PATIENCE, MARGIN = 3.0, 20.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Test mutants for some minutes and print the survivors; 1 if the unchanged code fails."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--minutes", type=float, default=20.0, help="no mutant is begun later")
    parser.add_argument("--rooms", nargs="+", default=list(ROOMS), metavar="ROOM")
    parser.add_argument("--only", default="", metavar="OPERATOR", help="part of operators' names")
    parser.add_argument("--survivors", action="store_true", help="test survivors again")
    parser.add_argument("--seed", type=int, default=1, help="of the order of places")
    parser.add_argument(
        "--session",
        type=Path,
        default=Path(tempfile.gettempdir()) / "inkling-mutants",
        metavar="FOLDER",
        help="where results are kept",
    )
    options = parser.parse_args(arguments)
    end = time.monotonic() + 60.0 * options.minutes
    options.session.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="inkling-mutants-") as name:
        folder = _copy(Path(name))
        os.chdir(folder)
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        rooms: list[Iterator[tuple[WorkDB, WorkItem]]] = []
        sessions = []
        for room in options.rooms:
            session = _session(options.session, room, options.only)
            sessions.append((room, session))
            if options.survivors:
                rooms.append(_survivors(session))
            elif options.minutes:
                rooms.append(_pending(session, options.seed))
        limits: dict[str, float] = {}
        # Each room in turn.
        for session, item in filter(None, chain.from_iterable(zip_longest(*rooms))):
            room = item.mutations[0].module_path.parts[1]
            if room not in limits:
                seconds = _seconds_of_tests(room)
                if seconds is None:
                    print(f"The tests of {room} fail without any change.", file=sys.stderr)
                    return 1
                limits[room] = PATIENCE * seconds + MARGIN
            result = _test(item.mutations[0], limits[room])
            session.set_result(item.job_id, result)
            print("." if result.is_killed else "S", end="", file=sys.stderr, flush=True)
            if time.monotonic() >= end:
                break
        print(file=sys.stderr)
        _report(sessions)
    return 0


def _copy(folder: Path) -> Path:
    """Copy what the tests need, so that nobody meets a mutant in the repository itself."""
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    for name in LINKED:
        (folder / name).symlink_to(ROOT / name)
    return folder


def _session(folder: Path, room: str, only: str) -> WorkDB:
    """The session of a room as its code is now, with all of its mutants."""
    modules = sorted((Path("inkling") / room).rglob("*.py"))
    digest = hashlib.sha256(b"".join(module.read_bytes() for module in modules)).hexdigest()
    path = folder / f"{room}-{only or 'all'}-{digest[:10]}.sqlite"
    if not path.exists():
        draft = path.with_suffix(".tmp")
        draft.unlink(missing_ok=True)
        with use_db(draft) as session:
            init(modules, session, {})
        draft.replace(path)
    return WorkDB(path, WorkDB.Mode.open)


def _pending(session: WorkDB, seed: int) -> Iterator[tuple[WorkDB, WorkItem]]:
    """One mutant of each place that has not been tested yet, in the order of the seed."""
    places: dict[tuple[str, tuple[int, int]], list[WorkItem]] = {}
    silent: dict[Path, list[tuple[tuple[int, int], tuple[int, int]]]] = {}
    for item in session.work_items:
        mutation = item.mutations[0]
        if mutation.module_path not in silent:
            silent[mutation.module_path] = _silent_lines(mutation.module_path)
        if not any(name in mutation.operator_name for name in UNUSED_OPERATORS) and not any(
            first <= mutation.start_pos < last for first, last in silent[mutation.module_path]
        ):
            places.setdefault((str(mutation.module_path), mutation.start_pos), []).append(item)
    done = {job for job, _ in session.results}
    order = sorted(places)
    # A sample, no secret.
    chance = random.Random(seed)  # nosec B311
    chance.shuffle(order)
    for place in order:
        kinds = sorted(places[place], key=_key)
        chosen = kinds[chance.randrange(len(kinds))]
        if chosen.job_id not in done:
            yield session, chosen


def _survivors(session: WorkDB) -> Iterator[tuple[WorkDB, WorkItem]]:
    """The mutants that have survived so far."""
    alive = {job for job, result in session.results if not result.is_killed}
    for item in list(session.work_items):
        if item.job_id in alive:
            yield session, item


def _key(item: WorkItem) -> tuple[str, int]:
    return item.mutations[0].operator_name, item.mutations[0].occurrence


def _silent_lines(module: Path) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Where a module holds annotations, which nothing evaluates: beginnings and ends."""
    found = []
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        parts: list[ast.expr | None] = []
        if isinstance(node, ast.arg | ast.AnnAssign):
            parts.append(node.annotation)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            parts.append(node.returns)
        found += [
            ((part.lineno, part.col_offset), (part.end_lineno or 0, part.end_col_offset or 0))
            for part in parts
            if part is not None
        ]
    return found


def _seconds_of_tests(room: str) -> float | None:
    """How long the tests of a room take; None if one fails."""
    start = time.monotonic()
    status = subprocess.run(
        _command([f"tests/{room}"]).split(), stdout=subprocess.DEVNULL, check=False
    ).returncode
    return time.monotonic() - start if status == 0 else None


def _test(mutation: MutationSpec, limit: float) -> WorkResult:
    """Test a mutant by its module's tests, and if they do not notice it, by those of its room."""
    room, module = mutation.module_path.parts[1], mutation.module_path.stem
    own = Path("tests") / room / f"test_{module}.py"
    result = None
    for tests in ([str(own)] if own.is_file() else [], [f"tests/{room}"]):
        if tests and (result is None or result.test_outcome is TestOutcome.SURVIVED):
            result = mutate_and_test([mutation], _command(tests), limit)
    assert result is not None
    return result


def _command(tests: Sequence[str]) -> str:
    # Without the plug-ins that these tests do not need, a run begins in half the time.
    pytest = "-m pytest -x -q -o addopts= -p no:cacheprovider -p pytest_timeout --timeout 120"
    return f"{sys.executable} {pytest} {' '.join(tests)}"


def _report(sessions: Sequence[tuple[str, WorkDB]]) -> None:
    """Print how many mutants survived in each room, and how each of them differs."""
    total = survived = 0
    for room, session in sessions:
        results = [result for _, result in session.results]
        alive = [result for result in results if not result.is_killed]
        total, survived = total + len(results), survived + len(alive)
        for result in alive:
            print(result.diff, end="\n\n")
        print(f"{room}: {len(alive)} of {len(results)} mutants survived")
    if total:
        print(f"in all: {survived} of {total} mutants survived ({survived / total:.1%})")


if __name__ == "__main__":
    sys.exit(main())
