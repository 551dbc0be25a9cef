"""Drawings and their corrections, in an SQL database.

May import imaging, paths and geometry.
"""
