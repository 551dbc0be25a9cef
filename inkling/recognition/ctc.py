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


def ctc_states(
    texts: Sequence[Sequence[int]], blank: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.int64]]:
    """The states of CTC's lattice for each text: its labels with blanks around them.

    Args:
        texts: numbers of labels, at least one text; a text may be empty.
        blank: the number of the blank.

    Returns:
        The label of each state, int64 (texts, states), filled up with blanks; whether a path may
        reach it from the one before the last, bool (texts, states); and how many states of each
        text are its own, int64 (texts,).
    """
    counts = np.array([2 * len(text) + 1 for text in texts])
    states = np.full((len(texts), int(counts.max())), blank)
    for row, text in zip(states, texts, strict=True):
        row[1 : 2 * len(text) : 2] = text
    may_skip = np.zeros(states.shape, np.bool_)
    may_skip[:, 2:] = (states[:, 2:] != blank) & (states[:, 2:] != states[:, :-2])
    return states, may_skip, counts


def ctc_log_likelihoods(
    log_p: NDArray[np.float64], texts: Sequence[Sequence[int]]
) -> NDArray[np.float64]:
    """Log-probability that a line says each text (Graves et al., 2006, section 4), in nats.

    Args:
        log_p: float64 (columns, labels + 1), as `log_probabilities` gives it.
        texts: numbers of labels, at least one text; a text may be empty.

    Returns:
        float64 (texts,).
    """
    states, may_skip, counts = ctc_states(texts, log_p.shape[1] - 1)
    skip_cost = np.where(may_skip, 0.0, -np.inf)
    # Two states that nothing reaches stand before the first, so that shifted views need no copy.
    alpha = np.full((len(texts), states.shape[1] + 2), -np.inf)
    alpha[:, 2:4] = log_p[0, states[:, :2]]
    for emitted in log_p[1:, states]:
        ways = np.logaddexp(alpha[:, 2:], alpha[:, 1:-1])
        alpha[:, 2:] = np.logaddexp(ways, alpha[:, :-2] + skip_cost) + emitted
    # The last state is a blank, the one before it a label; an empty text has the blank alone.
    ends = np.take_along_axis(alpha, np.stack([counts, counts + 1], axis=1), axis=1)
    return np.asarray(np.logaddexp(ends[:, 0], ends[:, 1]))


def ctc_log_likelihood(log_p: NDArray[np.float64], labels: Sequence[int]) -> float:
    """The log-probability of one text: see `ctc_log_likelihoods`."""
    return float(ctc_log_likelihoods(log_p, [labels])[0])


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
