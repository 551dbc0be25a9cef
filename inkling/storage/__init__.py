"""Drawings and corrections in SQL."""
