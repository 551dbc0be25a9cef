"""Fine-tuning: start from a trained model's weights, and forget little of what it knew."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from inkling.training.data.formats import Labels
from inkling.training.export.keras_model import load_trained
from inkling.training.settings import SettingsError

# The weights of the new model in the mean of the old and the new one, in the order they are tried.
NEW_WEIGHTS = (1.0, 0.75, 0.5, 0.25)


def start_from(model: keras.Model, name: str) -> None:
    """Copy a trained model's weights into a network, layer by layer.

    Args:
        model: changed in place.
        name: the trained model.

    Raises:
        ReportError: there is no such model, or its file is not the one its report describes.
        SettingsError: the two have different layers.
    """
    transfer_weights(model, load_trained(name), name)


def transfer_weights(
    model: keras.Model, source: keras.Model, name: str, *, may_grow: bool = False
) -> None:
    """Copy the weights of one network into another, layer by layer.

    Args:
        model: changed in place.
        source: where the weights come from.
        name: what to call `source` in the error message.
        may_grow: allow the network to be larger: layers that `source` does not have keep their
            initial weights, and wider layers keep them in their new channels, whose kernels for
            the old channels become 0. The network then computes what `source` computed, as far as
            the new layers add nothing (after Net2Net: Chen, Goodfellow and Shlens, 2016).

    Raises:
        SettingsError: the two have different layers, or the network is smaller.
    """
    sources = {layer.name: layer for layer in source.layers if layer.weights}
    targets = {layer.name: layer for layer in model.layers if layer.weights}
    try:
        for layer in sources if may_grow else targets:
            weights = sources[layer].get_weights()
            if may_grow:
                initial = targets[layer].get_weights()
                weights = [_enlarged(*pair) for pair in zip(weights, initial, strict=True)]
            targets[layer].set_weights(weights)
    except (KeyError, ValueError):
        raise SettingsError(
            f"the network “{model.name}” cannot start from “{name}”: their layers differ", "start"
        ) from None


def _enlarged(old: NDArray[np.float32], initial: NDArray[np.float32]) -> NDArray[np.float32]:
    """Weights placed in the corner of larger ones, with no effect of new inputs on old outputs.

    Args:
        old: a kernel (..., inputs, outputs), or (channels,).
        initial: the larger layer's initial weights, with as many axes.

    Raises:
        ValueError: `initial` has other axes, or is smaller.
    """
    fits = all(
        small <= large for small, large in zip(old.shape[-2:], initial.shape[-2:], strict=True)
    )
    if old.shape[:-2] != initial.shape[:-2] or not fits:
        raise ValueError(f"{old.shape} cannot grow to {initial.shape}")
    enlarged = initial.copy()
    enlarged[..., : old.shape[-1]] = 0.0
    enlarged[tuple(slice(0, size) for size in old.shape)] = old
    return enlarged


def interpolate_weights(model: keras.Model, name: str, x: NDArray[np.float32], y: Labels) -> float:
    """Move a fine-tuned model back towards its start until it makes no more errors on old data.

    The weights of a model and of its fine-tuned self can be averaged, and the mean keeps nearly all
    that both know (WiSE-FT: Wortsman et al., 2022). The first of `NEW_WEIGHTS` with no more errors
    than the start is used, else the last.

    Args:
        model: fine-tuned; changed in place.
        name: the trained model that it started from.
        x: validation digits of the start's own data, float32 (n, 28, 28, 1) in 0..1.
        y: their labels, uint8 (n,).

    Returns:
        The weight of the new model in the mean.
    """
    new = model.get_weights()
    start_from(model, name)
    old = model.get_weights()
    allowed = _errors(model, x, y)
    new_weight = NEW_WEIGHTS[-1]
    for new_weight in NEW_WEIGHTS:
        pairs = zip(old, new, strict=True)
        model.set_weights([mean(before, after, new_weight) for before, after in pairs])
        if _errors(model, x, y) <= allowed:
            break
    return new_weight


def mean(old: NDArray[Any], new: NDArray[Any], new_weight: float) -> NDArray[Any]:
    """The mean of two arrays of weights.

    Args:
        old: of any shape.
        new: of the same shape.
        new_weight: of the new ones, 0 to 1.
    """
    return np.asarray((1.0 - new_weight) * old + new_weight * new, old.dtype)


def _errors(model: keras.Model, x: NDArray[np.float32], y: Labels) -> int:
    labels = int(y.max()) + 1
    answers = model.predict(x, batch_size=512, verbose=0)[:, :labels].argmax(axis=1)
    return int((answers != y).sum())
