"""Pages on which nothing is a digit: words by hand and in print, and scribbles."""

from __future__ import annotations

import cv2
import numpy as np
from pages_made import Paper, render

# Letters as a pen's ways in a square of 100, none of which is a digit's shape.
LETTERS = {
    "a": [[(75, 40), (45, 35), (25, 60), (40, 95), (72, 80), (75, 40), (78, 95), (95, 90)]],
    "e": [[(20, 65), (75, 60), (60, 35), (30, 45), (20, 70), (40, 95), (80, 88)]],
    "h": [[(25, 5), (25, 95)], [(25, 60), (45, 42), (65, 50), (68, 95)]],
    "k": [[(25, 5), (25, 95)], [(70, 40), (27, 65), (72, 95)]],
    "m": [[(10, 95), (12, 42), (30, 40), (38, 95)], [(38, 60), (55, 40), (64, 95)],
          [(64, 60), (80, 40), (92, 95)]],
    "n": [[(20, 40), (22, 95)], [(22, 55), (45, 40), (65, 50), (68, 95)]],
    "r": [[(30, 40), (32, 95)], [(32, 58), (48, 42), (70, 42)]],
    "t": [[(45, 10), (42, 80), (60, 95), (75, 88)], [(22, 38), (70, 36)]],
    "u": [[(20, 42), (22, 80), (42, 95), (66, 80), (68, 42)], [(68, 42), (70, 95)]],
    "w": [[(10, 42), (28, 95), (48, 50), (68, 95), (90, 42)]],
    "x": [[(22, 42), (75, 95)], [(75, 42), (22, 95)]],
    "M": [[(15, 95), (20, 8), (50, 70), (80, 8), (85, 95)]],
    "H": [[(20, 8), (20, 95)], [(80, 8), (80, 95)], [(20, 52), (80, 50)]],
    "K": [[(20, 8), (20, 95)], [(78, 8), (22, 55), (82, 95)]],
}  # fmt: skip
WORDS = ("Mark hat Hunger", "Kahn nennt warm", "Haken tankt nur", "extra warme Hertx")


def handwritten(words: tuple[str, ...], seed: int) -> np.ndarray:
    """A page of words in a hand of strokes: uint8 (h, w, 3)."""
    rng = np.random.default_rng(seed)
    paper = Paper(width=1300, height=900)
    ink = np.zeros((paper.height, paper.width), np.float32)
    for row, text in enumerate(words):
        x, y = 90.0, 130.0 + 180 * row
        for letter in text:
            if letter in LETTERS:
                for stroke in LETTERS[letter]:
                    way = np.array(stroke, float) * 0.7 + rng.normal(0, 2.0, (len(stroke), 2))
                    way += (x, y + rng.normal(0, 2))
                    cv2.polylines(ink, [np.rint(way).astype(np.int32)], False, 1.0, 6, cv2.LINE_AA)
            x += 62 if letter != " " else 80
    return render(ink, paper, rng)


def printed(words: tuple[str, ...], seed: int) -> np.ndarray:
    paper = Paper(width=1100, height=900)
    letters = np.zeros((paper.height, paper.width), np.uint8)
    fonts = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, cv2.FONT_HERSHEY_TRIPLEX)
    for row, text in enumerate(words):
        cv2.putText(letters, text, (70, 170 + 180 * row), fonts[seed % 3], 2.4, 255, 5, cv2.LINE_AA)
    ink = letters.astype(np.float32) / 255.0
    return render(ink, paper, np.random.default_rng(seed))


def scribbled(seed: int) -> np.ndarray:
    """Zigzags, spirals and hatchings."""
    rng = np.random.default_rng(seed)
    paper = Paper()
    ink = np.zeros((paper.height, paper.width), np.float32)
    for x in (180, 500, 820):
        for y in (170, 500):
            kind = int(rng.integers(0, 3))
            if kind == 0:
                across = np.linspace(-90, 90, 14)
                way = np.stack([across, 50.0 * (-1.0) ** np.arange(14)], axis=1)
            elif kind == 1:
                turn = np.linspace(0, 9 * np.pi, 120)
                way = np.stack([np.cos(turn), np.sin(turn)], axis=1) * (turn * 2.6)[:, None]
            else:
                way = np.cumsum(rng.normal(0, 22.0, (40, 2)), axis=0)
            way = way + rng.normal(0, 3.0, way.shape) + (x, y)
            cv2.polylines(ink, [np.rint(way).astype(np.int32)], False, 1.0, 5, cv2.LINE_AA)
    return render(ink, paper, rng)
