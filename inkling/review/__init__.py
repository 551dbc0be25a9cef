"""A reading that a person corrects."""
