"""Searching for better settings with Optuna.

May import the rest of `inkling.training` except `run`, and everything below it.
"""
