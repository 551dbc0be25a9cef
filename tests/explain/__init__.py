"""Tests of inkling/explain."""
