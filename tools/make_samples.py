"""Make the sample pictures in assets/samples.

    python tools/make_samples.py

They show MNIST's test digits on rendered paper, so that nobody's handwriting is published without
their consent. SAMPLES has the text of each; a test reads them all.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from inkling.paths import ROOT
from tests.fixtures.pages_made import Paper, make_page

FOLDER = ROOT / "assets" / "samples"

# The numbers of each file: pages of lines of numbers.
SAMPLES: dict[str, list[list[list[str]]]] = {
    "phone-number.jpg": [[["030", "5274", "1986"]]],
    "measurements.jpg": [
        [["12", "350"], ["18", "362"], ["24", "371"], ["30", "389"], ["36", "402"]],
    ],
    "one-digit.jpg": [[["8"]]],
    "two-pages.pdf": [
        [["1", "27"], ["2", "31"], ["3", "45"], ["4", "60"]],
        [["5", "72"], ["6", "84"], ["7", "93"]],
    ],
}
# Seed and paper of each file. The seeds were chosen by eye, so that one person seems to write.
PAPERS: dict[str, tuple[int, Paper]] = {
    "phone-number.jpg": (
        3,
        Paper(width=1500, height=520, digit=96, light=0.3, shadow=0.35, slope=0.015),
    ),
    "measurements.jpg": (
        24,
        Paper(width=820, height=960, digit=88, pen=(36, 36, 44), colour=(250, 248, 240)),
    ),
    "one-digit.jpg": (5, Paper(width=440, height=360, digit=170, pen=(160, 36, 48))),
    "two-pages.pdf": (
        8,
        Paper(width=900, height=800, digit=84, light=0.05, noise=1.5, colour=(255, 255, 255)),
    ),
}


def make_sample(name: str) -> bytes:
    """The content of a sample file."""
    seed, paper = PAPERS[name]
    pages = [
        Image.fromarray(np.asarray(make_page(lines, seed + number, paper)))
        for number, lines in enumerate(SAMPLES[name])
    ]
    buffer = io.BytesIO()
    if name.endswith(".pdf"):
        pages[0].save(
            buffer, "PDF", save_all=True, append_images=pages[1:], resolution=150, quality=70
        )
    else:
        pages[0].save(buffer, "JPEG", quality=86)
    return buffer.getvalue()


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in SAMPLES:
        content = make_sample(name)
        (FOLDER / name).write_bytes(content)
        print(f"{name}: {len(content) / 1000:.0f} kB", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
