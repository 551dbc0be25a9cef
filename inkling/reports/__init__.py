"""Everything measured about a model, as typed data."""
