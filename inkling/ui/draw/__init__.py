"""The parts of the Draw page: the canvas, the live panel, the answer and its explanation."""
