"""Latency of LiteRT for one glyph on one thread: every model under model/, in one run.

    python benchmarks/speed/latency.py [--write]

The models take turns, so that a change in the machine's speed affects them all; prints medians in
milliseconds. With --write these figures replace those in the reports, which were measured at the
end of each training.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import msgspec
import numpy as np

from benchmarks import common
from inkling.paths import folder_of
from inkling.recognition.classifier import INT8_FILE, MODEL_FILE
from inkling.reports import files
from inkling.reports.names import model_names
from inkling.training.export.tflite import latency_ms

ROUNDS = 9


def main() -> int:
    parser = common.argument_parser(__doc__)
    parser.add_argument("--write", action="store_true", help="write the figures to the reports")
    options = parser.parse_args()
    names = model_names()
    times: dict[tuple[str, str], list[float]] = {}
    for _ in range(ROUNDS):
        for name in names:
            for file in (MODEL_FILE, INT8_FILE):
                content = (folder_of(name) / file).read_bytes()
                times.setdefault((name, file), []).append(latency_ms(content))
    for name in names:
        plain, int8 = (float(np.median(times[name, file])) for file in (MODEL_FILE, INT8_FILE))
        print(f"{name:<12} float32 {plain:.4f} ms   int8 {int8:.4f} ms")
        if options.write:
            report = files.load_report(name)
            timing = msgspec.structs.replace(report.timing, latency_ms=plain, latency_int8_ms=int8)
            files.save_report(msgspec.structs.replace(report, timing=timing), folder_of(name))
    return 0


if __name__ == "__main__":
    sys.exit(main())
