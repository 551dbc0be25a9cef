"""Tests of inkling/training."""
