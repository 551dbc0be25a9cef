"""Inkling: the map of the app. Start it with `streamlit run app.py`."""

import streamlit as st

from inkling.paths import ASSETS

st.set_page_config(page_title="Inkling", page_icon=str(ASSETS / "icon.svg"), layout="wide")
st.html(ASSETS / "inkling.css")
st.logo(str(ASSETS / "logo.svg"), size="large")

page = st.navigation(
    [
        st.Page(
            "pages/draw.py",
            title="Draw",
            icon=":material/draw:",
            default=True,
            help="Draw a digit, or a number, and have it read.",
        ),
        st.Page(
            "pages/upload.py",
            title="Upload",
            icon=":material/photo_camera:",
            help="Photos and scans of handwritten numbers become a table.",
        ),
        st.Page(
            "pages/insights.py",
            title="Insights",
            icon=":material/monitoring:",
            help="How good each model is, and where it fails.",
        ),
    ],
    position="top",
)
page.run()
