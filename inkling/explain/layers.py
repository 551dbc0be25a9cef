"""What the layers of a network answer while it reads one glyph.

    probe = probe_of(classifier)
    layers = probe.layers(glyph)

The answers are LiteRT's, from the model file that serves; TensorFlow is not needed. Glyphs are
uint8 (28, 28), 0 paper and 255 pen.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from inkling.engine import Engine, as_input
from inkling.imaging.glyph import GLYPH_SIZE
from inkling.imaging.pixels import Pixels

if TYPE_CHECKING:
    from inkling.recognition.classifier import Classifier

Floats = NDArray[np.float32]
Kind = Literal["convolution", "pooling", "dense", "scores", "probabilities"]

# Glyphs per run of the network, as in the classifier.
BATCH = 64
# Processor threads of a probe.
THREADS = 2


@dataclass(frozen=True, slots=True)
class ReceptiveField:
    """Which of the glyph's pixels a cell of a map sees.

    Along each axis, cell k sees `size` pixels from `start + k * step` on, as far as they exist.
    """

    start: int = 0
    step: int = 1
    size: int = 1

    def patch(self, row: int, column: int) -> tuple[int, int, int, int]:
        """The part of the glyph that a cell sees: x, y, width, height."""
        x, right = self._range(column)
        y, bottom = self._range(row)
        return x, y, right - x, bottom - y

    def through(self, window: int, step: int, padding: int) -> ReceptiveField:
        """The field after a layer whose cells see `window` cells each, `step` apart."""
        return ReceptiveField(
            self.start - padding * self.step,
            self.step * step,
            self.size + (window - 1) * self.step,
        )

    def _range(self, cell: int) -> tuple[int, int]:
        first = self.start + cell * self.step
        low, high = max(0, first), min(GLYPH_SIZE, first + self.size)
        return min(low, GLYPH_SIZE - 1), max(high, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One layer's answer to a glyph.

    Attributes:
        name: the network's, without the suffix of a merged layer (norm, relu).
        kind: convolution, pooling, dense, the scores (logits) or the probabilities.
        values: float32 (height, width, maps), or (units,) for a layer without maps; after the
            activation.
        filters: a convolution's weights, float32 (height, width, maps before, maps); else None.
        field: what a cell sees; None for a layer without maps.
    """

    name: str
    kind: Kind
    values: Floats
    filters: Floats | None = None
    field: ReceptiveField | None = None

    @property
    def maps(self) -> int:
        """The number of maps, or of units."""
        return int(self.values.shape[-1])

    def strongest(self, number: int) -> tuple[int, int]:
        """Row and column of the cell with the greatest absolute value in a map."""
        plane = np.abs(self.values[..., number])
        row, column = np.unravel_index(int(plane.argmax()), plane.shape)
        return int(row), int(column)


@dataclass(frozen=True, slots=True)
class Block:
    """One layer of the network in the model file.

    Attributes:
        name, kind: see `Layer`.
        shape: of its answer to one glyph: (height, width, maps) or (units,).
        weights: the number of its weights and biases. Those of a normalisation are merged into the
            layer before.
    """

    name: str
    kind: Kind
    shape: tuple[int, ...]
    weights: int


class LayerProbe:
    """A model whose layers can be read. Safe to share between threads, which take turns.

    Args:
        content: the `.tflite` file of a sequential network in float32.
    """

    def __init__(self, content: bytes) -> None:
        self._lock = threading.Lock()
        self._engine = Engine(content, threads=THREADS, keep_tensors=True)
        self._engine.allocate()
        tensors = self._engine.details()
        self._outputs = _outputs(tensors, self._engine.source)
        self._filters = {
            name: np.transpose(self._engine.tensor(index), (1, 2, 3, 0)).copy()
            for name, index in _filter_tensors(tensors).items()
        }
        kinds = [output.kind for output in self._outputs]
        self._features = self._outputs[kinds.index("scores") - 1].index

    def layers(self, glyph: Pixels) -> list[Layer]:
        """Every layer's answer to a glyph, in order; the last one holds the probabilities."""
        with self._lock:
            self._engine.run(as_input(require_glyphs(glyph)[None]))
            answers = [self._engine.tensor(output.index)[0] for output in self._outputs]
        layers: list[Layer] = []
        field, side = ReceptiveField(), GLYPH_SIZE
        for output, values in zip(self._outputs, answers, strict=True):
            filters = self._filters.get(output.name) if output.kind == "convolution" else None
            cell_field = None
            if values.ndim == 3:
                window = filters.shape[0] if filters is not None else side // values.shape[0]
                cell_field = field = field.through(*_window(side, values.shape[0], window))
                side = values.shape[0]
            layers.append(Layer(output.name, output.kind, values, filters, cell_field))
        return layers

    def features(self, glyphs: Pixels) -> Floats:
        """What the layer before the scores answers: float32 (n, d) for uint8 (n, 28, 28)."""
        parts = []
        for first in range(0, len(glyphs), BATCH):
            part = require_glyphs(glyphs[first : first + BATCH])
            with self._lock:
                self._engine.run(as_input(part))
                values = self._engine.tensor(self._features)
            parts.append(values.reshape(len(part), -1))
        return np.concatenate(parts)


@lru_cache(maxsize=8)
def probe_of(classifier: Classifier) -> LayerProbe:
    """The probe of a classifier's model, made once per process."""
    return LayerProbe(classifier.content)


def blocks(layers: Iterable[Layer]) -> list[Block]:
    """Describe a network by its layers' answers to any glyph."""
    described = []
    inputs = GLYPH_SIZE * GLYPH_SIZE
    for layer in layers:
        weights = 0
        if layer.filters is not None:
            weights = layer.filters.size + layer.maps
        elif layer.kind in ("dense", "scores"):
            weights = inputs * layer.maps + layer.maps
        described.append(Block(layer.name, layer.kind, layer.values.shape, weights))
        inputs = layer.values.size
    return described


def require_glyphs(glyphs: Pixels) -> Pixels:
    """Return glyphs unchanged.

    Raises:
        ValueError: they are not uint8 (…, 28, 28).
    """
    if glyphs.dtype != np.uint8 or glyphs.shape[-2:] != (GLYPH_SIZE, GLYPH_SIZE):
        raise ValueError(f"glyphs are uint8 (…, 28, 28), not {glyphs.dtype} {glyphs.shape}")
    return glyphs


@dataclass(frozen=True, slots=True)
class _Output:
    """The tensor with a layer's answer."""

    index: int
    name: str
    kind: Kind


def _outputs(tensors: list[dict[str, Any]], source: int) -> list[_Output]:
    """Find the tensors with the layers' answers, in order.

    A tensor that grows with the batch is an answer, and its name says which layer's. Of several
    tensors of one layer the last one counts, since the activation comes after the sum.

    Args:
        tensors: as `Engine.details` gives them.
        source: the index of the network's input.
    """
    outputs: dict[str, _Output] = {}
    for tensor in sorted(tensors, key=lambda each: each["index"]):
        shape, name = tensor["shape_signature"], _layer_name(tensor["name"])
        if tensor["index"] == source or len(shape) not in (2, 4) or shape[0] != -1:
            continue
        if tensor["name"].endswith("Reshape") or "Softmax" in tensor["name"]:
            continue
        kind: Kind = "dense" if len(shape) == 2 else "convolution"
        if name == "probabilities":
            name, kind = "scores", "scores"
        elif not name:
            name, kind = "probabilities", "probabilities"
        elif "Pool" in tensor["name"]:
            kind = "pooling"
        outputs.pop(name, None)
        outputs[name] = _Output(tensor["index"], name, kind)
    return list(outputs.values())


def _filter_tensors(tensors: list[dict[str, Any]]) -> dict[str, int]:
    """By layer, the tensor of a convolution's weights (maps, height, width, maps before)."""
    return {
        _layer_name(tensor["name"]): tensor["index"]
        for tensor in tensors
        if len(tensor["shape"]) == 4 and tensor["shape_signature"][0] != -1
    }


def _layer_name(tensor_name: str) -> str:
    """The Keras layer in a tensor's name: "conv1" in "net_1/conv1_relu_1/Relu;…"; "" if none."""
    match = re.match(r"[^/;]+/([^/;]+?)(?:_norm|_relu)?(?:_\d+)?/", tensor_name)
    return match.group(1) if match else ""


def _window(before: int, after: int, window: int) -> tuple[int, int, int]:
    """Window, step and padding of a layer that turns a side of `before` cells into `after`."""
    if after == before:
        return window, 1, (window - 1) // 2
    return window, max(1, (before - window) // max(1, after - 1)), 0
