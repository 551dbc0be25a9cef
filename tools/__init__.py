"""Scripts that make committed files (samples, pictures, tables), and what browser tests share."""
