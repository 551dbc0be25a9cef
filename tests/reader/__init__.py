"""Tests of inkling/reader."""
