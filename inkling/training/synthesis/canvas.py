"""The canvas that a line is composed on, before it is reduced to the line model's image."""

from __future__ import annotations

from inkling.recognition.line_image import DIGIT_HEIGHT, IMAGE_HEIGHT

# The canvas is this many times as large as the line model's image, and shrunk as a camera does.
OVERSAMPLING = 2
# Height of the canvas, in pixels.
CANVAS_HEIGHT = IMAGE_HEIGHT * OVERSAMPLING
# Height of an average digit on the canvas, in pixels.
CANVAS_DIGIT = DIGIT_HEIGHT * OVERSAMPLING
