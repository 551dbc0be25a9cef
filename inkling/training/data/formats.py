"""File formats of the public data sets, read into arrays and pen strokes."""

from __future__ import annotations

import bz2
import gzip
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.imaging import ink
from inkling.imaging.glyph import GLYPH_SIZE, to_glyph, to_glyphs
from inkling.imaging.pixels import Pixels
from inkling.imaging.strokes import from_strokes

# Label numbers, uint8 (n,).
Labels = NDArray[np.uint8]
# In place of a label number: the character is none of the labels.
NO_LABEL = 255
# Codes of the element types in IDX, the format that MNIST was published in.
IDX_TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
# Pen strokes are drawn on a canvas of this many pixels a side.
CANVAS_SIZE = 112
# The brush's diameter is between these parts of the canvas: from a fine pen to a felt pen.
THINNEST, BROADEST = 0.03, 0.16


class FormatError(Exception):
    """A file of a data set does not have the expected format."""


@dataclass(frozen=True, slots=True)
class Strokes:
    """Pen trajectories of `len(labels)` characters.

    Attributes:
        points: float32 (n, 2), x and y, y **down**.
        stroke_offsets: stroke k has the points `stroke_offsets[k]` to `stroke_offsets[k + 1] - 1`.
        character_offsets: character i has the strokes `character_offsets[i]` to
            `character_offsets[i + 1] - 1`.
        labels: uint8 label numbers; `NO_LABEL` for characters that are none of the labels.
        writers: the writer of each character; None where they are unknown.
    """

    points: NDArray[np.float32]
    stroke_offsets: NDArray[np.int64]
    character_offsets: NDArray[np.int64]
    labels: Labels
    writers: NDArray[np.str_] | None = None

    def character(self, i: int) -> list[NDArray[np.float32]]:
        """The strokes of character i, each (points, 2)."""
        first, last = self.character_offsets[i], self.character_offsets[i + 1]
        ends = self.stroke_offsets
        return [self.points[ends[k] : ends[k + 1]] for k in range(first, last)]


def idx(data: bytes) -> NDArray[np.generic]:
    """The array in an IDX file, in its own shape and type.

    Raises:
        FormatError: it is not an IDX file, or it is truncated.
    """
    if len(data) < 4 or data[:2] != b"\0\0" or data[2] not in IDX_TYPES:
        raise FormatError("not an IDX file")
    kind, dimensions = np.dtype(IDX_TYPES[data[2]]), data[3]
    start = 4 + 4 * dimensions
    shape = tuple(int(size) for size in np.frombuffer(data[4:start], ">u4"))
    count = int(np.prod(shape))
    if len(data) < start + count * kind.itemsize:
        raise FormatError("a truncated IDX file")
    return np.frombuffer(data, kind, count, start).reshape(shape)


def read_idx(path: Path) -> NDArray[np.generic]:
    """The array in an IDX file, which may be gzipped."""
    data = path.read_bytes()
    return idx(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)


def read_emnist(archive: Path, subset: str, split: str) -> tuple[Pixels, Labels]:
    """One subset of NIST's `gzip.zip`. Its images are stored transposed and returned upright."""
    with zipfile.ZipFile(archive) as folder:
        images = idx(gzip.decompress(folder.read(_emnist_member(subset, split, "images-idx3"))))
        labels = idx(gzip.decompress(folder.read(_emnist_member(subset, split, "labels-idx1"))))
    x = np.ascontiguousarray(images.transpose(0, 2, 1).astype(np.uint8))
    y = labels.astype(np.uint8)
    # EMNIST numbers letters from 1.
    return x, y - np.uint8(1) if subset == "letters" else y


def read_usps(path: Path) -> tuple[Pixels, Labels]:
    """USPS from LIBSVM's text file (bz2): values -1 to 1, labels 1 to 10 for the digits 0 to 9."""
    rows: list[NDArray[np.float32]] = []
    labels: list[int] = []
    for line in bz2.decompress(path.read_bytes()).decode("ascii").splitlines():
        label, *fields = line.split()
        row = np.full(256, -1.0, np.float32)
        for field in fields:
            index, _, value = field.partition(":")
            row[int(index) - 1] = float(value)
        rows.append(row)
        labels.append(int(label) - 1)
    images = np.rint((np.stack(rows).reshape(-1, 16, 16) + 1.0) * 127.5).astype(np.uint8)
    return pad_tight(images), np.asarray(labels, np.uint8)


def pad_tight(images: Pixels, border: int = 4) -> Pixels:
    """Glyphs of images that are cut tight to their digit: uint8 (n, h, w) to (n, 28, 28)."""
    return to_glyphs(np.pad(images, ((0, 0), (border, border), (border, border))))


def read_stroke_npz(path: Path, labels: str) -> Strokes:
    """Pen strokes from Inkling's npz layout (points with y **up**, offsets, labels, writers).

    Args:
        path: of the file.
        labels: characters are numbered by their place in it; others get `NO_LABEL`. A file that
            holds numbers keeps them.
    """
    with np.load(path, allow_pickle=False) as file:
        points = file["points"].astype(np.float32)
        stroke_offsets = file["stroke_off"].astype(np.int64)
        character_offsets = file["digit_off"].astype(np.int64)
        raw = file["labels"]
        writers = file["writer"] if "writer" in file.files else None
    points[:, 1] *= -1.0
    y = raw.astype(np.uint8) if raw.dtype.kind in "ui" else _label_numbers(raw, labels)
    return Strokes(points, stroke_offsets, character_offsets, y, writers)


def read_unipen(text: str) -> Strokes:
    """Pen strokes from UNIPEN text, as in UCI's `pendigits-orig`.

    A character begins with `.SEGMENT DIGIT … "7"`. `.PEN_DOWN` and `.PEN_UP` enclose its strokes.

    Raises:
        FormatError: a stroke stands before the first segment, or there is no segment.
    """
    points: list[tuple[float, float]] = []
    stroke_offsets, character_offsets = [0], [0]
    labels: list[int] = []
    is_down = False
    for line in text.splitlines():
        words = line.split()
        if not words:
            continue
        if words[0] == ".SEGMENT":
            if labels:
                character_offsets.append(len(stroke_offsets) - 1)
            labels.append(int(words[-1].strip('"')))
        elif words[0] == ".PEN_DOWN":
            if not labels:
                raise FormatError("a UNIPEN file with a stroke before its first segment")
            is_down = True
        elif words[0] == ".PEN_UP":
            if is_down and len(points) > stroke_offsets[-1]:
                stroke_offsets.append(len(points))
            is_down = False
        elif is_down and not words[0].startswith("."):
            points.append((float(words[0]), -float(words[1])))
    if not labels:
        raise FormatError("a UNIPEN file without segments")
    character_offsets.append(len(stroke_offsets) - 1)
    return Strokes(
        np.asarray(points, np.float32).reshape(-1, 2),
        np.asarray(stroke_offsets, np.int64),
        np.asarray(character_offsets, np.int64),
        np.asarray(labels, np.uint8),
    )


def read_pendigits_zip(archive: Path, member: str) -> Strokes:
    """Pen strokes from a member (a `.Z` file) of UCI's pendigits archive."""
    with zipfile.ZipFile(archive) as folder:
        packed = folder.read(member)
    # Python cannot read the .Z files of `compress`, but gzip can.
    # Whichever gzip the user has is the right one.
    plain = subprocess.run(  # nosec B607
        ["gzip", "-dc"], input=packed, capture_output=True, check=False
    )
    if plain.returncode not in (0, 2):
        raise FormatError(f"{member} of {archive.name} cannot be unpacked")
    return read_unipen(plain.stdout.decode("ascii", "replace"))


def render(strokes: Strokes, rows: NDArray[np.int64], rng: np.random.Generator) -> Pixels:
    """Draw characters as a person does on a canvas, and normalise them.

    Args:
        strokes: the trajectories.
        rows: which characters, int64 (n,).
        rng: chooses the width of each brush.

    Returns:
        uint8 (n, 28, 28) glyphs.
    """
    size = CANVAS_SIZE
    glyphs = np.zeros((len(rows), GLYPH_SIZE, GLYPH_SIZE), np.uint8)
    brushes = np.exp(rng.uniform(np.log(THINNEST), np.log(BROADEST), len(rows))) * size
    for k, i in enumerate(rows):
        drawing = from_strokes(strokes.character(int(i)), size=size, brush=float(brushes[k]))
        glyphs[k] = to_glyph(drawing).pixels
    return glyphs


def read_pencil_scans(path: Path) -> tuple[Pixels, Labels]:
    """Scanned pencil digits (npz, dark on white), normalised to glyphs."""
    with np.load(path, allow_pickle=False) as file:
        x, y = file["x"], file["y"]
    size = (CANVAS_SIZE, CANVAS_SIZE)
    enlarged = (cv2.resize(image, size, interpolation=cv2.INTER_CUBIC) for image in x)
    return to_glyphs(ink.from_image(image) for image in enlarged), y.astype(np.uint8)


def _emnist_member(subset: str, split: str, kind: str) -> str:
    return f"gzip/emnist-{subset}-{split}-{kind}-ubyte.gz"


def _label_numbers(characters: NDArray[np.str_], labels: str) -> Labels:
    number = {label: i for i, label in enumerate(labels)}
    return np.asarray([number.get(str(each), NO_LABEL) for each in characters], np.uint8)
