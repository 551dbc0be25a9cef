"""What happens inside a network while it reads one glyph.

    inside = of(classifier)
    layers = inside.layers(glyph)

LiteRT's own answer for every layer, from the very file that serves; no TensorFlow. Glyphs are uint8
(28, 28), 0 paper and 255 pen, here as everywhere.
"""

from __future__ import annotations

import re
import threading
import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from inkling.imaging.glyph import GLYPH_SIZE
from inkling.imaging.pixels import Pixels

if TYPE_CHECKING:
    from inkling.recognition.classifier import Classifier

Floats = NDArray[np.float32]
Kind = Literal["convolution", "pooling", "dense", "scores", "probabilities"]

# Glyphs a call; see `classifier.BATCH`.
BATCH = 64


@dataclass(frozen=True, slots=True)
class Field:
    """Which pixels of the glyph a cell of a map looks at: along each axis, cell k sees pixels
    `start + k * step` to `start + k * step + size - 1`, as far as there are such."""

    start: int = 0
    step: int = 1
    size: int = 1

    def patch(self, row: int, column: int) -> tuple[int, int, int, int]:
        """x, y, width, height of a cell's patch, inside the glyph."""
        x, right = self._range(column)
        y, bottom = self._range(row)
        return x, y, right - x, bottom - y

    def _range(self, cell: int) -> tuple[int, int]:
        first = self.start + cell * self.step
        low, high = max(0, first), min(GLYPH_SIZE, first + self.size)
        return min(low, GLYPH_SIZE - 1), max(high, 1)

    def through(self, window: int, step: int, padding: int) -> Field:
        """The field after a layer whose cells look at `window` cells each, `step` apart."""
        return Field(
            self.start - padding * self.step,
            self.step * step,
            self.size + (window - 1) * self.step,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One layer's answer to a glyph.

    Attributes:
        name: as the network calls it, without what follows the layer (norm, relu).
        kind: convolution, pooling, dense, the scores (logits) or the probabilities.
        values: float32 (height, width, maps), after the activation; (units,) without a plane.
        filters: a convolution's weights, float32 (height, width, maps before, maps); else None.
        field: what a cell sees; None without a plane.
    """

    name: str
    kind: Kind
    values: Floats
    filters: Floats | None = None
    field: Field | None = None

    @property
    def maps(self) -> int:
        """How many maps or units there are."""
        return int(self.values.shape[-1])

    def strongest(self, number: int) -> tuple[int, int]:
        """Row and column of a map's strongest answer, either way."""
        plane = np.abs(self.values[..., number])
        row, column = np.unravel_index(int(plane.argmax()), plane.shape)
        return int(row), int(column)


class Inside:
    """A model whose layers can be asked. Safe to share between threads, which take turns.

    Args:
        content: the `.tflite` file of a sequential network in float32.
    """

    def __init__(self, content: bytes) -> None:
        self._turn = threading.Lock()
        with warnings.catch_warnings():
            # That keeping all tensors takes memory is known, and little of it is taken.
            warnings.simplefilter("ignore", UserWarning)
            self._interpreter = Interpreter(
                model_content=content, num_threads=2, experimental_preserve_all_tensors=True
            )
        self._interpreter.allocate_tensors()
        self._source = self._interpreter.get_input_details()[0]["index"]
        self._size = 1
        self._plan = _plan(self._interpreter.get_tensor_details(), self._source)
        self._weights = {
            name: np.transpose(self._interpreter.get_tensor(index), (1, 2, 3, 0)).copy()
            for name, index in _filters(self._interpreter.get_tensor_details()).items()
        }
        # The last layer before the scores.
        places = [step.kind for step in self._plan]
        self._features = self._plan[places.index("scores") - 1].index

    def layers(self, glyph: Pixels) -> list[Layer]:
        """Every layer's answer to a glyph, in order; the last one's are the ten probabilities."""
        with self._turn:
            self._run(checked(glyph)[None])
            answers = [self._interpreter.get_tensor(step.index)[0] for step in self._plan]
        found: list[Layer] = []
        field, side = Field(), GLYPH_SIZE
        for step, values in zip(self._plan, answers, strict=True):
            filters = self._weights.get(step.name) if step.kind == "convolution" else None
            seen = None
            if values.ndim == 3:
                window = filters.shape[0] if filters is not None else side // values.shape[0]
                seen = field = field.through(*_stride(side, values.shape[0], window))
                side = values.shape[0]
            found.append(Layer(step.name, step.kind, values.copy(), filters, seen))
        return found

    def features(self, glyphs: Pixels) -> Floats:
        """What the last layer is given: float32 (n, d) for uint8 (n, 28, 28)."""
        parts = []
        for first in range(0, len(glyphs), BATCH):
            part = checked(glyphs[first : first + BATCH])
            with self._turn:
                self._run(part)
                values = self._interpreter.get_tensor(self._features)
            parts.append(values.reshape(len(part), -1))
        return np.concatenate(parts)

    def _run(self, glyphs: Pixels) -> None:
        if len(glyphs) != self._size:
            shape = [len(glyphs), GLYPH_SIZE, GLYPH_SIZE, 1]
            self._interpreter.resize_tensor_input(self._source, shape, strict=False)
            self._interpreter.allocate_tensors()
            self._size = len(glyphs)
        scaled = glyphs.astype(np.float32)[..., None] / np.float32(255.0)
        self._interpreter.set_tensor(self._source, scaled)
        self._interpreter.invoke()


@dataclass(frozen=True, slots=True)
class Block:
    """One layer of the served network.

    Attributes:
        name, kind: see `Layer`.
        shape: what it gives for one glyph: (height, width, maps) or (units,).
        weights: how many numbers it has learnt, biases counted; what a norm learnt is folded in.
    """

    name: str
    kind: Kind
    shape: tuple[int, ...]
    weights: int


def blocks(layers: list[Layer]) -> list[Block]:
    """The network's layers in order, from its answer to any glyph."""
    found = []
    before = GLYPH_SIZE * GLYPH_SIZE
    for layer in layers:
        weights = 0
        if layer.filters is not None:
            weights = layer.filters.size + layer.maps
        elif layer.kind in ("dense", "scores"):
            weights = before * layer.maps + layer.maps
        found.append(Block(layer.name, layer.kind, layer.values.shape, weights))
        before = layer.values.size
    return found


@lru_cache(maxsize=8)
def of(classifier: Classifier) -> Inside:
    """The inside of a classifier, made once a process."""
    return Inside(classifier.content)


def checked(glyphs: Pixels) -> Pixels:
    """Glyphs, once they are some; else a ValueError."""
    if glyphs.dtype != np.uint8 or glyphs.shape[-2:] != (GLYPH_SIZE, GLYPH_SIZE):
        raise ValueError(f"glyphs are uint8 (…, 28, 28), not {glyphs.dtype} {glyphs.shape}")
    return glyphs


@dataclass(frozen=True, slots=True)
class _Step:
    index: int
    name: str
    kind: Kind


def _plan(tensors: list[dict[str, Any]], source: int) -> list[_Step]:
    """The tensors that hold the layers' answers, in order.

    A tensor that grows with the batch is an answer; its name says which layer's. Of several with
    one layer's name the last counts: the activation comes after the sum.
    """
    steps: dict[str, _Step] = {}
    for tensor in sorted(tensors, key=lambda one: one["index"]):
        shape, name = tensor["shape_signature"], _layer(tensor["name"])
        if tensor["index"] == source or len(shape) not in (2, 4) or shape[0] != -1:
            continue
        if tensor["name"].endswith("Reshape") or "Softmax" in tensor["name"]:
            continue
        kind: Kind = "dense" if len(shape) == 2 else "convolution"
        if name == "probabilities":
            name, kind = "scores", "scores"
        elif not name:
            name, kind = "probabilities", "probabilities"
        elif re.search(r"Pool", tensor["name"]):
            kind = "pooling"
        steps.pop(name, None)
        steps[name] = _Step(tensor["index"], name, kind)
    return list(steps.values())


def _filters(tensors: list[dict[str, Any]]) -> dict[str, int]:
    """By layer, the tensor of a convolution's weights (maps, height, width, maps before)."""
    return {
        _layer(tensor["name"]): tensor["index"]
        for tensor in tensors
        if len(tensor["shape"]) == 4 and tensor["shape_signature"][0] != -1
    }


def _layer(name: str) -> str:
    """Keras' name of the layer in a tensor's: "conv1" in "net_1/conv1_relu_1/Relu;…"; else ""."""
    found = re.match(r"[^/;]+/([^/;]+?)(?:_norm|_relu)?(?:_\d+)?/", name)
    return found.group(1) if found else ""


def _stride(before: int, after: int, window: int) -> tuple[int, int, int]:
    """Window, step and padding of a layer that makes a side of `after` from one of `before`."""
    if after == before:
        return window, 1, (window - 1) // 2
    return window, max(1, (before - window) // max(1, after - 1)), 0
