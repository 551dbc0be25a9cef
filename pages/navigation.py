"""The script that Streamlit runs for every page: what all pages share, and their navigation.

It lies beside the pages, because Streamlit takes a folder named `pages` beside its main script for
its older kind of app, in which each page runs alone.
"""

import streamlit as st

from inkling.paths import ASSETS
from inkling.ui.shared import projector, visit

st.set_page_config(page_title="Inkling", page_icon=str(ASSETS / "icon.svg"), layout="wide")
st.html(ASSETS / "inkling.css")
st.logo(str(ASSETS / "logo.svg"), size="large")

page = st.navigation(
    [
        st.Page(
            "draw.py",
            title="Draw",
            icon=":material/draw:",
            default=True,
            help="Draw a digit or a number and watch it being read.",
        ),
        st.Page(
            "upload.py",
            title="Upload",
            icon=":material/photo_camera:",
            help="Turn photos and scans of handwritten numbers into a table.",
        ),
        st.Page(
            "insights.py",
            title="Insights",
            icon=":material/monitoring:",
            help="See how good each model is and where it fails.",
        ),
    ],
    position="top",
)
projector.apply()
visit.begin()
page.run()
