"""Fit how reliable a number is: the regression of `reader.reliability`.

    python -m inkling.training.fit_reader

Both networks read made pages of characters that they were not trained on. Each number that they
read is an example: its features, and whether it is what stands there. Half of the pages give the
regression, and the other half the probability from which a number is sure.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inkling.engine import ModelFileError
from inkling.geometry import Box
from inkling.layout import page_model
from inkling.paths import model_folder
from inkling.reader import reliability
from inkling.reader.page_reader import Networks, load_networks, read_tokens
from inkling.reader.verdicts import number_features
from inkling.recognition import classifier, line_model
from inkling.recognition.classifier import Classifier
from inkling.reports.statistics import wilson
from inkling.training.synthesis.pages import scenes
from inkling.training.synthesis.pages.characters import load_page_characters
from inkling.training.synthesis.pages.cuts import MIN_PAGE_HEIGHT
from inkling.training.synthesis.pages.make import MadePage, make_page
from inkling.training.synthesis.pages.sheet import Written

# Sizes of the pages in pixels, what is on them, and how often each is made.
PAGES = (
    ((512, 640), scenes.SCENES, 0.5),
    ((128, 384), scenes.STRIP_SCENES, 0.35),
    ((128, 128), scenes.SMALL_SCENES, 0.15),
)
# Of the sure numbers, at most this part may be wrong; and the least number of sure ones that the
# threshold rests on.
MAX_WRONG, MIN_SURE = 0.01, 100
# A number's box is enlarged by this part of its height to find what is written in it.
MARGIN = 0.1


def examples(
    count: int, seed: int, networks: Networks, glyphs: Classifier
) -> Iterator[tuple[int, NDArray[np.float64], bool]]:
    """Numbers that were read on made pages.

    Args:
        count: pages.
        seed: of the pages.
        page: the page model.
        line: the line model.
        glyphs: the classifier.

    Yields:
        The page's number, the features, and whether the number is right.
    """
    characters = load_page_characters("validation")
    rng = np.random.default_rng(seed)
    weights = [weight for *_, weight in PAGES]
    for number in range(count):
        size, kinds, _ = PAGES[int(rng.choice(len(PAGES), p=weights))]
        made = make_page(characters, rng, size, kinds)
        tokens = read_tokens(made.image, networks)
        for box, text, values in number_features(tokens.lines, tokens.digits, glyphs):
            right = is_right(made, box, text)
            if right is not None:
                yield number, values, right


def is_right(page: MadePage, box: Box, text: str) -> bool | None:
    """Whether a number that was read in a box is what is written there.

    None where nobody can say: something there is struck out, or too small to be read.
    """
    margin = MARGIN * box[3]
    inside = [each for each in page.written if _is_inside(each, box, margin)]
    digits = sorted(
        (each for each in inside if each.character.isdecimal()), key=lambda each: each.x
    )
    if any(each.is_struck or each.height < MIN_PAGE_HEIGHT for each in digits):
        return None
    return "".join(each.character for each in digits) == text


def fit(
    features: NDArray[np.float64], right: NDArray[np.bool_], pages: NDArray[np.int64]
) -> dict[str, object]:
    """Fit the regression and the threshold.

    Args:
        features: float64 (n, len(FEATURES)).
        right: bool (n,).
        pages: int64 (n,), the page that each number was read on.

    Returns:
        What `model/reader/config.json` holds under "reliability".
    """
    from sklearn.linear_model import LogisticRegression

    first = pages % 2 == 0
    spread = features[first].std(axis=0) + 1e-6
    model = LogisticRegression(C=1.0, max_iter=2000).fit(features[first] / spread, right[first])
    weights, bias = model.coef_[0] / spread, float(model.intercept_[0])
    p = 1.0 / (1.0 + np.exp(-(features[~first] @ weights + bias)))
    sure = threshold(p, right[~first])
    is_sure = p >= sure
    wrong = wilson(int((~right[~first][is_sure]).sum()), int(is_sure.sum()))
    return {
        "weights": dict(zip(reliability.FEATURES, np.round(weights, 5).tolist(), strict=True)),
        "bias": round(bias, 5),
        "sure": round(sure, 5),
        "numbers": len(right),
        "right": int(right.sum()),
        "held_out": int((~first).sum()),
        "sure_share": round(float(is_sure.mean()), 4),
        "sure_wrong": {"n": int(is_sure.sum()), "low": wrong.low, "high": wrong.high},
        "brier": round(float(np.mean((p - right[~first]) ** 2)), 5),
    }


def threshold(p: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """The lowest probability from which at most MAX_WRONG of the numbers are wrong."""
    order = np.argsort(-p)
    wrong = np.cumsum(~right[order]) / np.arange(1, len(p) + 1)
    good = np.flatnonzero((wrong <= MAX_WRONG) & (np.arange(1, len(p) + 1) >= MIN_SURE))
    return float(p[order][good[-1]]) if good.size else 1.0


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--pages", type=int, default=1500, help="how many pages are made")
    parser.add_argument("--seed", type=int, default=77)
    parser.add_argument("--output", type=Path, default=model_folder() / reliability.NAME)
    parser.add_argument(
        "--line", default=line_model.NAME, help="the folder of the line model under model/"
    )
    options = parser.parse_args(arguments)
    try:
        networks = load_networks(options.line)
    except ModelFileError as problem:
        print(problem, file=sys.stderr)
        return 2
    found = list(examples(options.pages, options.seed, networks, classifier.load()))
    pages = np.array([number for number, *_ in found])
    features = np.array([values for _, values, _ in found])
    right = np.array([answer for *_, answer in found], np.bool_)
    config = {
        "reliability": fit(features, right, pages),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": f"python -m inkling.training.fit_reader --pages {options.pages} "
        f"--seed {options.seed} --line {options.line}",
        "models": {name: _digest(name) for name in (page_model.NAME, options.line)},
    }
    options.output.mkdir(parents=True, exist_ok=True)
    path = options.output / reliability.CONFIG_FILE
    path.write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    print(f"Written: {path}", file=sys.stderr)
    return 0


def _digest(name: str) -> str:
    return hashlib.sha256((model_folder() / name / "model.tflite").read_bytes()).hexdigest()


def _is_inside(each: Written, box: Box, margin: float) -> bool:
    x, y, width, height = box
    return (
        x - margin <= each.x <= x + width + margin and y - margin <= each.y <= y + height + margin
    )


if __name__ == "__main__":
    sys.exit(main())
