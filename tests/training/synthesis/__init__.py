"""Tests of inkling/training/synthesis."""
