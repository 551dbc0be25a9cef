"""What several pages use: phrases, pictures, figures, components, cached models and reports."""
