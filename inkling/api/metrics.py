"""Figures about the API for Prometheus, since this process was started."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

# Seconds. A digit takes milliseconds, a page up to its limit of 15 s.
LATENCY_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 30.0)


class Metrics:
    """The figures of one API.

    Args:
        waiting: how many requests hold a file now.

    Attributes:
        requests: by route and status.
        seconds: from a request to its answer, by route.
        pages: that were read.
        numbers, unsure: of those pages; the second by the first is the unsure rate.
        digits, unsure_digits: that were classified.
    """

    content_type = CONTENT_TYPE_LATEST

    def __init__(self, waiting: Callable[[], int]) -> None:
        registry = self._registry = CollectorRegistry()
        self.requests = Counter(
            "inkling_api_requests", "Requests", ("route", "status"), registry=registry
        )
        self.seconds = Histogram(
            "inkling_api_seconds",
            "Seconds from a request to its answer",
            ("route",),
            buckets=LATENCY_BUCKETS,
            registry=registry,
        )
        self.pages = Counter("inkling_api_pages_read", "Pages that were read", registry=registry)
        self.numbers = Counter("inkling_api_numbers", "Numbers on these pages", registry=registry)
        self.unsure = Counter(
            "inkling_api_numbers_unsure", "Numbers that are to be checked", registry=registry
        )
        self.digits = Counter(
            "inkling_api_digits", "Digits that were classified", registry=registry
        )
        self.unsure_digits = Counter(
            "inkling_api_digits_unsure", "Digits that are to be checked", registry=registry
        )
        queue = Gauge(
            "inkling_api_queue", "Requests that wait or are being read", registry=registry
        )
        queue.set_function(lambda: float(waiting()))
        # The process's memory and processor time.
        ProcessCollector(registry=registry)

    def text(self) -> bytes:
        """All figures in Prometheus' text format."""
        return generate_latest(self._registry)
