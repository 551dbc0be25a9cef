"""Tests of inkling.api."""
