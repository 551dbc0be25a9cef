"""Tests of inkling/training/augment."""
