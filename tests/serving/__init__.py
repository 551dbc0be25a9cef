"""Tests of `inkling.serving`."""
