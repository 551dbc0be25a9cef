"""The line network's architecture and loss."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops

from inkling.recognition import line_model
from inkling.recognition.line_image import IMAGE_HEIGHT

# Fills the rows of a batch of label numbers after the last label.
PAD = -1


def network(labels: int = 10) -> keras.Model:
    """The line network: a convolutional network over a line's image, for CTC.

    The residual layers (He, Zhang, Ren and Sun, 2016) initially add nothing, so training can
    continue from a network without them. The last ones are dilated (Yu and Koltun, 2016), so that
    each column sees how the writer draws other digits of the line. The layers keep their names,
    because `finetune.transfer_weights` matches stored weights by them.

    Returns:
        A model of float32 (n, IMAGE_HEIGHT, width, 1) in 0..1 that gives logits float32
        (n, 1, width / 2, labels + 1). The last logit is CTC's blank.
    """
    image = keras.Input((IMAGE_HEIGHT, None, 1), name="strip")
    hidden = _conv_block(image, 32, (5, 5), "conv1", pool=(2, 2))
    hidden = _conv_block(hidden, 64, (3, 3), "conv2", pool=(2, 1))
    hidden = _conv_block(hidden, 96, (3, 3), "conv3")
    hidden = _residual_block(hidden, (3, 3), "more1")
    hidden = _conv_block(hidden, 144, (3, 3), "conv4", pool=(2, 1))
    hidden = _conv_block(hidden, 144, (3, 3), "conv5")
    hidden = _residual_block(hidden, (3, 3), "more2")
    hidden = _residual_block(hidden, (3, 3), "more3")
    # The four rows become one. From here on, convolutions run along the line only.
    hidden = _conv_block(hidden, 224, (4, 1), "column", padding="valid")
    hidden = layers.Dropout(0.2, name="dropout1")(hidden)
    hidden = _conv_block(hidden, 224, (1, 5), "context1")
    hidden = _residual_block(hidden, (1, 5), "more4")
    hidden = _residual_block(hidden, (1, 5), "more5")
    for number, dilation in enumerate((3, 9, 3, 9), start=6):
        hidden = _residual_block(hidden, (1, 5), f"more{number}", dilation=dilation)
    hidden = layers.Dropout(0.2, name="dropout2")(hidden)
    hidden = _conv_block(hidden, 192, (1, 5), "context2")
    logits = layers.Conv2D(labels + 1, 1, name="logits", dtype="float32")(hidden)
    return keras.Model(image, logits, name=line_model.NAME)


def _conv_block(
    hidden: keras.KerasTensor,
    filters: int,
    size: tuple[int, int],
    name: str,
    *,
    pool: tuple[int, int] = (1, 1),
    padding: str = "same",
) -> keras.KerasTensor:
    """A convolution, max pooling (unless `pool` is 1×1), batch normalisation and a rectifier."""
    convolution = layers.Conv2D(filters, size, padding=padding, use_bias=False, name=name)
    hidden = convolution(hidden)
    if pool != (1, 1):
        hidden = layers.MaxPooling2D(pool, name=f"{name}_pool")(hidden)
    hidden = layers.BatchNormalization(name=f"{name}_norm")(hidden)
    return layers.ReLU(name=f"{name}_relu")(hidden)


def _residual_block(
    hidden: keras.KerasTensor, size: tuple[int, int], name: str, *, dilation: int = 1
) -> keras.KerasTensor:
    """A convolution and batch normalisation, added to the input, and a rectifier.

    `dilation` is the distance of a kernel's columns. The normalisation starts with a scale of 0.
    """
    convolution = layers.Conv2D(
        hidden.shape[-1],
        size,
        padding="same",
        dilation_rate=(1, dilation),
        use_bias=False,
        name=name,
    )
    norm = layers.BatchNormalization(gamma_initializer="zeros", name=f"{name}_norm")
    hidden = layers.Add(name=f"{name}_add")([hidden, norm(convolution(hidden))])
    return layers.ReLU(name=f"{name}_relu")(hidden)


def loss(y_true: Any, y_pred: Any) -> Any:
    """The CTC loss of a batch (Graves, Fernández, Gomez and Schmidhuber, 2006).

    Args:
        y_true: label numbers, int32 (n, MAX_DIGITS), padded with PAD.
        y_pred: logits (n, 1, columns, labels + 1), the last for the blank.

    Returns:
        float32 (n,), nats per line.
    """
    logits = ops.cast(y_pred, "float32")[:, 0]
    y = ops.cast(y_true, "int32")
    lengths = ops.sum(ops.cast(y != PAD, "int32"), axis=1)
    # Keras expects the blank as label 0, so all others move up by one.
    logits = ops.concatenate([logits[..., -1:], logits[..., :-1]], axis=-1)
    target = ops.where(y == PAD, 0, y + 1)
    columns = ops.ones_like(lengths) * ops.shape(logits)[1]
    return ops.ctc_loss(target, logits, lengths, columns, mask_index=0)
