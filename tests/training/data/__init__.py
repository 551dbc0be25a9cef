"""Tests of inkling/training/data."""
