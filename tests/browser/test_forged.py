"""Messages that no page of ours sends: a canvas of gigabytes, and one that is no picture."""

from __future__ import annotations

import base64
import io
import json
import time
import urllib.request

import pytest
from PIL import Image
from playwright.sync_api import Page, WebSocketRoute, expect
from streamlit.proto.BackMsg_pb2 import BackMsg

from tools.browser import draw, open_page, settle

pytestmark = pytest.mark.browser

# Bytes by which the server may grow: a canvas has 2 MB, and the forged one would have 177 MB as
# Booleans and 700 MB as RGBA.
MAX_GROWTH = 100e6
ANSWER = "inkling-answer"


def memory(address: str) -> float:
    """Resident memory of the server, in bytes."""
    with urllib.request.urlopen(f"{address}/api/metrics", timeout=60) as answer:
        lines = answer.read().decode().splitlines()
    line = next(line for line in lines if line.startswith("process_resident_memory_bytes "))
    return float(line.split()[1])


class Forger:
    """Puts another picture into what the canvas sends.

    Attributes:
        data: the picture's data URL, or anything else; None leaves messages as they are.
        count: how many messages were forged.
    """

    def __init__(self) -> None:
        self.data: object = None
        self.count = 0

    def connect(self, route: WebSocketRoute) -> None:
        server = route.connect_to_server()
        route.on_message(lambda message: server.send(self._forged(message)))

    def _forged(self, message: str | bytes) -> str | bytes:
        if self.data is None or not isinstance(message, bytes):
            return message
        parsed = BackMsg.FromString(message)
        for state in parsed.rerun_script.widget_states.widgets:
            if '"drawing"' in state.json_value:
                value = json.loads(state.json_value)
                value["drawing"]["data"] = self.data
                state.json_value = json.dumps(value)
                self.count += 1
        return parsed.SerializeToString()


def test_forged_pictures_cost_nothing_and_the_page_goes_on(screen: Page, app_address: str) -> None:
    forger = Forger()
    screen.route_web_socket("**/_stcore/stream", forger.connect)
    open_page(screen, app_address)
    draw(screen, "3")
    expect(screen.get_by_test_id(ANSWER)).to_have_text("3")
    before = memory(app_address)
    file = io.BytesIO()
    Image.new("1", (13_300, 13_300)).save(file, "PNG")
    large = f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
    for data in (large, "no address", 5):
        forger.data, forger.count = data, 0
        screen.get_by_role("button", name="Undo").click()
        draw(screen, "3")
        # The canvas sends 0.2 s after the pen was lifted.
        end = time.monotonic() + 60
        while not forger.count and time.monotonic() < end:
            screen.wait_for_timeout(50)
        assert forger.count
        settle(screen)
    assert memory(app_address) - before < MAX_GROWTH
    forger.data = None
    screen.get_by_role("button", name="Clear").click()
    expect(screen.get_by_test_id(ANSWER)).to_have_count(0)
    draw(screen, "7")
    expect(screen.get_by_test_id(ANSWER)).to_have_text("7")
    expect(screen.get_by_test_id("stException")).to_have_count(0)
