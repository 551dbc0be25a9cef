"""The classifiers' architectures: short functions that return uncompiled Keras models.

Every network takes float32 (n, 28, 28, 1) glyphs in 0..1 and gives float32 (n, labels)
probabilities. Only portable layers of Keras 3 are used, so each runs on any Keras backend.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import keras
from keras import layers

from inkling.imaging.glyph import GLYPH_SIZE
from inkling.training.settings import SettingsError

Network = Callable[[int], keras.Model]
INPUT_SHAPE = (GLYPH_SIZE, GLYPH_SIZE, 1)
# Filters of the five 3x3 convolutions of `inkling`, and of a variant half as wide again.
FILTERS = (64, 80, 96, 112, 128)
WIDE = (96, 128, 144, 160, 192)


def _head(hidden: keras.KerasTensor, labels: int) -> keras.KerasTensor:
    # Always float32, because probabilities near 0 and 1 must not be rounded.
    return layers.Dense(labels, activation="softmax", dtype="float32", name="probabilities")(hidden)


def lenet5(labels: int = 10) -> keras.Model:
    """LeNet-5 (LeCun et al., 1998): 61,706 weights.

    As in the paper, with tanh, average pooling, and 28x28 padded to 32x32. Two things differ, as
    usual today: every C3 map sees all S2 maps, and a softmax replaces the radial basis outputs.
    """
    glyph = keras.Input(INPUT_SHAPE, name="glyph")
    hidden = layers.Conv2D(6, 5, padding="same", activation="tanh", name="c1")(glyph)
    hidden = layers.AveragePooling2D(2, name="s2")(hidden)
    hidden = layers.Conv2D(16, 5, activation="tanh", name="c3")(hidden)
    hidden = layers.AveragePooling2D(2, name="s4")(hidden)
    hidden = layers.Conv2D(120, 5, activation="tanh", name="c5")(hidden)
    hidden = layers.Flatten()(hidden)
    hidden = layers.Dense(84, activation="tanh", name="f6")(hidden)
    return keras.Model(glyph, _head(hidden, labels), name="lenet5")


def _two_pairs(glyph: keras.KerasTensor) -> keras.KerasTensor:
    """Two pairs of convolution and pooling, then flattened: how most tutorials begin."""
    hidden = layers.Conv2D(32, 3, activation="relu", name="conv1")(glyph)
    hidden = layers.MaxPooling2D(2, name="pool1")(hidden)
    hidden = layers.Conv2D(64, 3, activation="relu", name="conv2")(hidden)
    hidden = layers.MaxPooling2D(2, name="pool2")(hidden)
    return layers.Flatten()(hidden)


def plain(labels: int = 10) -> keras.Model:
    """The network of most tutorials: two pairs of convolution and pooling, one dense layer."""
    glyph = keras.Input(INPUT_SHAPE, name="glyph")
    hidden = _two_pairs(glyph)
    hidden = layers.Dense(128, activation="relu", name="dense")(hidden)
    return keras.Model(glyph, _head(hidden, labels), name="plain")


def _conv(
    hidden: keras.KerasTensor, filters: int, name: str, *, size: int = 3, norm: bool = True
) -> keras.KerasTensor:
    hidden = layers.Conv2D(filters, size, use_bias=not norm, name=name)(hidden)
    if norm:
        hidden = layers.BatchNormalization(name=f"{name}_norm")(hidden)
    return layers.ReLU(name=f"{name}_relu")(hidden)


def _conv_same(hidden: keras.KerasTensor, filters: int, name: str) -> keras.KerasTensor:
    hidden = layers.Conv2D(filters, 3, padding="same", use_bias=False, name=name)(hidden)
    hidden = layers.BatchNormalization(name=f"{name}_norm")(hidden)
    return layers.ReLU(name=f"{name}_relu")(hidden)


def batchnorm(labels: int = 10) -> keras.Model:
    """Two convolutions per stage with batch normalisation, and dropout after each stage."""
    glyph = keras.Input(INPUT_SHAPE, name="glyph")
    hidden = glyph
    for stage, filters in enumerate((16, 32), start=1):
        hidden = _conv_same(hidden, filters, f"conv{stage}a")
        hidden = _conv_same(hidden, filters, f"conv{stage}b")
        hidden = layers.MaxPooling2D(2, name=f"pool{stage}")(hidden)
        hidden = layers.Dropout(0.25, name=f"drop{stage}")(hidden)
    hidden = layers.Flatten()(hidden)
    hidden = layers.Dense(128, activation="relu", name="dense")(hidden)
    hidden = layers.Dropout(0.5, name="drop3")(hidden)
    return keras.Model(glyph, _head(hidden, labels), name="batchnorm")


def keras_io(labels: int = 10) -> keras.Model:
    """The example at keras.io, "Simple MNIST convnet" (Chollet, 2015): the usual baseline."""
    glyph = keras.Input(INPUT_SHAPE, name="glyph")
    hidden = _two_pairs(glyph)
    hidden = layers.Dropout(0.5, name="drop")(hidden)
    return keras.Model(glyph, _head(hidden, labels), name="keras_io")


def inkling(
    labels: int = 10,
    *,
    norm: bool = True,
    dropout: bool = True,
    widths: tuple[int, ...] = FILTERS,
) -> keras.Model:
    """The network of `digits`: a pooled 5x5 convolution, five 3x3 ones and one dense layer.

    Most convolutions come after the pooling, where each costs a quarter: the edges of a stroke need
    no depth at full size. They are unpadded, because a glyph's border is paper. So the activations
    shrink from 12x12 to 2x2, and the last layer sees the whole glyph (as in An et al., 2020, arXiv
    2008.10400).

    Args:
        labels: the number of outputs.
        norm, dropout: False to leave them out, for the ablation.
        widths: filters of the 3x3 convolutions.
    """
    glyph = keras.Input(INPUT_SHAPE, name="glyph")
    hidden = _conv(glyph, 32, "conv1", size=5, norm=norm)
    hidden = layers.MaxPooling2D(2, name="pool1")(hidden)
    for number, filters in enumerate(widths, start=2):
        hidden = _conv(hidden, filters, f"conv{number}", norm=norm)
    hidden = layers.Flatten()(hidden)
    if dropout:
        hidden = layers.Dropout(0.3, name="drop1")(hidden)
    hidden = layers.Dense(128, use_bias=not norm, name="dense")(hidden)
    if norm:
        hidden = layers.BatchNormalization(name="dense_norm")(hidden)
    hidden = layers.ReLU(name="dense_relu")(hidden)
    if dropout:
        hidden = layers.Dropout(0.4, name="drop2")(hidden)
    return keras.Model(glyph, _head(hidden, labels), name="inkling")


def pocket(labels: int = 10) -> keras.Model:
    """The network for browsers and microcontrollers: under 60,000 weights, 2.5 M multiply-adds.

    Convolutions, rectifiers, two max poolings and one dense layer: a page of plain JavaScript can
    run it once batch normalisation is folded into the kernels.
    """
    glyph = keras.Input(INPUT_SHAPE, name="glyph")
    hidden = _conv(glyph, 16, "conv1", size=5)
    hidden = layers.MaxPooling2D(2, name="pool1")(hidden)
    for number, filters in enumerate((32, 32, 48, 64), start=2):
        hidden = _conv(hidden, filters, f"conv{number}")
    hidden = layers.MaxPooling2D(2, name="pool2")(hidden)
    hidden = layers.Flatten()(hidden)
    hidden = layers.Dropout(0.1, name="drop")(hidden)
    return keras.Model(glyph, _head(hidden, labels), name="pocket")


def sprint(labels: int = 10) -> keras.Model:
    """The network of the quick preset: the most accuracy per second of training without a GPU.

    Two convolutions and a wide dense layer. A processor spends less time on multiply-adds than on
    moving data, so pooling comes before normalisation, which then reads a quarter. The momentum of
    the running statistics is low, because training ends after a few hundred steps.
    """
    glyph = keras.Input(INPUT_SHAPE, name="glyph")
    hidden = glyph
    for number, (filters, size) in enumerate(((24, 5), (32, 3)), start=1):
        hidden = layers.Conv2D(filters, size, use_bias=False, name=f"conv{number}")(hidden)
        hidden = layers.MaxPooling2D(2, name=f"pool{number}")(hidden)
        hidden = layers.BatchNormalization(momentum=0.9, name=f"conv{number}_norm")(hidden)
        hidden = layers.ReLU(name=f"conv{number}_relu")(hidden)
    hidden = layers.Flatten()(hidden)
    hidden = layers.Dense(256, use_bias=False, name="dense")(hidden)
    hidden = layers.BatchNormalization(momentum=0.9, name="dense_norm")(hidden)
    hidden = layers.ReLU(name="dense_relu")(hidden)
    return keras.Model(glyph, _head(hidden, labels), name="sprint")


NETWORKS: dict[str, Network] = {
    "inkling": inkling,
    "inkling-wide": partial(inkling, widths=WIDE),
    "pocket": pocket,
    "lenet5": lenet5,
    "plain": plain,
    "batchnorm": batchnorm,
    "keras-io": keras_io,
    "sprint": sprint,
    "inkling-without-norm": partial(inkling, norm=False),
    "inkling-without-dropout": partial(inkling, dropout=False),
}


def build(name: str, labels: int = 10, *, dropout: float = 1.0) -> keras.Model:
    """A new, uncompiled network by name.

    Args:
        name: one of `NETWORKS`.
        labels: the number of outputs.
        dropout: factor of the network's own dropout rates.

    Raises:
        SettingsError: there is no network of that name.
    """
    if name not in NETWORKS:
        known = ", ".join(sorted(NETWORKS))
        raise SettingsError(f"there is no network “{name}”; there are {known}", "network")
    model = NETWORKS[name](labels)
    for layer in model.layers:
        if isinstance(layer, layers.Dropout):
            layer.rate *= dropout
    return model
