"""The line network's architecture and loss."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops

from inkling.recognition import line_model
from inkling.recognition.line_image import STRIP_HEIGHT

# In place of a label: none any more.
PAD = -1


def network(labels: int = 10) -> keras.Model:
    """Strips float32 (n, STRIP_HEIGHT, width, 1) in 0..1 to logits (n, 1, width / 2, labels + 1).

    The last logit is for "nothing new". The layers named `more…` are residual ones (He, Zhang, Ren
    and Sun, 2016) that begin by adding nothing, so a network without them can be gone on from.
    """
    strip = keras.Input((STRIP_HEIGHT, None, 1), name="strip")

    def block(
        hidden: Any, filters: int, size: tuple[int, int], name: str, pool: tuple[int, int] = (1, 1)
    ) -> Any:
        padding = "valid" if size == (4, 1) else "same"
        convolved = layers.Conv2D(filters, size, padding=padding, use_bias=False, name=name)
        hidden = convolved(hidden)
        if pool != (1, 1):
            hidden = layers.MaxPooling2D(pool, name=f"{name}_pool")(hidden)
        hidden = layers.BatchNormalization(name=f"{name}_norm")(hidden)
        return layers.ReLU(name=f"{name}_relu")(hidden)

    def more(hidden: Any, size: tuple[int, int], name: str, apart: int = 1) -> Any:
        convolved = layers.Conv2D(
            hidden.shape[-1],
            size,
            padding="same",
            dilation_rate=(1, apart),
            use_bias=False,
            name=name,
        )
        added = convolved(hidden)
        norm = layers.BatchNormalization(gamma_initializer="zeros", name=f"{name}_norm")
        hidden = layers.Add(name=f"{name}_add")([hidden, norm(added)])
        return layers.ReLU(name=f"{name}_relu")(hidden)

    hidden = block(strip, 32, (5, 5), "conv1", (2, 2))
    hidden = block(hidden, 64, (3, 3), "conv2", (2, 1))
    hidden = block(hidden, 96, (3, 3), "conv3")
    hidden = more(hidden, (3, 3), "more1")
    hidden = block(hidden, 144, (3, 3), "conv4", (2, 1))
    hidden = block(hidden, 144, (3, 3), "conv5")
    hidden = more(hidden, (3, 3), "more2")
    hidden = more(hidden, (3, 3), "more3")
    # The rows become one, then neighbouring columns are looked at together.
    hidden = block(hidden, 224, (4, 1), "column")
    hidden = layers.Dropout(0.2, name="dropout1")(hidden)
    hidden = block(hidden, 224, (1, 5), "context1")
    hidden = more(hidden, (1, 5), "more4")
    hidden = more(hidden, (1, 5), "more5")
    # How a hand writes its other digits says what this one is: convolutions that reach far, with
    # gaps (Yu and Koltun, 2016).
    for number, apart in enumerate((3, 9, 3, 9), 6):
        hidden = more(hidden, (1, 5), f"more{number}", apart)
    hidden = layers.Dropout(0.2, name="dropout2")(hidden)
    hidden = block(hidden, 192, (1, 5), "context2")
    logits = layers.Conv2D(labels + 1, 1, name="logits", dtype="float32")(hidden)
    return keras.Model(strip, logits, name=line_model.NAME)


def loss(y_true: Any, y_pred: Any) -> Any:
    """CTC's, of logits (n, 1, columns, labels + 1) and labels (n, LONGEST) padded with PAD."""
    logits = ops.cast(y_pred, "float32")[:, 0]
    y = ops.cast(y_true, "int32")
    lengths = ops.sum(ops.cast(y != PAD, "int32"), axis=1)
    # Keras' own "nothing new" comes first.
    logits = ops.concatenate([logits[..., -1:], logits[..., :-1]], axis=-1)
    wanted = ops.where(y == PAD, 0, y + 1)
    columns = ops.ones_like(lengths) * ops.shape(logits)[1]
    return ops.ctc_loss(wanted, logits, lengths, columns, mask_index=0)
