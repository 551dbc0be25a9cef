"""Fit what the reader weighs: the two networks against each other, and how reliable a number is.

    python -m inkling.training.fit_reader

Both networks read made pages of characters that they were not trained on. First each of their cuts
is an example of `cut_reader.EVIDENCE`: the texts that it may say, and the one that it says. Then
each number that they read is an example of `reader.reliability`: its features, and whether it is
what stands there. A third of the pages gives the regression, a third the probability from which a
number is sure, and a third says how many of the sure numbers are wrong.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from inkling.engine import ModelFileError
from inkling.geometry import Box
from inkling.layout import centres, page_model, rows
from inkling.layout.cut import Pyramid, cut_line
from inkling.paths import model_folder
from inkling.reader import config, reliability
from inkling.reader.page_reader import Networks, read_tokens
from inkling.reader.tokens import found_digits
from inkling.reader.verdicts import number_features
from inkling.recognition import classifier, line_model
from inkling.recognition.classifier import Classifier
from inkling.recognition.cut_reader import EVIDENCE, LINE_MODEL_ALONE, hypotheses
from inkling.reports.statistics import wilson
from inkling.training.synthesis.pages import scenes
from inkling.training.synthesis.pages.characters import load_page_characters
from inkling.training.synthesis.pages.cuts import LABELS, MIN_PAGE_HEIGHT, labels_of
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
# How strongly the weights of the evidence are drawn to the line model alone. Made pages hold more
# that is no digit than people's do, so their own optimum trusts the line model too little.
EVIDENCE_PENALTY = 0.1
# After so many pages the progress is printed.
PROGRESS = 20
# A number's box is enlarged by this part of its height to find what is written in it.
MARGIN = 0.1


# The evidence of each text of a cut, float64 (n, len(EVIDENCE)), and which of them are right.
Texts = tuple[NDArray[np.float64], NDArray[np.bool_]]


def made_pages(count: int, seed: int) -> Iterator[MadePage]:
    """Pages of characters that no network was trained on.

    Args:
        count: of pages.
        seed: of everything on them.
    """
    characters = load_page_characters("validation")
    rng = np.random.default_rng(seed)
    weights = [weight for *_, weight in PAGES]
    for _ in range(count):
        size, kinds, _ = PAGES[int(rng.choice(len(PAGES), p=weights))]
        yield make_page(characters, rng, size, kinds)


def texts_of_cuts(
    pages: Iterator[MadePage], networks: Networks, glyphs: Classifier
) -> Iterator[Texts]:
    """The texts of the cuts of pages, where one of them is right and another one wrong.

    Args:
        pages: as they were made.
        networks: find the digits and propose the texts.
        glyphs: the classifier.
    """
    for page in pages:
        digits, maps = centres.detect(networks.page, page.image)
        pyramid = Pyramid([page.image])
        for line in rows.find_lines(digits):
            for cut in cut_line(pyramid, maps, digits, line.digits, line.angle):
                truth = labels_of(page, cut)
                if truth is None:
                    continue
                known = found_digits(digits, cut, glyphs)
                labels = networks.line.labels
                texts = hypotheses(networks.line.columns(cut.image), labels, known)
                written = _digits_of(truth, LABELS)
                right = np.array([_digits_of(t.labels, labels) == written for t in texts])
                if right.any() and not right.all():
                    yield np.array([text.evidence for text in texts]), right


def fit_evidence(
    examples: Sequence[Texts], penalty: float = EVIDENCE_PENALTY
) -> NDArray[np.float64]:
    """The weights with which the right texts are most probable: a conditional logit.

    Args:
        examples: one for each cut.
        penalty: nats for a squared distance of 1 to the weights of the line model alone.

    Returns:
        float64 (len(EVIDENCE),), none negative.
    """

    def loss(weights: NDArray[np.float64]) -> float:
        total = 0.0
        for evidence, right in examples:
            logits = evidence @ weights
            total += np.logaddexp.reduce(logits) - np.logaddexp.reduce(logits[right])
        away = weights - LINE_MODEL_ALONE
        return float(total / max(1, len(examples)) + penalty * away @ away)

    bounds = [(0.0, None)] * len(EVIDENCE)
    return np.asarray(minimize(loss, LINE_MODEL_ALONE, bounds=bounds).x, np.float64)


def _digits_of(text: Sequence[int], labels: Sequence[str]) -> str:
    return "".join(labels[k] for k in text if labels[k].isdecimal())


def examples(
    pages: Iterator[MadePage], networks: Networks, glyphs: Classifier
) -> Iterator[tuple[int, NDArray[np.float64], bool]]:
    """Numbers that were read on made pages.

    Args:
        pages: as they were made.
        networks: read them.
        glyphs: the classifier.

    Yields:
        The page's number, the features, and whether the number is right.
    """
    for number, made in enumerate(pages):
        tokens = read_tokens(made.image, networks, glyphs)
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

    part = pages % 3
    first, second, third = (part == k for k in range(3))
    spread = features[first].std(axis=0) + 1e-6
    model = LogisticRegression(C=1.0, max_iter=2000).fit(features[first] / spread, right[first])
    weights, bias = model.coef_[0] / spread, float(model.intercept_[0])
    p = 1.0 / (1.0 + np.exp(-(features @ weights + bias)))
    sure = threshold(p[second], right[second])
    is_sure = p[third] >= sure
    # Nothing is known of the error rate where none of the last third is sure.
    count = int(is_sure.sum())
    low, high = 0.0, 1.0
    if count:
        wrong = wilson(int((~right[third][is_sure]).sum()), count)
        low, high = wrong.low, wrong.high
    return {
        "weights": dict(zip(reliability.FEATURES, np.round(weights, 5).tolist(), strict=True)),
        "bias": round(bias, 5),
        "sure": round(sure, 5),
        "numbers": len(right),
        "right": int(right.sum()),
        "held_out": int(third.sum()),
        "sure_share": round(float(is_sure.mean()), 4),
        "sure_wrong": {"n": count, "low": low, "high": high},
        "brier": round(float(np.mean((p - right)[third] ** 2)), 5),
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
    parser.add_argument("--output", type=Path, default=model_folder() / config.NAME)
    parser.add_argument(
        "--line", default=line_model.NAME, help="the folder of the line model under model/"
    )
    options = parser.parse_args(arguments)
    try:
        line = line_model.load(options.line)
        if line is None:
            raise ModelFileError(f"model/{options.line} is missing or damaged.")
        networks = Networks(page_model.load(), line)
    except ModelFileError as problem:
        print(problem, file=sys.stderr)
        return 2
    glyphs = classifier.load()
    pages_of_cuts = _shown(made_pages(options.pages, options.seed + 1), options.pages, "cuts")
    cuts = list(texts_of_cuts(pages_of_cuts, networks, glyphs))
    weights = fit_evidence(cuts)
    networks = replace(networks, weights=weights)
    pages_of_numbers = _shown(made_pages(options.pages, options.seed), options.pages, "numbers")
    found = list(examples(pages_of_numbers, networks, glyphs))
    pages = np.array([number for number, *_ in found])
    features = np.array([values for _, values, _ in found])
    right = np.array([answer for *_, answer in found], np.bool_)
    named = dict(zip(EVIDENCE, np.round(weights, 5).tolist(), strict=True))
    content = {
        "evidence": {"weights": named, "cuts": len(cuts)},
        "reliability": fit(features, right, pages),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": f"python -m inkling.training.fit_reader --pages {options.pages} "
        f"--seed {options.seed} --line {options.line}",
        "models": {name: _digest(name) for name in (page_model.NAME, options.line)},
    }
    options.output.mkdir(parents=True, exist_ok=True)
    path = options.output / config.CONFIG_FILE
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    print(f"Written: {path}", file=sys.stderr)
    return 0


def _shown(pages: Iterator[MadePage], count: int, what: str) -> Iterator[MadePage]:
    """The same pages, and how many have been read on standard error."""
    for number, page in enumerate(pages, 1):
        yield page
        if number % PROGRESS == 0 or number == count:
            print(f"{what}: {number} of {count} pages", file=sys.stderr, flush=True)


def _digest(name: str) -> str:
    return hashlib.sha256((model_folder() / name / "model.tflite").read_bytes()).hexdigest()


def _is_inside(each: Written, box: Box, margin: float) -> bool:
    x, y, width, height = box
    return (
        x - margin <= each.x <= x + width + margin and y - margin <= each.y <= y + height + margin
    )


if __name__ == "__main__":
    sys.exit(main())
