"""The line network: what a whole line of ink says, where it cannot be cut into digits.

Every second column of a line's strip it gives the probabilities of ten digits and of "nothing new"
(connectionist temporal classification: Graves, Fernández, Gomez and Schmidhuber, 2006). It knows no
boxes: `linereader` asks it which of the ways through a line's lattice says the right thing.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from inkling.ink import Pixels
from inkling.page import Mark, Sheet
from inkling.paths import model_folder

# A strip is so high, and the digits in it about so.
STRIP_HEIGHT = 32
DIGIT_HEIGHT = 20
# Free paper at both ends, in pixels.
ENDS = 8
# Widths are padded to multiples of this: another width is another plan for the interpreter.
WIDTH_STEP = 32
WIDEST = 2048
NAME = "line"
MODEL_FILE = "model.tflite"
NOTES_FILE = "line.json"
# Nothing is less probable than this, in nats.
LEAST = -18.0
# In columns above this certainly nothing is new.
CERTAIN = -0.002


class LineNetwork:
    """The trained line network. Safe to share between threads.

    Args:
        content: a LiteRT model, float32 (1, STRIP_HEIGHT, width, 1) to logits (1, 1, columns, 11).
    """

    def __init__(self, content: bytes) -> None:
        self._interpreter = Interpreter(model_content=content, num_threads=1)
        self._source = self._interpreter.get_input_details()[0]["index"]
        self._target = self._interpreter.get_output_details()[0]["index"]
        self._width = 0
        self._lock = threading.Lock()

    def log_probabilities(self, strip: Pixels) -> NDArray[np.float64]:
        """What each column says.

        Args:
            strip: uint8 (STRIP_HEIGHT, width), as `strip_of` makes it.

        Returns:
            float64 (columns, 11), the last for "nothing new"; logarithms. Of columns in a row in
            which certainly nothing is new, the first stands for all.
        """
        width = -(-strip.shape[1] // WIDTH_STEP) * WIDTH_STEP
        x = np.zeros((1, STRIP_HEIGHT, width, 1), np.float32)
        x[0, :, : strip.shape[1], 0] = strip.astype(np.float32) / 255.0
        with self._lock:
            if width != self._width:
                self._interpreter.resize_tensor_input(self._source, x.shape)
                self._interpreter.allocate_tensors()
                self._width = width
            self._interpreter.set_tensor(self._source, x)
            self._interpreter.invoke()
            logits = self._interpreter.get_tensor(self._target)[0, 0].astype(np.float64)
        logits -= logits.max(axis=1, keepdims=True)
        found = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        return _without_pauses(np.maximum(found, LEAST))


def _without_pauses(log_p: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the columns say without the pauses: they take time and change no reading."""
    quiet = log_p[:, -1] > CERTAIN
    again = np.concatenate([[False], quiet[1:] & quiet[:-1]])
    return np.asarray(log_p[~again], np.float64)


@lru_cache(maxsize=1)
def load() -> LineNetwork | None:
    """The line network, loaded once a process; None where it is not there or not what its notes
    say: lines are then read by their lattices alone."""
    folder = model_folder() / NAME
    try:
        content = (folder / MODEL_FILE).read_bytes()
        notes = json.loads((folder / NOTES_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if hashlib.sha256(content).hexdigest() != notes.get("sha256"):
        return None
    return LineNetwork(content)


def strip_of(sheet: Sheet, line: Sequence[Mark], height: float) -> Pixels:
    """A line's ink alone, level, its digits about DIGIT_HEIGHT high.

    Args:
        sheet: where it lies.
        line: its marks.
        height: of its digits, in pixels.

    Returns:
        uint8 (STRIP_HEIGHT, width).
    """
    x0, y0, x1, y1 = _around(line)
    ink, labels = sheet.ink[y0:y1, x0:x1], sheet.labels[y0:y1, x0:x1]
    own = np.zeros(int(labels.max(initial=0)) + 1, bool)
    ids = {part for mark in line for part in mark.ids}
    own[[part for part in ids if part < len(own)]] = True
    mask = cv2.dilate(own[labels].astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    ink = np.where(mask & (own[labels] | (labels == 0)), ink, 0).astype(np.uint8)
    strip = _levelled(ink, (x0, y0), line, height).astype(np.float32)
    top = float(strip.max())
    if top == 0.0:
        return np.zeros(strip.shape, np.uint8)
    return np.asarray(np.rint(strip * (255.0 / top)), np.uint8)


def shade_strip_of(sheet: Sheet, line: Sequence[Mark], height: float) -> Pixels | None:
    """A line as it is in the picture, faint strokes, grain, rules and neighbours with it, as
    `strip_of` lays it; None where the sheet knows its ink alone.

    Args:
        sheet: where it lies.
        line: its marks.
        height: of its digits, in pixels.

    Returns:
        uint8 (STRIP_HEIGHT, width), as `contrasted` leaves it.
    """
    if sheet.shade is None:
        return None
    reach = round(STRIP_HEIGHT * height / DIGIT_HEIGHT)
    x0, y0, x1, y1 = _around(line, reach)
    strip = _levelled(sheet.shade[y0:y1, x0:x1], (x0, y0), line, height)
    return contrasted(strip.astype(np.float32))


def contrasted(strip: NDArray[np.float32]) -> Pixels:
    """A strip's shade, any scale, with its paper at 0 and its pen at 255: uint8."""
    paper, pen = np.percentile(strip, [50.0, 97.0])
    if pen <= paper:
        return np.zeros(strip.shape, np.uint8)
    levels = (strip - paper) * (255.0 / (pen - paper))
    return np.asarray(np.clip(np.rint(levels), 0, 255), np.uint8)


def _around(line: Sequence[Mark], reach: int = 0) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of a line in its sheet's pixels, with so many more around it."""
    boxes = np.array([mark.box for mark in line])
    x, y = boxes[:, :2].min(axis=0).tolist()
    right, bottom = (boxes[:, :2] + boxes[:, 2:]).max(axis=0).tolist()
    return max(0, x - reach), max(0, y - 2 - reach), right + reach, bottom + 2 + reach


def _levelled(ink: Pixels, corner: tuple[int, int], line: Sequence[Mark], height: float) -> Pixels:
    """A part of a sheet at a strip's size, the line's middle all along the strip's.

    Args:
        ink: uint8 (h, w), what lies around the line.
        corner: its left and top edge in the sheet.
        line: its marks.
        height: of its digits, in pixels of the sheet.

    Returns:
        uint8 (STRIP_HEIGHT, width).
    """
    boxes = np.array([mark.box for mark in line], np.float64)
    left, right = boxes[:, 0].min(), (boxes[:, 0] + boxes[:, 2]).max()
    scale = DIGIT_HEIGHT / height
    width = min(WIDEST, round((right - left) * scale) + 2 * ENDS)
    middle, climb = _course(boxes, height)
    step_x = step_y = 1.0
    if scale < 0.7:
        # Shrunk by averaging first, for the warp only looks at four pixels.
        rows, columns = ink.shape
        size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
        ink = np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_AREA), np.uint8)
        step_x, step_y = size[0] / columns, size[1] / rows
    # From the strip's pixels to the ink's.
    across, down = step_x / scale, step_y / scale
    start_x = (left - corner[0]) * step_x
    start_y = (middle + climb * (left - float(boxes[:, 0].mean())) - corner[1]) * step_y
    matrix = np.array(
        [
            [across, 0.0, start_x - ENDS * across],
            [climb * down, down, start_y - (STRIP_HEIGHT / 2) * down - climb * down * ENDS],
        ],
        np.float32,
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    strip = cv2.warpAffine(ink, matrix, (width, STRIP_HEIGHT), flags=flags)
    return np.asarray(strip, np.uint8)


def _course(boxes: NDArray[np.float64], height: float) -> tuple[float, float]:
    """Where a line's middle runs: its height at the mean left edge, and how it climbs."""
    tall = boxes[boxes[:, 3] >= 0.5 * height]
    tall = tall if len(tall) else boxes
    middles = tall[:, 1] + tall[:, 3] / 2.0
    at = float(boxes[:, 0].mean())
    length = float(tall[:, 0].max() - tall[:, 0].min())
    start, climb = float(np.median(middles)), 0.0
    if len(tall) >= 4 and length >= 5.0 * height:
        # The median slope from one to another (Theil, 1950; Sen, 1968): a tall one tilts nothing.
        x = tall[:, 0] - at
        one, other = np.triu_indices(len(x), 1)
        apart = np.abs(x[other] - x[one]) > height
        slopes = (middles[other] - middles[one])[apart] / (x[other] - x[one])[apart]
        climb = float(np.clip(np.median(slopes), -0.2, 0.2))
        start = float(np.median(middles - climb * x))
    # What is much higher than the others keeps its head, or its foot, if the others have room.
    course = start + climb * (tall[:, 0] - at)
    above = float((course - tall[:, 1]).max())
    below = float((tall[:, 1] + tall[:, 3] - course).max())
    room = (STRIP_HEIGHT / 2 - 1) * height / DIGIT_HEIGHT
    if above > room:
        start -= max(0.0, min(above - room, room - below))
    elif below > room:
        start += max(0.0, min(below - room, room - above))
    return start, climb


def score(log_p: NDArray[np.float64], labels: Sequence[int]) -> float:
    """Logarithm of the probability that a line says these labels (Graves et al., 2006, section 4).

    Args:
        log_p: float64 (columns, labels + 1), as `log_probabilities` gives it.
        labels: may be none.
    """
    blank = log_p.shape[1] - 1
    states = [blank, *(state for label in labels for state in (label, blank))]
    skips = np.array(
        [i > 1 and states[i] != blank and states[i] != states[i - 2] for i in range(len(states))]
    )
    alpha = np.full(len(states), -np.inf)
    alpha[:2] = log_p[0, states[:2]]
    emitted = log_p[:, states]
    for column in range(1, len(log_p)):
        stay = alpha
        step = np.concatenate([[-np.inf], alpha[:-1]])
        skip = np.where(skips, np.concatenate([[-np.inf, -np.inf], alpha])[: len(alpha)], -np.inf)
        alpha = np.logaddexp(np.logaddexp(stay, step), skip) + emitted[column]
    return float(np.logaddexp(alpha[-1], alpha[-2]) if len(alpha) > 1 else alpha[-1])


def best_labels(log_p: NDArray[np.float64], count: int, beam: int = 12) -> list[tuple[int, ...]]:
    """The most probable readings, the best first: prefix beam search (Graves, 2012, section 7.5).

    Args:
        log_p: float64 (columns, labels + 1), as `log_probabilities` gives it.
        count: how many.
        beam: how many prefixes are kept.
    """
    blank = log_p.shape[1] - 1
    # For each prefix: ending with "nothing new", and with its last label.
    prefixes: dict[tuple[int, ...], tuple[float, float]] = {(): (0.0, -np.inf)}
    for row in log_p:
        if row[blank] > CERTAIN:
            prefixes = {
                prefix: (float(np.logaddexp(*ends)) + float(row[blank]), -np.inf)
                for prefix, ends in prefixes.items()
            }
            continue
        new: dict[tuple[int, ...], list[float]] = {}
        likely = [int(label) for label in np.argsort(-row[:blank])[:3] if row[label] > -9.0]
        for prefix, (quiet, loud) in prefixes.items():
            both = float(np.logaddexp(quiet, loud))
            own = new.setdefault(prefix, [-np.inf, -np.inf])
            own[0] = float(np.logaddexp(own[0], both + row[blank]))
            if prefix:
                own[1] = float(np.logaddexp(own[1], loud + row[prefix[-1]]))
            for label in likely:
                longer = new.setdefault((*prefix, label), [-np.inf, -np.inf])
                came = quiet if prefix and prefix[-1] == label else both
                longer[1] = float(np.logaddexp(longer[1], came + row[label]))
        kept = sorted(new.items(), key=lambda item: -np.logaddexp(item[1][0], item[1][1]))[:beam]
        prefixes = {prefix: (ends[0], ends[1]) for prefix, ends in kept}
    ranked = sorted(prefixes, key=lambda prefix: -np.logaddexp(*prefixes[prefix]))
    return ranked[:count]
