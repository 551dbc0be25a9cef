"""Fixtures for the pages without a browser."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from tests.fixtures.app import drawing


@pytest.fixture
def draw(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Replace the canvas by a stand-in; the function sets which digits it reports."""
    state = {"digits": "", "count": 0}

    def canvas(**settings: Any) -> SimpleNamespace:
        if not state["digits"]:
            return SimpleNamespace(json_data=settings["initial_drawing"], image_bytes=None)
        place = {"left": 90, "top": 90, "width": 60, "height": 80, "strokeWidth": 18}
        stroke = {"type": "path", "scaleX": 1, "scaleY": 1, **place}
        strokes = [{**stroke, "digit": digit} for digit in str(state["digits"])]
        report = {"objects": strokes, "count": state["count"]}
        picture = io.BytesIO()
        Image.fromarray(drawing(str(state["digits"]))).save(picture, "PNG")
        return SimpleNamespace(json_data=report, image_bytes=picture.getvalue())

    module = ModuleType("streamlit_drawable_canvas")
    module.st_canvas = canvas  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "streamlit_drawable_canvas", module)

    def draw_digits(digits: str) -> None:
        state["digits"] = digits
        state["count"] = int(str(state["count"])) + 1

    return draw_digits
