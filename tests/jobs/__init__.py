"""Tests of inkling/jobs."""
