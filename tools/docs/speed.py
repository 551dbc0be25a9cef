"""Write the table of docs/speed.md from the results kept under benchmarks/results/.

python tools/docs/speed.py            # rewrites the table
python tools/docs/speed.py --check    # fails when it is not current
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tools.docs.readme import rewrite  # noqa: E402

PAGE = ROOT / "docs" / "speed.md"
RESULTS = ROOT / "benchmarks" / "results"
BEGIN = "<!-- figures: python tools/docs/speed.py -->"
END = "<!-- end of figures -->"


def _load(name: str) -> Any:
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))


def _milliseconds(row: dict[str, float]) -> str:
    return f"**{row['median_ms']:.0f} ms**, 95 % under {row['p95_ms']:.0f} ms (n = {row['n']:,})"


def table() -> str:
    """The table, a row for each measurement."""
    live = _load("live")
    ours, theirs = live["litert"], live["model.predict"]
    ratio = theirs["script_run"]["median_ms"] / ours["script_run"]["median_ms"]
    rows = [
        ("from a pointer move to the bars, in the browser", _milliseconds(ours["move_to_bars"])),
        ("frames dropped while drawing", f"**{ours['frames_dropped']:.1%}**"),
        (
            "from pen-up to the server's answer (200 ms of it are the canvas's own)",
            _milliseconds(ours["pen_up_to_answer"]),
        ),
        ("the run of the page's script", _milliseconds(ours["script_run"])),
        (
            "... with Keras' `model.predict` in LiteRT's place",
            f"{_milliseconds(theirs['script_run'])}: **{ratio:.1f} times as long**",
        ),
    ]
    pen = _load("live_pen")
    for who, name in (("live", "in the browser while drawing"), ("server", "by the server")):
        share = pen[who]
        rows.append(
            (
                f"pen trajectories of unseen writers, drawn in the browser, read right {name}",
                f"**{share['value']:.1%}** ({share['low']:.1%} to {share['high']:.1%}, "
                f"n = {pen['n']})",
            )
        )
    for way, row in _load("first_paint").items():
        what = "the Insights page seen" if way != "one-line app" else "for comparison, a"
        rows.append((f"{what} {way}", f"**{row['median_s']:.2f} s** (median of {row['n']})"))
    lines = ["| what | measured |", "| --- | --- |"]
    return "\n".join([*lines, *(f"| {what} | {value} |" for what, value in rows)])


def rewritten(text: str) -> str:
    """The page with its table made anew."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    sys.exit(rewrite(PAGE, rewritten))
