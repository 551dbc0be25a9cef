"""Inkling's server: the pages, the HTTP routes, and what every answer goes through.

Start it with `streamlit run app.py`.
"""

from pathlib import Path

import streamlit as st

from inkling.api.middleware import middleware
from inkling.api.routes import routes
from inkling.paths import ROOT

# Streamlit's own page, into which the app is drawn.
PAGE = Path(st.__file__).parent / "static" / "index.html"

app = st.App(
    ROOT / "pages" / "navigation.py",
    routes=routes(),
    middleware=middleware(PAGE),
)
