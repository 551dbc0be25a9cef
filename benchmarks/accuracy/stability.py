"""Stability: lines that are read right, and are still right after the picture is changed a little.

    python benchmarks/accuracy/stability.py FOLDER [--set NAME ...] [--limit N]
        [--timeout SECONDS] [--json FILE]

FOLDER holds cheques/, photos/ and people/ (see photo_sets.py); missing sets are skipped. Each
picture is read as it is and after each change: smaller, larger, turned, saved as a JPEG of quality
60, darker, noisier, cropped. For each set and change, this prints how many of the lines that were
right are still right, with the 95 % interval (bootstrap over pictures). A line that becomes right
by a change does not count.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import cv2
import numpy as np

from benchmarks import common
from benchmarks.accuracy import photo_sets, readers
from benchmarks.accuracy.photo_sets import ONE_LINE, LabelledPicture
from benchmarks.accuracy.readers import Reader
from inkling.geometry import resize
from inkling.imaging.pixels import Pixels
from inkling.recognition import classifier

SETS = ("cheques", "photos", "people")
# Each level is multiplied by this to make a picture darker.
DARKNESS = 0.6
# The standard deviation of the noise, in levels of 255.
NOISE = 10.0
# The JPEG quality, of 100.
QUALITY = 60
# The part of the width or height that is cut off at each side.
CROP = 0.02


class Kept(NamedTuple):
    """Of one picture: lines that are right as it is, and how many of them still are after."""

    right: int
    still: int


def turned(image: Pixels, degrees: float) -> Pixels:
    """Turn a picture about its centre, clockwise for degrees above 0.

    The picture grows so that nothing is cut off; the corners repeat its border.
    """
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -degrees, 1.0)
    cos, sin = abs(matrix[0, 0]), abs(matrix[0, 1])
    size = (round(width * cos + height * sin), round(width * sin + height * cos))
    matrix[:, 2] += (size[0] - width) / 2, (size[1] - height) / 2
    return np.asarray(
        cv2.warpAffine(image, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE),
        np.uint8,
    )


def as_jpeg(image: Pixels) -> Pixels:
    """Save a picture as a JPEG and load it again."""
    _, file = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return np.asarray(cv2.imdecode(file, cv2.IMREAD_COLOR), np.uint8)[..., ::-1].copy()


def darker(image: Pixels) -> Pixels:
    """Dim a picture."""
    return np.asarray(np.rint(image * DARKNESS), np.uint8)


def noisier(image: Pixels) -> Pixels:
    """Add Gaussian noise, the same for pictures of one size."""
    noise = np.random.default_rng(0).normal(0.0, NOISE, image.shape)
    return np.asarray(np.rint(np.clip(image + noise, 0, 255)), np.uint8)


def cropped(image: Pixels) -> Pixels:
    """Cut a part off at each side, at least a pixel."""
    top, left = (max(1, round(CROP * side)) for side in image.shape[:2])
    return np.ascontiguousarray(image[top:-top, left:-left])


# RGB pixels, uint8 (h, w, 3), to the changed ones.
CHANGES: dict[str, Callable[[Pixels], Pixels]] = {
    "×0.7": partial(resize, scale=0.7),
    "×1.3": partial(resize, scale=1.3),
    "turned by 3°": partial(turned, degrees=3.0),
    "turned by -3°": partial(turned, degrees=-3.0),
    f"JPEG {QUALITY}": as_jpeg,
    "darker": darker,
    "noisier": noisier,
    "cropped by 2 %": cropped,
}


def right_lines(truth: Sequence[str], read: Sequence[str]) -> set[int]:
    """The indices of the lines of the truth that were read right."""
    pairs = photo_sets.align(truth, read)
    return {i for i, j in pairs if i is not None and j is not None and truth[i] == read[j]}


def measure(picture: LabelledPicture, reader: Reader, *, one_line: bool) -> dict[str, Kept]:
    """What is kept of one picture after each change; nothing is right on it by default."""
    page = readers.first_page(picture)

    def right(image: Pixels) -> set[int]:
        lines = reader.read(replace(page, image=image), False)
        lines = readers.joined(lines) if one_line else lines
        return right_lines(picture.lines, [line.text for line in lines])

    before = right(page.image)
    if not before:
        return {name: Kept(0, 0) for name in CHANGES}
    return {
        name: Kept(len(before), len(before & right(change(page.image))))
        for name, change in CHANGES.items()
    }


def figures(kept: Sequence[Mapping[str, Kept]]) -> dict[str, dict[str, Any]]:
    """For each change and for all together: right lines, and how many are still right.

    Args:
        kept: of each picture, by change.
    """

    def share(parts: Sequence[int], wholes: Sequence[int]) -> dict[str, Any]:
        found = common.ratio(parts, wholes)
        bounds = {} if found is None else {"low": round(found.low, 4), "high": round(found.high, 4)}
        return {"right": sum(wholes), "still": sum(parts), **bounds}

    rows = {
        name: share([each[name].still for each in kept], [each[name].right for each in kept])
        for name in CHANGES
    }
    rows["all"] = share(
        [sum(row.still for row in each.values()) for each in kept],
        [sum(row.right for row in each.values()) for each in kept],
    )
    return rows


def main() -> int:
    parser = common.argument_parser(__doc__)
    common.add_sets(parser, SETS)
    common.add_timeout(parser)
    common.add_json(parser)
    options = parser.parse_args()
    model = classifier.load(options.network)
    reader = readers.inkling_reader(options.network, model, options.timeout)
    sets, every = {}, []
    for name in options.sets or SETS:
        pictures = photo_sets.load_pictures(options.folder, name, options.limit)
        if not pictures:
            continue
        kept = []
        for index, picture in enumerate(pictures, 1):
            kept.append(measure(picture, reader, one_line=name in ONE_LINE))
            if index % readers.PROGRESS == 0:
                print(f"  {name}: {index} of {len(pictures)}", file=sys.stderr, flush=True)
        every += kept
        sets[name] = {"pictures": len(pictures), **figures(kept)}
        show(name, figures(kept))
    show("all sets", figures(every))
    stored = {"network": options.network, "sets": sets, "all": figures(every)}
    common.write_figures(stored, options.json, show=False)
    return 0


def show(name: str, rows: Mapping[str, Mapping[str, Any]]) -> None:
    """Print a set's table."""
    for change, row in rows.items():
        text = f"{name:9s} {change:15s} {row['still']:5d} of {row['right']:5d} still right"
        if row["right"]:
            text += f"  {row['still'] / row['right']:6.1%} ({row['low']:.1%} to {row['high']:.1%})"
        print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
