"""Tests of tools and benchmarks."""
