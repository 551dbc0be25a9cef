"""Where a picture's digits, lines and cells are."""
