"""How much is read right."""
