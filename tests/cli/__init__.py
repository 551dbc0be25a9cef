"""Tests of inkling/cli."""
