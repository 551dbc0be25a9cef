"""Connectionist temporal classification: scoring and beam search."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# In columns above this certainly nothing is new.
CERTAIN = -0.002


def without_pauses(log_p: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the columns say without the pauses: they take time and change no reading."""
    quiet = log_p[:, -1] > CERTAIN
    again = np.concatenate([[False], quiet[1:] & quiet[:-1]])
    return np.asarray(log_p[~again], np.float64)


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
