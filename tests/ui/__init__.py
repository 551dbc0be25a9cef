"""Tests of inkling/ui."""
