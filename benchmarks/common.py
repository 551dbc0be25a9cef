"""What the benchmarks share: their options, and how figures are printed and stored."""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from inkling.reports.names import folder_name
from inkling.reports.statistics import Interval, wilson

# Samples that a bootstrap draws.
SAMPLES = 4000


def argument_parser(doc: str | None) -> argparse.ArgumentParser:
    """A parser described by the first line of a script's docstring."""
    return argparse.ArgumentParser(description=(doc or "").splitlines()[0])


def add_network(parser: argparse.ArgumentParser) -> None:
    """Add the option that chooses the model."""
    parser.add_argument(
        "--network",
        type=folder_name,
        default="digits",
        metavar="NAME",
        help="the model: a folder under model/",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add the option that stores the figures in a file."""
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")


def add_sets(parser: argparse.ArgumentParser, names: Iterable[str]) -> None:
    """Add the folder of labelled sets, and the options of its sets, the network and the limit."""
    parser.add_argument("folder", type=Path)
    parser.add_argument("--set", dest="sets", nargs="+", choices=list(names), metavar="NAME")
    add_network(parser)
    add_limit(parser)


def add_limit(parser: argparse.ArgumentParser) -> None:
    """Add the option that measures a part of each set."""
    parser.add_argument(
        "--limit", type=int, default=0, metavar="N", help="pictures of each set, spread evenly"
    )


def add_timeout(parser: argparse.ArgumentParser, default: float | None = None) -> None:
    """Add the option that limits the time for a page; a default of None is no limit."""
    usual = "no limit" if default is None else f"{default:g} seconds"
    parser.add_argument(
        "--timeout",
        type=float,
        default=default,
        metavar="SECONDS",
        help=f"the most for a page (default: {usual})",
    )


def merged_results(
    sets: Sequence[Mapping[str, Any]], path: Path, command: str, order: Sequence[str]
) -> dict[str, Any]:
    """What is stored: this run, and the sets and readers in the file that it did not measure.

    Args:
        sets: each with its `name` and `readers`, which have a `name`, too.
        path: the file; it need not exist.
        command: how to measure all of them.
        order: the names of all sets.
    """
    stored = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    before = {each["name"]: each for each in stored.get("sets", [])}
    merged = dict(before)
    for each in sets:
        readers = {reader["name"] for reader in each["readers"]}
        kept = [
            reader
            for reader in before.get(each["name"], {"readers": []})["readers"]
            if reader["name"] not in readers
        ]
        merged[each["name"]] = {**each, "readers": [*each["readers"], *kept]}
    return {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": command,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "sets": sorted(merged.values(), key=lambda each: order.index(each["name"])),
    }


def write_figures(figures: Mapping[str, Any], path: Path | None, *, show: bool = True) -> None:
    """Print figures as JSON, and write them to a file if there is one.

    Args:
        figures: what was measured.
        path: the file of `--json`; None for none.
        show: print them; False for a script that prints a table of its own.
    """
    text = json.dumps(figures, indent=1)
    if show:
        print(text)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")


def proportion(right: int, n: int) -> dict[str, Any]:
    """How many of n were right, and the part with its 95 % Wilson interval, to four decimals."""
    part = wilson(right, n)
    return {
        "n": n,
        "right": right,
        "accuracy": round(part.value, 4),
        "low": round(part.low, 4),
        "high": round(part.high, 4),
    }


def ratio(parts: Sequence[float], wholes: Sequence[float]) -> Interval | None:
    """The sum of `parts` divided by the sum of `wholes`, with its 95 % bootstrap interval.

    The bootstrap draws pairs of a part and its whole, one pair per picture: what lies on the same
    picture is often right or wrong together. Where all pairs have the same ratio, the interval has
    no width.

    Returns:
        None if the wholes sum to 0.
    """
    part, whole = np.asarray(parts, np.float64), np.asarray(wholes, np.float64)
    if not whole.sum():
        return None
    drawn = np.random.default_rng(0).integers(0, len(whole), (SAMPLES, len(whole)))
    totals = whole[drawn].sum(axis=1)
    # A sample without any whole has no ratio.
    ratios = part[drawn].sum(axis=1)[totals > 0] / totals[totals > 0]
    low, high = np.percentile(ratios, [2.5, 97.5])
    return Interval(float(part.sum() / whole.sum()), float(low), float(high))


def milliseconds(values: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile of times in milliseconds."""
    if not values:
        return {"n": 0}
    median, p95 = np.percentile(values, [50, 95])
    return {"n": len(values), "median_ms": round(median, 1), "p95_ms": round(p95, 1)}
