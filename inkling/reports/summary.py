"""The main figures of the models, as the command `models` and `GET /api/models` give them."""

from __future__ import annotations

from typing import Any

import msgspec

from inkling.reports.names import model_title
from inkling.reports.schema import Report


def main_figures(report: Report) -> dict[str, Any]:
    """What a report says in short: plain values, ready for JSON."""
    test = report.split("test")
    return {
        "name": report.name,
        "title": model_title(report.name),
        "network": report.network,
        "labels": report.labels,
        "parameters": report.parameters,
        "dataset": test.dataset if test else None,
        "n": test.n if test else None,
        "errors": test.errors if test else None,
        "test": msgspec.to_builtins(test.accuracy) if test else None,
        "latency_ms": report.timing.latency_ms,
        "created": report.created,
    }
