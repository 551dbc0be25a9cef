"""Drawings with their corrections, and visits, in an SQL database.

May import imaging, paths and geometry.
"""
