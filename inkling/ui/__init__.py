"""Streamlit pages and what they are made of. The only package that imports Streamlit.

`draw`, `upload` and `insights` hold the parts of one page each, `shared` what several pages use.
"""
