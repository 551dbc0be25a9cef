"""Writers of the generated tables in README.md and docs/."""
