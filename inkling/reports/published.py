"""Published facts about MNIST's test set: the best known results, and its label errors.

Each fact names its source; nothing here was measured by this project.
"""

from __future__ import annotations

from dataclasses import dataclass

# The test split that these facts are about, and its size.
DATASET, N = "mnist", 10_000


@dataclass(frozen=True, slots=True)
class Result:
    """Errors among MNIST's 10,000 test digits, as published."""

    name: str
    errors: int
    source: str
    url: str


RESULTS = (
    Result("Ensemble, 2020", 9, "An et al., 2020", "https://arxiv.org/abs/2008.10400"),
    Result("Vote of three, 2020", 13, "An et al., 2020", "https://arxiv.org/abs/2008.10400"),
    Result(
        "LeNet-5, 1998",
        95,
        "LeCun et al., 1998",
        "http://vision.stanford.edu/cs598_spring07/papers/Lecun98.pdf",
    ),
)


@dataclass(frozen=True, slots=True)
class LabelError:
    """A test digit whose label most of five annotators disagreed with.

    Attributes:
        guessed: the label that an algorithm suggested instead.
        votes: number of annotators for the label, for the suggestion, and for neither.
    """

    given: int
    guessed: int
    votes: tuple[int, int, int]


LABEL_SOURCE = "Northcutt, Athalye and Mueller, Pervasive label errors in test sets, 2021"
LABEL_URL = "https://labelerrors.com"
# By index in the test split: the fifteen digits whose label fewer than three of the five chose.
# From mturk/mnist_mturk.json of github.com/cleanlab/label-errors.
LABEL_ERRORS = {
    947: LabelError(8, 9, (0, 5, 0)),
    1621: LabelError(0, 6, (2, 3, 0)),
    1901: LabelError(9, 4, (2, 3, 0)),
    2130: LabelError(4, 9, (2, 2, 1)),
    2462: LabelError(2, 0, (0, 4, 1)),
    2597: LabelError(5, 3, (0, 4, 1)),
    2654: LabelError(6, 1, (0, 2, 3)),
    3520: LabelError(6, 4, (2, 0, 3)),
    3558: LabelError(5, 0, (1, 4, 0)),
    5937: LabelError(5, 3, (1, 3, 1)),
    6651: LabelError(0, 6, (0, 5, 0)),
    6783: LabelError(1, 6, (2, 3, 0)),
    8527: LabelError(4, 9, (2, 2, 1)),
    9679: LabelError(6, 3, (2, 0, 3)),
    9729: LabelError(5, 6, (2, 3, 0)),
}
