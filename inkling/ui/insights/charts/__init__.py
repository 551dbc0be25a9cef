"""The Plotly figures of the Insights page, one module per section.

Functions from data to a figure. They import Plotly, `ui.shared.figures` and `reports`, not
Streamlit.
"""
