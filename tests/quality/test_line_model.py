"""The shipped line model on images of lines: touching digits and rare allographs."""

from __future__ import annotations

import numpy as np

from inkling.layout.drawing import canvas_layout
from inkling.recognition.candidates import line_height
from inkling.recognition.ctc import beam_search
from inkling.recognition.line_image import ink_image
from inkling.recognition.line_model import LineModel
from inkling.training.synthesis.allographs import FORMS, Allographs, parse_corners
from inkling.training.synthesis.canvas import CANVAS_DIGIT
from inkling.training.synthesis.compose import compose_line
from inkling.training.synthesis.photo import photograph_ink
from inkling.training.synthesis.writer import Writer, draw_strokes
from tests.fixtures.pages_made import number_ink
from tests.quality.floors import at_least

ALLOGRAPHS = 40


def test_touching_digits_are_read(shipped_line_model: LineModel) -> None:
    """Six numbers whose digits touch. At least 4 are right."""
    texts = ("3058", "27", "46130", "905", "7128", "350")
    right = 0
    for seed, text in enumerate(texts):
        layout = canvas_layout(number_ink(text, seed, gap=(-0.06, 0.02)))
        image = ink_image(layout, line_height(layout.line))
        labels = beam_search(shipped_line_model.log_probabilities(image), 1)[0]
        right += "".join(map(str, labels)) == text
    at_least(4, right, len(texts), "touching numbers")


def test_allographs_of_cheques_are_known(shipped_line_model: LineModel) -> None:
    """40 numbers in which every digit is a rare allograph (see `synthesis.allographs`).

    At least 36 are right.
    """
    rng = np.random.default_rng(1)
    right = 0
    for _ in range(ALLOGRAPHS):
        labels = tuple(rng.choice(list(FORMS), int(rng.integers(2, 6))).tolist())
        forms = {
            label: [parse_corners(path) for path in known[int(rng.integers(len(known)))]]
            for label, (_, known) in FORMS.items()
        }
        writer = Writer(
            CANVAS_DIGIT,
            slant=0.1,
            stretch=1.0,
            gap=0.15,
            baseline_jitter=0.03,
            pen_width=4.0,
            allographs=Allographs(forms=forms),
        )
        patches = [draw_strokes([], label, writer, rng) for label in labels]
        ink = compose_line(patches, labels, [writer] * len(labels), rng)
        image = photograph_ink(ink, rng)
        right += beam_search(shipped_line_model.log_probabilities(image), 1)[0] == labels
    at_least(36, right, ALLOGRAPHS, "numbers of rare allographs")
