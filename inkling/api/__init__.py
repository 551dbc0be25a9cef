"""HTTP for programs: the routes under `/api/`, and what every answer of the server goes through.

It needs Starlette and not Streamlit. `app.py` puts it beside the pages.
"""
