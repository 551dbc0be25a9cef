"""Charts of the Insights page."""
