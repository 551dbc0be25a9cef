"""Connectionist temporal classification (CTC): likelihood of a reading, and beam search.

The methods are those of Graves, Fernández, Gomez and Schmidhuber (2006) and Graves (2012).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# Log-probability from which a column certainly says blank.
CERTAIN_BLANK = -0.002


def merge_blanks(log_p: NDArray[np.float64]) -> NDArray[np.float64]:
    """The columns with each run of certain blanks merged into its first: they change no reading.

    Args:
        log_p: float64 (columns, labels + 1), the blank last.
    """
    quiet = log_p[:, -1] > CERTAIN_BLANK
    again = np.concatenate([[False], quiet[1:] & quiet[:-1]])
    return np.asarray(log_p[~again], np.float64)


def ctc_states(labels: Sequence[int], blank: int) -> tuple[list[int], NDArray[np.bool_]]:
    """The states of CTC's lattice: the labels with blanks around them.

    Args:
        labels: numbers of labels; may be empty.
        blank: the number of the blank.

    Returns:
        The label of each state, and whether a path may reach it from the one before the last.
    """
    states = [blank, *(state for label in labels for state in (label, blank))]
    may_skip = [
        i > 1 and states[i] != blank and states[i] != states[i - 2] for i in range(len(states))
    ]
    return states, np.array(may_skip)


def ctc_log_likelihood(log_p: NDArray[np.float64], labels: Sequence[int]) -> float:
    """Log-probability that a line says these labels (Graves et al., 2006, section 4), in nats.

    Args:
        log_p: float64 (columns, labels + 1), as `log_probabilities` gives it.
        labels: numbers of labels; may be empty.
    """
    states, skips = ctc_states(labels, log_p.shape[1] - 1)
    alpha = np.full(len(states), -np.inf)
    alpha[:2] = log_p[0, states[:2]]
    emitted = log_p[:, states]
    for column in range(1, len(log_p)):
        stay = alpha
        step = np.concatenate([[-np.inf], alpha[:-1]])
        skip = np.where(skips, np.concatenate([[-np.inf, -np.inf], alpha])[: len(alpha)], -np.inf)
        alpha = np.logaddexp(np.logaddexp(stay, step), skip) + emitted[column]
    return float(np.logaddexp(alpha[-1], alpha[-2]) if len(alpha) > 1 else alpha[-1])


def beam_search(log_p: NDArray[np.float64], count: int, beam: int = 12) -> list[tuple[int, ...]]:
    """The most probable readings, best first: prefix beam search (Graves, 2012, section 7.5).

    Args:
        log_p: float64 (columns, labels + 1), as `log_probabilities` gives it.
        count: number of readings.
        beam: number of prefixes that are kept.
    """
    blank = log_p.shape[1] - 1
    # For each prefix, the log-probabilities of ending with a blank and with its last label.
    prefixes: dict[tuple[int, ...], tuple[float, float]] = {(): (0.0, -np.inf)}
    for row in log_p:
        if row[blank] > CERTAIN_BLANK:
            prefixes = {
                prefix: (float(np.logaddexp(*ends)) + float(row[blank]), -np.inf)
                for prefix, ends in prefixes.items()
            }
            continue
        new: dict[tuple[int, ...], list[float]] = {}
        likely = [int(label) for label in np.argsort(-row[:blank])[:3] if row[label] > -9.0]
        for prefix, (after_blank, after_label) in prefixes.items():
            both = float(np.logaddexp(after_blank, after_label))
            own = new.setdefault(prefix, [-np.inf, -np.inf])
            own[0] = float(np.logaddexp(own[0], both + row[blank]))
            if prefix:
                own[1] = float(np.logaddexp(own[1], after_label + row[prefix[-1]]))
            for label in likely:
                longer = new.setdefault((*prefix, label), [-np.inf, -np.inf])
                before = after_blank if prefix and prefix[-1] == label else both
                longer[1] = float(np.logaddexp(longer[1], before + row[label]))
        kept = sorted(new.items(), key=lambda item: -np.logaddexp(item[1][0], item[1][1]))[:beam]
        prefixes = {prefix: (ends[0], ends[1]) for prefix, ends in kept}
    ranked = sorted(prefixes, key=lambda prefix: -np.logaddexp(*prefixes[prefix]))
    return ranked[:count]
