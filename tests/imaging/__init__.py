"""Tests of inkling/imaging."""
