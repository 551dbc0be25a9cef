"""Tests of inkling/training/export."""
