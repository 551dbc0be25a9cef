"""Tests of inkling/training/evaluate."""
