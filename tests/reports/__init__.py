"""Tests of `inkling.reports`."""
