"""Tests of inkling/reports."""
