"""Benchmarks of what hostile files and many visitors cost."""
