"""The pipeline: a drawing or a page in, a reading out."""
