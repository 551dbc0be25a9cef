"""Write the table of docs/speed.md from benchmarks/results/.

python tools/docs/speed.py            # rewrites the table
python tools/docs/speed.py --check    # fails when it is out of date
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from inkling.paths import ROOT
from inkling.reports.files import load_report
from tools.docs import generated
from tools.docs.generated import percent, share

PAGE = ROOT / "docs" / "speed.md"
SCRIPT = "tools/docs/speed.py"
SPEED = "python benchmarks/speed"
PHOTOS = "`python benchmarks/accuracy/photos.py FOLDER`"
MODELS = ("digits", "pocket")
# What first_paint.json measures, by its keys.
FIRST_PAINT = {
    "from the Draw page": "the Insights page is seen, coming from the Draw page",
    "by its address": "the Insights page is seen, opened by its address",
    "one-line app": "the same for a Streamlit app of one line",
}

# What is measured, the result, and the command.
Row = tuple[str, str, str]


def _milliseconds(row: dict[str, float]) -> str:
    return f"**{row['median_ms']:.0f} ms**, 95 % under {row['p95_ms']:.0f} ms (n = {row['n']:,})"


def _drawing() -> list[Row]:
    """The Draw page."""
    live: dict[str, Any] = generated.result("live")
    ours, theirs = live["litert"], live["model.predict"]
    ratio = theirs["script_run"]["median_ms"] / ours["script_run"]["median_ms"]
    keras = f"{_milliseconds(theirs['script_run'])}: **{ratio:.1f} times as long**"
    command = f"`{SPEED}/live.py`"
    rows = [
        ("pointer move to the bars, in the browser", _milliseconds(ours["move_to_bars"])),
        ("frames dropped while drawing", f"**{percent(ours['frames_dropped'], 1)}**"),
        (
            "pen-up to the server's answer, of which the canvas waits 200 ms",
            _milliseconds(ours["pen_up_to_answer"]),
        ),
        ("one run of the page's script", _milliseconds(ours["script_run"])),
        ("one run of the page's script, with Keras' `model.predict` in place of LiteRT", keras),
    ]
    return [(what, value, command) for what, value in rows]


def _pen() -> list[Row]:
    """Pen trajectories, drawn in the browser."""
    found: dict[str, Any] = generated.result("live_pen")
    rows = []
    for reader, where in (("live", "in the browser"), ("server", "on the server")):
        row = found[reader]
        value = f"{share(row['value'], row['low'], row['high'])}, n = {found['n']}"
        what = f"pen trajectories of unseen writers, read right {where}"
        rows.append((what, value, f"`{SPEED}/live.py --pen {found['n']}`"))
    return rows


def _paint() -> list[Row]:
    """The time until the Insights page is shown."""
    found: dict[str, Any] = generated.result("first_paint")
    return [
        (
            FIRST_PAINT[name],
            f"**{row['median_s']:.2f} s** (median of {row['n']})",
            f"`{SPEED}/first_paint.py`",
        )
        for name, row in found.items()
    ]


def _models() -> list[Row]:
    """One glyph, one thread."""
    rows = []
    for name in MODELS:
        timing = load_report(name).timing
        value = f"**{timing.latency_ms:.3f} ms**"
        if timing.latency_int8_ms is not None:
            value += f", int8 {timing.latency_int8_ms:.3f} ms"
        what = f"one glyph, model `{name}`, LiteRT on one thread"
        rows.append((what, value, f"`{SPEED}/latency.py`"))
    return rows


def _photos() -> list[Row]:
    """One picture of several digits."""
    rows = []
    for each in generated.result("photos")["sets"]:
        ours = next(reader for reader in each["readers"] if reader["name"] == "Inkling")
        what = f"one picture of the set `{each['name']}`"
        rows.append((what, f"**{ours['ms']:,.0f} ms** (median of {each['n']})", PHOTOS))
    return rows


def speed() -> str:
    """The table, a row for each measurement."""
    rows = [*_drawing(), *_pen(), *_paint(), *_models(), *_photos()]
    return generated.table(["what", "measured", "command"], rows)


TABLES = {"speed": speed}


if __name__ == "__main__":
    sys.exit(generated.write(PAGE, SCRIPT, TABLES))
