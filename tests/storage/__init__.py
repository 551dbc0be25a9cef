"""Tests of inkling/storage."""
