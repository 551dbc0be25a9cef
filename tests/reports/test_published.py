"""Published facts about MNIST's test set, against the data set itself."""

from __future__ import annotations

import numpy as np

from inkling.paths import ASSETS
from inkling.reports import published


def test_the_label_errors_are_those_of_the_test_set():
    with np.load(ASSETS / "mnist.npz", allow_pickle=False) as file:
        labels = file["y_test"]
    assert len(labels) == published.N
    assert len(published.LABEL_ERRORS) == 15
    for index, error in published.LABEL_ERRORS.items():
        assert labels[index] == error.given != error.guessed
        assert sum(error.votes) == 5
        # Most annotators disagreed with the label.
        assert error.votes[0] < 3
