"""The Insights page as the tests open and read it."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

from tests.fixtures.app import new_app, texts

__all__ = ["SECTIONS", "charts", "component", "numbers", "open_page", "texts"]

SECTIONS = (
    "Overview",
    "Training",
    "Confusion",
    "Errors",
    "Calibration",
    "Robustness",
    "Embedding",
    "Inside",
    "Trade-offs",
    "Photos",
    "Train here",
)


def open_page(section: str = "", model: str = "") -> AppTest:
    """The page as its address opens it."""
    test = new_app().run()
    if section:
        test.session_state["view"] = section
    if model:
        test.session_state["model"] = model
    test.switch_page("insights.py").run()
    assert not test.exception, test.exception
    return test


def charts(test: AppTest) -> list[dict[str, Any]]:
    """The figures on the page, as Plotly's JSON."""
    return [json.loads(element.proto.spec) for element in test.get("plotly_chart")]


def component(test: AppTest, name: str) -> list[dict[str, Any]]:
    """The data given to each of this app's components of one kind."""
    parts = [element.proto for element in test.get("bidi_component")]
    return [json.loads(part.json) for part in parts if part.component_name == f"inkling_{name}"]


def numbers(values: Any) -> list[float]:
    """The numbers of a figure's attribute; Plotly's JSON packs longer lists."""
    if isinstance(values, dict):
        packed = base64.b64decode(values["bdata"])
        return np.frombuffer(packed, values["dtype"]).tolist()
    return list(values)
