"""Milliseconds LiteRT takes for one glyph on one thread: every model under model/, in one run.

    python benchmarks/speed/latency.py [--write]

The models take turns, so that all meet the same machine; medians over the rounds. With --write the
reports, whose figures stem from the end of each training, get these.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import msgspec  # noqa: E402
import numpy as np  # noqa: E402

from inkling.paths import folder_of  # noqa: E402
from inkling.recognition.classifier import INT8_FILE, MODEL_FILE  # noqa: E402
from inkling.reports import files  # noqa: E402
from inkling.training.export.tflite import latency_ms  # noqa: E402

ROUNDS = 9


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="put the figures into the reports")
    options = parser.parse_args()
    names = files.model_names()
    times: dict[tuple[str, str], list[float]] = {}
    for _ in range(ROUNDS):
        for name in names:
            for file in (MODEL_FILE, INT8_FILE):
                content = (folder_of(name) / file).read_bytes()
                times.setdefault((name, file), []).append(latency_ms(content))
    for name in names:
        plain, small = (float(np.median(times[name, file])) for file in (MODEL_FILE, INT8_FILE))
        print(f"{name:<12} float32 {plain:.4f} ms   int8 {small:.4f} ms")
        if options.write:
            report = files.load_report(name)
            timing = msgspec.structs.replace(report.timing, latency_ms=plain, latency_int8_ms=small)
            files.save_report(msgspec.structs.replace(report, timing=timing), folder_of(name))
    return 0


if __name__ == "__main__":
    sys.exit(main())
