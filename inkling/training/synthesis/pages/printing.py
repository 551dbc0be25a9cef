"""Printed text and digits, in the fonts that are installed here."""

from __future__ import annotations

import string
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from inkling.imaging.pixels import Pixels
from inkling.training.synthesis.pages.sheet import Sheet, Written, put

Rng = np.random.Generator
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

FONT_FOLDERS = ("/usr/share/fonts", "/Library/Fonts", "C:/Windows/Fonts")
# Fonts of pictures and signs have no letters.
NOT_TEXT = ("symbol", "dingbat", "emoji", "math", "d050", "icon", "bitmap", "braille")
# Sizes are rounded to these steps, in pixels, so that fonts can be kept.
SIZE_STEP = 2
# A digit's height, as a part of the font's size.
DIGIT_PER_SIZE = 0.72


@lru_cache(maxsize=1)
def font_files() -> tuple[str, ...]:
    """The installed fonts that hold letters and digits; empty where none are found."""
    paths = [
        path
        for folder in FONT_FOLDERS
        for kind in ("ttf", "otf")
        for path in sorted(Path(folder).glob(f"**/*.{kind}"))
        if not any(word in path.name.lower() for word in NOT_TEXT)
    ]
    return tuple(str(path) for path in paths if _has_text(path))


def choose_font(rng: Rng) -> str:
    """The file of a random font; "" for Pillow's own."""
    files = font_files()
    return str(rng.choice(files)) if files else ""


def print_text(sheet: Sheet, text: str, font: str, height: float, x: float, y: float) -> float:
    """Print text in one line, and say so in `sheet.written`; returns where it ends.

    Args:
        sheet: changed in place.
        text: what is printed; not digits, which `tables.print_number` prints.
        font: the file of the font.
        height: of a digit in pixels.
        x: the column where it begins.
        y: the row of its middle.
    """
    ink = draw_text(text, font, height)
    put(sheet.printed, ink, x, y - ink.shape[0] / 2.0)
    # The advance of most fonts is about even, which is near enough to say where a letter stands.
    step = ink.shape[1] / max(1, len(text))
    sheet.written += [
        Written(character, x + (k + 0.5) * step, y, step, height)
        for k, character in enumerate(text)
        if character != " "
    ]
    return float(x + ink.shape[1])


def draw_text(text: str, font: str, height: float) -> Pixels:
    """Text in one line.

    Args:
        text: what is printed.
        font: the file of the font.
        height: of a digit in pixels.

    Returns:
        uint8 (h, w) ink, cut to its ink; (1, 1) where there is none.
    """
    size = max(6, round(height / DIGIT_PER_SIZE / SIZE_STEP) * SIZE_STEP)
    face = _font(font, size)
    left, top, right, bottom = face.getbbox(text)
    picture = Image.new("L", (max(1, int(right - left) + 2), max(1, int(bottom - top) + 2)))
    ImageDraw.Draw(picture).text((1 - left, 1 - top), text, fill=255, font=face)
    ink = np.asarray(picture, np.uint8)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not rows.size:
        return np.zeros((1, 1), np.uint8)
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def random_words(rng: Rng) -> str:
    """A few words of random letters, as a form's labels are spaced."""
    letters = string.ascii_lowercase
    words = [
        "".join(letters[int(k)] for k in rng.integers(0, 26, int(rng.integers(1, 9))))
        for _ in range(int(rng.integers(1, 6)))
    ]
    text = " ".join(words)
    if rng.random() < 0.25:
        text = text.upper()
    elif rng.random() < 0.7:
        text = text.capitalize()
    return text + str(rng.choice(["", ":", ".", "?"]))


@lru_cache(maxsize=512)
def _font(file: str, size: int) -> Font:
    return ImageFont.truetype(file, size) if file else ImageFont.load_default(size)


def _has_text(path: Path) -> bool:
    """Whether a font draws letters and digits, all of them differently."""
    try:
        face = ImageFont.truetype(str(path), 24)
        pictures = [bytes(face.getmask(character)) for character in "0123456789aAx"]
    except (OSError, ValueError):
        return False
    return len(set(pictures)) == len(pictures)
