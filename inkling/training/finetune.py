"""Going on from a trained model: its weights to begin with, and a way to forget little."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from inkling.training.data.formats import Labels
from inkling.training.export import tflite

# Parts of the way from the old weights to the new ones, tried in this order.
SHARES = (1.0, 0.75, 0.5, 0.25)


def start_from(model: keras.Model, name: str) -> None:
    """Give a fresh network a trained model's weights, layer by layer.

    Raises:
        ReportError: there is no such model, or its file is not the one its report describes.
        ValueError: its layers are not those of the network.
    """
    take_over(model, tflite.load_trained(name), name)


def take_over(
    model: keras.Model, before: keras.Model, name: str, *, may_grow: bool = False
) -> None:
    """Give a network another one's weights, layer by layer.

    Args:
        model: changed in place.
        before: where the weights are from.
        name: what `before` is called in the error.
        may_grow: let layers that `before` has not keep what they begin with, and layers be wider
            than its are; it then may have none that the network has not. What is new is not heard
            by what was there, so the network says what it said (after Chen, Goodfellow and Shlens,
            2016: Net2Net), so far as new layers add nothing.

    Raises:
        ValueError: their layers are not the same ones.
    """
    known = {layer.name: layer for layer in before.layers if layer.weights}
    wanted = {layer.name: layer for layer in model.layers if layer.weights}
    try:
        for each in known if may_grow else wanted:
            weights = known[each].get_weights()
            if may_grow:
                fresh = wanted[each].get_weights()
                weights = [_grown(*pair) for pair in zip(weights, fresh, strict=True)]
            wanted[each].set_weights(weights)
    except (KeyError, ValueError):
        raise ValueError(
            f"“{name}” is no start for the network “{model.name}”: their layers differ"
        ) from None


def _grown(old: NDArray[np.float32], fresh: NDArray[np.float32]) -> NDArray[np.float32]:
    """Weights in the corner of larger ones; a kernel's new inputs do not count for its old outputs.

    Args:
        old: a kernel (..., inputs, outputs), or (channels,).
        fresh: what the larger layer began with, as many axes.

    Raises:
        ValueError: `fresh` has other axes, or is smaller.
    """
    is_smaller = all(
        now <= then for now, then in zip(old.shape[-2:], fresh.shape[-2:], strict=True)
    )
    if old.shape[:-2] != fresh.shape[:-2] or not is_smaller:
        raise ValueError(f"{old.shape} does not grow to {fresh.shape}")
    grown = fresh.copy()
    grown[..., : old.shape[-1]] = 0.0
    grown[tuple(slice(0, size) for size in old.shape)] = old
    return grown


def remember(model: keras.Model, name: str, x: NDArray[np.float32], y: Labels) -> float:
    """Go back from the new weights towards the old ones until no more errors are made on `x`.

    Between a model and itself fine-tuned, weights can be averaged, and the mean keeps nearly all of
    both (WiSE-FT: Wortsman et al., 2022). The largest of `SHARES` that makes no more errors than
    the old weights is taken, or else the smallest.

    Args:
        model: fine-tuned; changed in place.
        name: the model it was started from.
        x, y: held-back digits of what it knew, as the network takes them, and their labels.

    Returns:
        The share of the way that was gone.
    """
    new = model.get_weights()
    start_from(model, name)
    old = model.get_weights()
    allowed = _errors(model, x, y)
    share = SHARES[-1]
    for share in SHARES:
        model.set_weights(
            [_between(before, after, share) for before, after in zip(old, new, strict=True)]
        )
        if _errors(model, x, y) <= allowed:
            break
    return share


def _between(before: NDArray[Any], after: NDArray[Any], share: float) -> NDArray[Any]:
    return np.asarray((1.0 - share) * before + share * after, before.dtype)


def _errors(model: keras.Model, x: NDArray[np.float32], y: Labels) -> int:
    labels = int(y.max()) + 1
    answers = model.predict(x, batch_size=512, verbose=0)[:, :labels].argmax(axis=1)
    return int((answers != y).sum())
