"""Many copies of one form: its template, the alignment of each page, and a value for each field.

May import review, the reader and what lies below them; not Streamlit.
"""
