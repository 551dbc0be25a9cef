"""Tests of the Insights page without a browser, one module per section."""
