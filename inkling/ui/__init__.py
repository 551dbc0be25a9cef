"""What the pages share: cached resources, words, figures and the pieces of canvas and upload."""
