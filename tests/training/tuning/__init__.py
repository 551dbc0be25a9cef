"""Tests of inkling/training/tuning."""
