"""What the benchmarks share: their options, and how figures are printed and stored."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from inkling.reports.statistics import wilson


def argument_parser(doc: str | None) -> argparse.ArgumentParser:
    """A parser described by the first line of a script's docstring."""
    return argparse.ArgumentParser(description=(doc or "").splitlines()[0])


def add_network(parser: argparse.ArgumentParser) -> None:
    """Add the option that chooses the model."""
    parser.add_argument(
        "--network", default="digits", metavar="NAME", help="the model: a folder under model/"
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add the option that stores the figures in a file."""
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")


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


def milliseconds(values: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile of times in milliseconds."""
    if not values:
        return {"n": 0}
    median, p95 = np.percentile(values, [50, 95])
    return {"n": len(values), "median_ms": round(median, 1), "p95_ms": round(p95, 1)}
