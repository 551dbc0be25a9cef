"""Inkling's server: the pages. Start it with `streamlit run app.py`."""

import streamlit as st

from inkling.paths import ROOT

app = st.App(ROOT / "pages" / "navigation.py")
