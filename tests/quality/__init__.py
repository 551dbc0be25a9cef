"""Accuracy floors, apart from the tests of single functions.

Each test reads generated pictures (MNIST's test digits, in all that a pen, a camera or a form does
to them) and compares a count with a floor. Docstrings say what is counted, on what, and the
floor. `pytest tests/quality -rP` prints every count.
"""
