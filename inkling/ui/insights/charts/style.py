"""What several figures of the Insights page share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

# A horizontal legend below the plot.
LEGEND = {"orientation": "h", "x": 0, "xanchor": "left", "y": -0.22, "yanchor": "top"}
# One per curve, so that curves differ by more than their colour.
SYMBOLS = ("circle", "diamond", "square", "triangle-up", "x", "star")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
# The outline of marks that must stand out, in both themes.
OUTLINE = {"color": "#10182b", "width": 2}


def error_bars(
    values: Sequence[float], lows: Sequence[float], highs: Sequence[float], **look: Any
) -> dict[str, Any]:
    """Asymmetric error bars for Plotly's `error_x` or `error_y`.

    Args:
        values, lows, highs: one per point, in the axis's unit.
        look: further settings, such as `color` and `width`.
    """
    return {
        "type": "data",
        "symmetric": False,
        "array": [high - value for value, high in zip(values, highs, strict=True)],
        "arrayminus": [value - low for value, low in zip(values, lows, strict=True)],
        **look,
    }
