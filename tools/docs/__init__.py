"""Writers of the figures and pictures in README.md and docs/, from stored reports and results."""
