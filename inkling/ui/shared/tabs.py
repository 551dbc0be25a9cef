"""Tabs of which the chosen one is always visible."""

from __future__ import annotations

from inkling.ui.shared.component import component

_keep_in_view = component(
    "inkling_tabs", '<span class="inkling-tabs" hidden></span>\n', js=("shared/tabs.js",)
)


def keep_in_view(chosen: str) -> None:
    """Scroll the row of tabs to the chosen one, after an address or a link has opened the page."""
    _keep_in_view(key="tabs-in-view", data=chosen)
