"""Fit what the reader weighs: networks against each other, joints, and how reliable a number is.

    python -m inkling.training.fit_reader

Both networks read made pages of characters that they were not trained on. First each page is an
example of `tilt.TiltWeights`: how its writing is tilted. Then each cut is an example of
`cut_reader.EVIDENCE`: the texts that it may say, and the one that it says. Then two neighbours of a
line are an example of `rows.Joint`: whether they are digits of one number. Last each number that
they read is an example of `reader.reliability` and of `reader.context`: its features and
surroundings, and whether it is what stands there, or something at all. A third of the pages gives
the regressions, a third the probabilities from which a number is sure and counts, and a third says
how good they are.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from inkling.engine import ModelFileError
from inkling.layout import page_model
from inkling.layout.rows import Joint
from inkling.layout.tilt import TiltWeights
from inkling.paths import model_folder
from inkling.reader import config
from inkling.reader.context import CONTEXT, context
from inkling.reader.page import Networks
from inkling.reader.reliability import FEATURES
from inkling.recognition import classifier, line_model
from inkling.recognition.cut_reader import EVIDENCE, LINE_MODEL_ALONE
from inkling.reports import checksums
from inkling.reports.statistics import wilson
from inkling.training.reader_examples import (
    OTHER_PAGES,
    Choices,
    Neighbours,
    ReadPage,
    examples,
    made_pages,
    neighbours,
    texts_of_cuts,
    tilts,
)
from inkling.training.synthesis.pages.make import MadePage

# Of the sure numbers, at most this part may be wrong; and the least number of sure ones that the
# threshold rests on.
MAX_WRONG, MIN_SURE = 0.01, 100
# Of the numbers that stand there, at most this part may be left out as none.
MAX_LOST = 0.01
# How strongly the weights of the evidence are drawn to the line model alone, and those for a tilt
# to none. Made pages hold more that is no digit than people's do.
EVIDENCE_PENALTY, TILT_PENALTY = 0.03, 0.001
# How much more often neighbours are digits of one number on people's pages than on made ones, as a
# logarithm. Made pages hold many numbers, and columns of single digits, that stand close.
JOINT_PRIOR = 0.7
# So many pages of OTHER_PAGES are made for each usual one, since little is read on them.
OTHERS_PER_PAGE = 2
# After so many pages the progress is printed.
PROGRESS = 20


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """What a regression is fitted on.

    Attributes:
        pages: int64 (n,), the page of each example.
        features: float64 (n, features).
        answers: bool (n,).
    """

    pages: NDArray[np.int64]
    features: NDArray[np.float64]
    answers: NDArray[np.bool_]

    def part(self, number: int) -> NDArray[np.bool_]:
        """Which examples are of one third of the pages, 0 to 2: bool (n,)."""
        return np.asarray(self.pages % 3 == number, np.bool_)


def fit_joint(pages: Sequence[Neighbours]) -> dict[str, Any]:
    """Fit what joins digits to numbers.

    Args:
        pages: neighbours of each page.

    Returns:
        What `model/reader/config.json` holds under "joint"; half of the pages gives the weights,
        the other half the part of the neighbours that is joined or divided wrongly.
    """
    from sklearn.linear_model import LogisticRegression

    features = np.concatenate([each for each, _ in (*pages[::2], *pages[1::2])])
    same = np.concatenate([each for _, each in (*pages[::2], *pages[1::2])])
    half = sum(len(each) for _, each in pages[::2])
    model = LogisticRegression().fit(features[:half], same[:half])
    link, gap = model.coef_[0].tolist()
    bias = float(model.intercept_[0]) + JOINT_PRIOR
    joint = Joint(round(link, 5), round(gap, 5), round(bias, 5))
    wrong = joint.holds(features[half:]) != same[half:]
    return {
        "weights": asdict(joint),
        "neighbours": len(same),
        "held_out": len(wrong),
        "wrong": round(float(wrong.mean()), 4),
    }


def fit_tilt(pages: Sequence[Choices]) -> dict[str, Any]:
    """Fit what says how the writing of a picture is tilted.

    Args:
        pages: what speaks for each tilt of each page.

    Returns:
        What `model/reader/config.json` holds under "tilt"; half of the pages gives the weights, the
        other half the part of the pages whose tilt is wrong.
    """
    names = [field.name for field in fields(TiltWeights)]
    weights = fit_choice(pages[::2], np.zeros(len(names)), TILT_PENALTY).round(5)
    wrong = [not right[np.argmax(features @ weights)] for features, right in pages[1::2]]
    return {
        "weights": dict(zip(names, weights.tolist(), strict=True)),
        "pages": len(pages),
        "held_out": len(wrong),
        "wrong": round(float(np.mean(wrong)), 4),
    }


def fit_choice(
    examples: Sequence[Choices], usual: NDArray[np.float64], penalty: float
) -> NDArray[np.float64]:
    """The weights with which the right choices are most probable: a conditional logit.

    Args:
        examples: one for each cut or page.
        usual: float64 (kinds,), the weights that are right without examples.
        penalty: nats for a squared distance of 1 to these.

    Returns:
        float64 (kinds,), none negative.
    """

    def loss(weights: NDArray[np.float64]) -> float:
        total = 0.0
        for evidence, right in examples:
            logits = evidence @ weights
            total += np.logaddexp.reduce(logits) - np.logaddexp.reduce(logits[right])
        away = weights - usual
        return float(total / max(1, len(examples)) + penalty * away @ away)

    return np.asarray(minimize(loss, usual, bounds=[(0.0, None)] * len(usual)).x, np.float64)


def fit_reliability(pages: Sequence[ReadPage]) -> dict[str, Any]:
    """Fit how probable it is that a number is right, and from when on it is sure.

    Args:
        pages: that were read.

    Returns:
        What `model/reader/config.json` holds under "reliability".
    """
    numbers = [
        (page, number.features, number.right)
        for page, read in enumerate(pages)
        for number in read.numbers
        if number.right is not None
    ]
    examples = Examples(*map(np.array, zip(*numbers, strict=True)))
    regression, p = _regression(examples, FEATURES)
    sure = threshold(p[examples.part(1)], examples.answers[examples.part(1)])
    last = examples.part(2)
    p, right = p[last], examples.answers[last]
    is_sure = p >= sure
    # Nothing is known of the error rate where none of the last third is sure.
    count = int(is_sure.sum())
    low, high = 0.0, 1.0
    if count:
        wrong = wilson(int((~right[is_sure]).sum()), count)
        low, high = wrong.low, wrong.high
    return {
        **regression,
        "threshold": round(sure, 5),
        "numbers": len(numbers),
        "right": int(examples.answers.sum()),
        "held_out": len(right),
        "sure_share": round(float(is_sure.mean()), 4),
        "sure_wrong": {"n": count, "low": low, "high": high},
        "brier": round(float(np.mean((p - right) ** 2)), 5),
    }


def fit_existence(pages: Sequence[ReadPage]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Fit how probable it is that there is a number at all, and from when on it counts.

    Args:
        pages: that were read, some of them of letters only. Those with a single digit, where a
            number is certain, are left aside.

    Returns:
        What `model/reader/config.json` holds under "existence" and "existence in context".
    """
    used = [(page, read) for page, read in enumerate(pages) if not read.is_of_one_digit]
    numbers = [
        (page, number.features, number.exists) for page, read in used for number in read.numbers
    ]
    examples = Examples(*map(np.array, zip(*numbers, strict=True)))
    alone, _ = _regression(examples, FEATURES)
    by_itself = config.regression({**alone, "threshold": 0.0}, FEATURES)
    in_context = np.concatenate(
        [
            context(
                [number.box for number in read.numbers],
                by_itself.logits(np.array([number.features for number in read.numbers])),
                read.around,
            )
            for _, read in used
            if read.numbers
        ]
    )
    examples = replace(examples, features=in_context)
    regression, p = _regression(examples, CONTEXT)
    exist = examples.answers
    least = float(np.quantile(p[examples.part(1) & exist], MAX_LOST))
    is_out, last = p < least, examples.part(2)
    return {**alone, "threshold": 0.0}, {
        **regression,
        "threshold": round(least, 5),
        "numbers": len(exist),
        "exist": int(exist.sum()),
        "held_out": int(last.sum()),
        "left_out_of_existing": round(float(is_out[last & exist].mean()), 4),
        "left_out_of_others": round(float(is_out[last & ~exist].mean()), 4),
    }


def _regression(
    examples: Examples, names: Sequence[str]
) -> tuple[dict[str, Any], NDArray[np.float64]]:
    """A logistic regression on the first third of the pages.

    Args:
        examples: features and answers.
        names: of the features.

    Returns:
        Its weights and bias, and the probability of each example: float64 (n,).
    """
    from sklearn.linear_model import LogisticRegression

    first = examples.part(0)
    spread = examples.features[first].std(axis=0) + 1e-6
    scaled = examples.features / spread
    model = LogisticRegression(C=1.0, max_iter=2000).fit(scaled[first], examples.answers[first])
    weights, bias = model.coef_[0] / spread, float(model.intercept_[0])
    named = dict(zip(names, np.round(weights, 5).tolist(), strict=True))
    p = 1.0 / (1.0 + np.exp(-(examples.features @ weights + bias)))
    return {"weights": named, "bias": round(bias, 5)}, p


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
    options = parser.parse_args(arguments)
    try:
        networks = Networks(page_model.load(), line_model.load())
    except ModelFileError as problem:
        print(problem, file=sys.stderr)
        return 2
    glyphs = classifier.load()
    pages_of_tilts = _shown(made_pages(options.pages, options.seed + 4), options.pages, "tilts")
    tilt = fit_tilt(list(tilts(pages_of_tilts, networks)))
    networks = replace(networks, tilt=TiltWeights(**tilt["weights"]))
    pages_of_cuts = _shown(made_pages(options.pages, options.seed + 1), options.pages, "cuts")
    cuts = list(texts_of_cuts(pages_of_cuts, networks, glyphs))
    weights = fit_choice(cuts, LINE_MODEL_ALONE, EVIDENCE_PENALTY)
    pages_of_joints = _shown(made_pages(options.pages, options.seed + 2), options.pages, "joints")
    rng = np.random.default_rng(options.seed)
    joint = fit_joint(list(neighbours(pages_of_joints, networks, rng)))
    networks = replace(networks, weights=weights, joint=Joint(**joint["weights"]))
    pages_of_numbers = _shown(made_pages(options.pages, options.seed), options.pages, "numbers")
    read = list(examples(pages_of_numbers, networks, glyphs))
    count = OTHERS_PER_PAGE * options.pages
    pages_of_others = _shown(made_pages(count, options.seed + 3, OTHER_PAGES), count, "others")
    existence, in_context = fit_existence([*read, *examples(pages_of_others, networks, glyphs)])
    named = dict(zip(EVIDENCE, np.round(weights, 5).tolist(), strict=True))
    content = {
        "evidence": {"weights": named, "cuts": len(cuts)},
        "tilt": tilt,
        "joint": joint,
        "reliability": fit_reliability(read),
        "existence": existence,
        "existence in context": in_context,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": f"python -m inkling.training.fit_reader --pages {options.pages} "
        f"--seed {options.seed}",
        "models": {name: _digest(name) for name in (page_model.NAME, line_model.NAME)},
    }
    options.output.mkdir(parents=True, exist_ok=True)
    path = options.output / config.CONFIG_FILE
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    checksums.record(path)
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


if __name__ == "__main__":
    sys.exit(main())
