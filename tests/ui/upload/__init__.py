"""Tests of inkling/ui/upload."""
