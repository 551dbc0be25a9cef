"""Networks: short functions that return uncompiled Keras models.

Every network takes float32 (n, 28, 28, 1) glyphs in 0..1 and gives float32 (n, labels)
probabilities. Only Keras 3's portable layers are used, so each runs on any Keras backend.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import keras
from keras import layers

from inkling.imaging.glyph import GLYPH_SIZE

Network = Callable[[int], keras.Model]
INPUT_SHAPE = (GLYPH_SIZE, GLYPH_SIZE, 1)


def _head(hidden: keras.KerasTensor, labels: int) -> keras.KerasTensor:
    # float32 whatever the training precision: probabilities near 0 and 1 must not be rounded.
    return layers.Dense(labels, activation="softmax", dtype="float32", name="probabilities")(hidden)


def lenet5(labels: int = 10) -> keras.Model:
    """LeNet-5 (LeCun et al., 1998): 61,706 weights.

    As in the paper: tanh and averaging subsampling, 28x28 padded to its 32x32. Two habits of today
    differ: every C3 map sees all S2 maps, and a softmax replaces the radial basis outputs.
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
    """What most tutorials begin with: convolution and pooling, twice, then flat."""
    hidden = layers.Conv2D(32, 3, activation="relu", name="conv1")(glyph)
    hidden = layers.MaxPooling2D(2, name="pool1")(hidden)
    hidden = layers.Conv2D(64, 3, activation="relu", name="conv2")(hidden)
    hidden = layers.MaxPooling2D(2, name="pool2")(hidden)
    return layers.Flatten()(hidden)


def plain(labels: int = 10) -> keras.Model:
    """The tutorials' network: two pairs of convolution and pooling, one dense layer."""
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
    """Two convolutions a stage, batch normalisation after each, dropout after each stage."""
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
    """The example at keras.io, "Simple MNIST convnet" (Chollet, 2015): the usual yardstick."""
    glyph = keras.Input(INPUT_SHAPE, name="glyph")
    hidden = _two_pairs(glyph)
    hidden = layers.Dropout(0.5, name="drop")(hidden)
    return keras.Model(glyph, _head(hidden, labels), name="keras_io")


# Filters of the five 3x3 convolutions of `inkling`, and of it half as wide again.
FILTERS = (64, 80, 96, 112, 128)
WIDE = (96, 128, 144, 160, 192)


def inkling(
    labels: int = 10,
    *,
    norm: bool = True,
    dropout: bool = True,
    widths: tuple[int, ...] = FILTERS,
) -> keras.Model:
    """Ours: one 5x5 convolution, pooled, then five unpadded 3x3 ones, and one dense layer.

    The pen's edges need no depth at full size, so the depth is where a multiply-add costs a
    quarter. Unpadded, because a glyph's border is paper anyway: every layer's work shrinks, from
    12x12 to 2x2, and the last sees the whole glyph (a habit of An et al., arXiv 2008.10400).

    Args:
        labels: outputs.
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
    """Ours for the browser and the microcontroller: under 60,000 weights, 2.5 M multiply-adds.

    Convolutions, rectifiers, two maxima and one dense layer: what a page of plain JavaScript can
    follow once the batch normalisation is folded into the kernels.
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
    """The quick preset's: most accuracy a second of training on a processor without a GPU.

    Two convolutions and a wide dense layer. What costs a processor time is less the multiply-adds
    than the bytes that go to and fro, so maxima come before normalisation, which then reads a
    quarter. The running statistics forget fast, for training is over after a few hundred steps.
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
    """A fresh, uncompiled network by name.

    Args:
        name: one of `NETWORKS`.
        labels: outputs.
        dropout: factor of the network's own dropout rates.

    Raises:
        KeyError: no network of that name; the message lists those there are.
    """
    if name not in NETWORKS:
        raise KeyError(f"no network {name!r}; there are {', '.join(sorted(NETWORKS))}")
    model = NETWORKS[name](labels)
    for layer in model.layers:
        if isinstance(layer, layers.Dropout):
            layer.rate *= dropout
    return model
