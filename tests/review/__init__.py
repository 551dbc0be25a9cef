"""Tests of inkling/review."""
