"""Measurements of accuracy and speed; their results are stored in benchmarks/results/."""
