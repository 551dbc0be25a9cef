"""Everything measured about a model, as typed data, and what follows from it.

Reports are written by training and by the benchmarks; the app, the command line and the docs only
read them. Imports `imaging` (for `Pixels`) and `paths`; no TensorFlow and no Streamlit.
"""
