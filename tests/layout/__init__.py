"""Tests of inkling/layout."""
