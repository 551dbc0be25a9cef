"""Tests of inkling/ui/shared."""
