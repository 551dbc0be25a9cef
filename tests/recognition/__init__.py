"""Tests of inkling/recognition."""
