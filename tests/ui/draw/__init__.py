"""Tests of inkling/ui/draw."""
