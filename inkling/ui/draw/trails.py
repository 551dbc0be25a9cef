"""When the pen was where: the points of strokes with their times.

The canvas reports the points of a stroke without times. The browser records times beside it (see
`trails.js`) and sends them only when they are asked for, so that drawing costs nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from inkling.ui.shared.component import component

if TYPE_CHECKING:
    from inkling.ui.draw.canvas import Stroke

# The pointer's way in one stroke: x and y in pixels of the canvas, and milliseconds since 1970.
Trail = Sequence[Sequence[float]]
# A point of a stroke is one of a trail if they are at most this far apart, in pixels: the canvas
# takes whole pixels of the screen, and trails hold fractions.
SAME_POINT = 1.5

_sender = component("inkling_trails", "<span hidden></span>\n", js=["draw/trail_sender.js"])


def recorded(version: int) -> list[Trail]:
    """What the browser has recorded, oldest first. It comes with a rerun; before that, nothing.

    Args:
        version: of the drawing; another one is asked about anew.
    """
    answer = _sender(
        key="trails", data={"version": version}, on_trails_change=lambda: None, height="content"
    )
    trails = getattr(answer, "trails", None)
    return [each for each in trails if _is_trail(each)] if isinstance(trails, list) else []


def timed(strokes: Sequence[Stroke], trails: Sequence[Trail]) -> dict[str, Any]:
    """Strokes with their points and times, as the file of a drawing holds them.

    Args:
        strokes: as the canvas describes them.
        trails: what the browser recorded, oldest first.

    Returns:
        `started`, when the first stroke with times began, as ISO 8601 in UTC, or None; and
        `strokes`, each with all that the canvas says of it and with `points`, x and y in pixels of
        the canvas, and `times`, in milliseconds since `started`. `times` is None where nothing was
        recorded, as for strokes that are older than the page.
    """
    left = list(trails)
    points = [points_of(stroke) for stroke in strokes]
    times = []
    for stroke, places in zip(strokes, points, strict=True):
        scale = float(stroke.get("scaleX", 1)) or 1.0
        # Where they were drawn, before the drawing was shrunk.
        drawn = [(x / scale, y / scale) for x, y in places]
        match = next((found for each in left if (found := _times(drawn, each))), None)
        if match is not None:
            left.remove(match[0])
        times.append(match and match[1])
    start = min((each[0] for each in times if each), default=None)
    return {
        "started": None
        if start is None
        else datetime.fromtimestamp(start / 1000, UTC).isoformat(timespec="milliseconds"),
        "strokes": [
            {
                **stroke,
                "points": [[round(x, 1), round(y, 1)] for x, y in places],
                "times": None if each is None or start is None else [t - start for t in each],
            }
            for stroke, places, each in zip(strokes, points, times, strict=True)
        ],
    }


def points_of(stroke: Stroke) -> list[tuple[float, float]]:
    """The points of a stroke in pixels of the canvas.

    Its path runs through the middles between them, so they are the control points of its curves.
    """
    path = stroke.get("path") or []
    scale_x, scale_y = float(stroke.get("scaleX", 1)), float(stroke.get("scaleY", 1))
    curved = [(part[1], part[2]) for part in path if part[0] == "Q"]
    ends = [(part[1], part[2]) for part in path if part[0] in "ML"]
    # A dot is a line that is hardly longer than nothing.
    points = [*curved, ends[-1]] if curved and ends else ends[:1]
    return [(x * scale_x, y * scale_y) for x, y in points]


def _times(points: Iterable[tuple[float, float]], trail: Trail) -> tuple[Trail, list[int]] | None:
    """The trail, and the time of each point on it; None where a point is not on it."""
    times: list[int] = []
    place = 0
    for point in points:
        while place < len(trail) and math.dist(point, trail[place][:2]) > SAME_POINT:
            place += 1
        if place == len(trail):
            return None
        times.append(round(trail[place][2]))
    return (trail, times) if times else None


def _is_trail(value: object) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(
            isinstance(point, list)
            and len(point) == 3
            and all(isinstance(each, int | float) for each in point)
            for point in value
        )
    )
