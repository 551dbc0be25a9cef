"""The page network's architecture and loss.

A U-Net (Ronneberger, Fischer and Brox, 2015) of depthwise separable convolutions (Howard et al.,
2017). Centres are found as by CenterNet (Zhou, Wang and Krähenbühl, 2019).
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers

from inkling.layout import page_model
from inkling.layout.page_model import CHANNELS
from inkling.training.synthesis.pages import targets

# Channels at a quarter of the resolution, and at each half of it.
WIDTHS = (32, 64, 96, 160, 160)
# Residual blocks on the way down and on the way up, from a quarter of the resolution on.
BLOCKS_DOWN = (1, 2, 3, 4, 2)
BLOCKS_UP = (1, 1, 1, 1)
HEAD_WIDTH = 64
# How much each class of ink counts: paper, digit, other.
INK_WEIGHTS = (0.6, 1.5, 1.2)
# How much each part of the loss counts.
PART_WEIGHTS = {
    "ink": 1.0,
    "centre": 1.0,
    "box": 1.0,
    "light": 0.2,
    "digit": 0.4,
    "next": 0.4,
    "angle": 2.0,
    "turn": 0.3,
}


@keras.saving.register_keras_serializable("inkling")
class PixelShuffle(layers.Layer):  # type: ignore[misc]
    """Twice the height and width from a quarter of the channels (Shi et al., 2016)."""

    def call(self, x: Any) -> Any:
        import tensorflow as tf

        return tf.nn.depth_to_space(x, 2)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        batch, height, width, channels = input_shape
        assert channels is not None
        return (
            batch,
            None if height is None else 2 * height,
            None if width is None else 2 * width,
            channels // 4,
        )


def network() -> keras.Model:
    """The page network.

    Returns:
        A model of float32 (n, height, width, 4), as `page_model.to_input` makes it, that gives
        float32 (n, height / 4, width / 4, CHANNELS), as `page_model` describes it.
    """
    image = keras.Input((None, None, 4), name="page")
    hidden = _conv(image, 16, 2, "stem1")
    hidden = _conv(hidden, WIDTHS[0], 2, "stem2")
    skips = []
    for level, (width, blocks) in enumerate(zip(WIDTHS, BLOCKS_DOWN, strict=True)):
        if level == 1:
            hidden = _conv(hidden, width, 2, "down1")
        elif level:
            hidden = _separable(hidden, width, f"down{level}", stride=2)
        for block in range(blocks):
            hidden = _residual(hidden, f"down{level}_{block}")
        skips.append(hidden)
    for level in reversed(range(len(WIDTHS) - 1)):
        skip = skips[level]
        width = WIDTHS[level]
        up = layers.Conv2D(4 * width, 1, use_bias=False, name=f"up{level}")(hidden)
        up = layers.BatchNormalization(name=f"up{level}_norm")(up)
        up = PixelShuffle(name=f"up{level}_shuffle")(up)
        hidden = layers.ReLU(name=f"up{level}_relu")(layers.Add(name=f"up{level}_add")([up, skip]))
        for block in range(BLOCKS_UP[level]):
            hidden = _residual(hidden, f"up{level}_{block}")
    hidden = _separable(hidden, HEAD_WIDTH, "head1")
    hidden = layers.DepthwiseConv2D(3, padding="same", use_bias=False, name="head2")(hidden)
    hidden = layers.BatchNormalization(name="head2_norm")(hidden)
    hidden = layers.ReLU(name="head2_relu")(hidden)
    bias = np.zeros(CHANNELS, np.float32)
    # Centres are rare, and digits are about 30 pixels high.
    bias[page_model.CENTRE], bias[page_model.SIZE] = -4.0, 3.2
    answer = layers.Conv2D(
        CHANNELS, 1, bias_initializer=keras.initializers.Constant(bias), name="answer"
    )(hidden)
    return keras.Model(image, answer, name=page_model.NAME)


def _conv(hidden: keras.KerasTensor, width: int, stride: int, name: str) -> keras.KerasTensor:
    hidden = layers.Conv2D(width, 3, stride, padding="same", use_bias=False, name=name)(hidden)
    hidden = layers.BatchNormalization(name=f"{name}_norm")(hidden)
    return layers.ReLU(name=f"{name}_relu")(hidden)


def _separable(
    hidden: keras.KerasTensor, width: int, name: str, *, stride: int = 1
) -> keras.KerasTensor:
    depthwise = layers.DepthwiseConv2D(
        3, stride, padding="same", use_bias=False, name=f"{name}_depth"
    )
    hidden = layers.BatchNormalization(name=f"{name}_depth_norm")(depthwise(hidden))
    hidden = layers.Conv2D(width, 1, use_bias=False, name=name)(hidden)
    hidden = layers.BatchNormalization(name=f"{name}_norm")(hidden)
    return layers.ReLU(name=f"{name}_relu")(hidden)


def _residual(hidden: keras.KerasTensor, name: str) -> keras.KerasTensor:
    width = hidden.shape[-1]
    branch = layers.DepthwiseConv2D(3, padding="same", use_bias=False, name=f"{name}_depth")(hidden)
    branch = layers.BatchNormalization(name=f"{name}_depth_norm")(branch)
    branch = layers.Conv2D(width, 1, use_bias=False, name=name)(branch)
    branch = layers.BatchNormalization(name=f"{name}_norm")(branch)
    return layers.ReLU(name=f"{name}_relu")(layers.Add(name=f"{name}_add")([hidden, branch]))


def losses(y_true: Any, y_pred: Any) -> dict[str, Any]:
    """The parts of the loss of a batch, by name, each a scalar.

    Args:
        y_true: float32 (n, height, width, targets.CHANNELS), as `targets.targets` makes them.
        y_pred: float32 (n, height, width, CHANNELS), the network's answer.
    """
    import tensorflow as tf

    softmax = tf.nn.sparse_softmax_cross_entropy_with_logits
    sigmoid = tf.nn.sigmoid_cross_entropy_with_logits

    def mean(values: Any, weights: Any) -> Any:
        return tf.reduce_sum(values * weights) / (tf.reduce_sum(weights) + 2.0)

    kind = tf.cast(y_true[..., targets.INK], tf.int32)
    is_known = tf.cast(kind < targets.INK_UNKNOWN, tf.float32)
    kind = tf.minimum(kind, 2)
    ink = mean(softmax(kind, y_pred[..., page_model.INK]), tf.gather(INK_WEIGHTS, kind) * is_known)
    heat = y_true[..., targets.HEAT]
    upright = y_true[..., targets.OWN] * heat
    any_way = y_true[..., targets.OWN_TURNED] * heat
    has_next = y_true[..., targets.HAS_NEXT]
    next_known = upright * tf.cast(has_next >= 0.0, tf.float32)
    offset = tf.abs(y_pred[..., page_model.OFFSET] - y_true[..., targets.OFFSET])
    size = tf.abs(y_pred[..., page_model.SIZE] - y_true[..., targets.SIZE])
    following = tf.abs(y_pred[..., page_model.NEXT] - y_true[..., targets.NEXT])
    angle = tf.abs(y_pred[..., page_model.ANGLE] - y_true[..., targets.ANGLE])
    return {
        "ink": ink,
        "centre": _centre_loss(heat, y_pred[..., page_model.CENTRE], is_known),
        "box": mean(tf.reduce_mean(offset, -1) + tf.reduce_mean(size, -1), upright),
        "light": mean(
            sigmoid(y_true[..., targets.IS_LIGHT], y_pred[..., page_model.IS_LIGHT]), upright
        ),
        "digit": mean(
            softmax(tf.cast(y_true[..., targets.DIGIT], tf.int32), y_pred[..., page_model.CLASSES]),
            upright,
        ),
        "next": mean(
            sigmoid(tf.maximum(has_next, 0.0), y_pred[..., page_model.HAS_NEXT]), next_known
        )
        + mean(tf.reduce_mean(following, -1), next_known * tf.maximum(has_next, 0.0)),
        "angle": mean(angle, upright),
        "turn": mean(
            softmax(tf.cast(y_true[..., targets.TURN], tf.int32), y_pred[..., page_model.TURN]),
            any_way,
        ),
    }


def loss(y_true: Any, y_pred: Any) -> Any:
    """The weighted sum of `losses`: a scalar."""
    parts = losses(y_true, y_pred)
    return sum(PART_WEIGHTS[name] * part for name, part in parts.items())


def _centre_loss(heat: Any, logit: Any, is_known: Any) -> Any:
    """The focal loss of CenterNet, by the number of centres."""
    import tensorflow as tf

    p = tf.clip_by_value(tf.sigmoid(logit), 1e-5, 1.0 - 1e-5)
    is_centre = tf.cast(heat > 0.999, tf.float32) * is_known
    hits = is_centre * (1.0 - p) ** 2 * tf.math.log(p)
    others = is_known * (1.0 - is_centre) * (1.0 - heat) ** 4 * p**2 * tf.math.log(1.0 - p)
    return -tf.reduce_sum(hits + others) / (tf.reduce_sum(is_centre) + 2.0)
