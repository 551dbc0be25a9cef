"""How much is read correctly, by Inkling and by other programs."""
