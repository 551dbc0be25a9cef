"""The command line, `python -m inkling`: one module per command, and what they share.

May import everything below it except `inkling.ui`.
"""
