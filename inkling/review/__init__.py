"""A reading that a person is correcting: the draft, the edits, and the result.

May import the reader, recognition, layout, imaging and what lies below them; not Streamlit.
"""
