"""Why a network answered as it did: its layers, what mattered, and advice on a drawing.

May import recognition, imaging, engine and what lies below them; not the reader and not Streamlit.
"""
