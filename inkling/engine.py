"""LiteRT: the only place that loads, verifies and runs a model file."""

from __future__ import annotations

import hashlib
import queue
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class ModelFileError(Exception):
    """A model file is missing, or is not the one it should be; the message is for people."""


def verified(path: Path, sha256: str | None) -> bytes:
    """Read a model file and check it.

    Args:
        path: the file.
        sha256: the hex digest it must have; None when none is known.

    Raises:
        ModelFileError: the file is missing, or its digest is another one or unknown.
    """
    try:
        content = path.read_bytes()
    except OSError:
        raise ModelFileError(f"There is no file {path.parent.name}/{path.name}.") from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ModelFileError(
            f"{path.parent.name}/{path.name} is not the file its report describes."
        )
    return content


def as_input(pixels: NDArray[np.uint8]) -> Floats:
    """Grayscale pictures as a network takes them: uint8 (n, h, w) to float32 (n, h, w, 1), 0..1."""
    return np.asarray(pixels.astype(np.float32)[..., None] / np.float32(255.0))


class Engine:
    """One LiteRT interpreter; for one thread at a time.

    Args:
        content: a model file with one input and one output, in float32 or in full int8.
        threads: processor threads it may use.
        keep_tensors: keep the tensors between the layers, so that `tensor` can be asked for them.

    Raises:
        ModelFileError: the content is no model file.
    """

    def __init__(self, content: bytes, *, threads: int = 1, keep_tensors: bool = False) -> None:
        with warnings.catch_warnings():
            # LiteRT warns that keeping all tensors takes memory; these networks are small.
            warnings.simplefilter("ignore", UserWarning)
            try:
                self._interpreter = Interpreter(
                    model_content=content,
                    num_threads=threads,
                    experimental_preserve_all_tensors=keep_tensors,
                )
            except (ValueError, RuntimeError):
                raise ModelFileError("It is not a LiteRT file.") from None
        source = self._interpreter.get_input_details()[0]
        target = self._interpreter.get_output_details()[0]
        self.source: int = source["index"]
        self._target: int = target["index"]
        self._is_int8 = source["dtype"] == np.int8
        self._source_scale, self._source_zero = source["quantization"]
        self._target_scale, self._target_zero = target["quantization"]
        self._shape: tuple[int, ...] | None = None

    def run(self, x: Floats) -> Floats:
        """Run the network on a batch.

        Args:
            x: float32, of the input's shape; its variable axes may differ from call to call. An
                int8 model quantises it and gives float32 all the same.

        Returns:
            float32, of the output's shape.
        """
        self._resize(x.shape)
        if self._is_int8:
            steps = np.round(x / self._source_scale) + self._source_zero
            self._interpreter.set_tensor(self.source, np.clip(steps, -128, 127).astype(np.int8))
        else:
            self._interpreter.set_tensor(self.source, x)
        self._invoke()
        answers = self._interpreter.get_tensor(self._target)
        if self._is_int8:
            answers = (answers.astype(np.float32) - self._target_zero) * self._target_scale
        return np.asarray(answers, np.float32)

    def run_filled(self, shape: tuple[int, ...], fill: Callable[[Floats], None]) -> Floats:
        """Run a float32 network on a large input, which is made in its place.

        Args:
            shape: of the input.
            fill: writes the input, float32 of that shape, and keeps no reference to it.

        Returns:
            float32, of the output's shape.
        """
        self._resize(shape)
        fill(self._interpreter.tensor(self.source)())
        self._invoke()
        return np.asarray(self._interpreter.get_tensor(self._target), np.float32)

    def _resize(self, shape: tuple[int, ...]) -> None:
        if shape != self._shape:
            # Unknown until it has succeeded.
            self._shape = None
            self._interpreter.resize_tensor_input(self.source, list(shape), strict=False)
            try:
                self._interpreter.allocate_tensors()
            except RuntimeError as problem:
                raise MemoryError(f"LiteRT: {problem}") from None
            self._shape = shape

    def _invoke(self) -> None:
        """Run the network.

        Raises:
            MemoryError: for a verified file and an input of its shape, nothing else can fail.
        """
        try:
            self._interpreter.invoke()
        except RuntimeError as problem:
            raise MemoryError(f"LiteRT: {problem}") from None

    def rerun(self) -> None:
        """Run the network again on the last batch and leave its output unread, for timing."""
        self._interpreter.invoke()

    def check(self, shape: Sequence[int | None], outputs: int) -> None:
        """Check that this is the kind of network that the caller knows.

        Args:
            shape: of its input; None for an axis whose length varies.
            outputs: the length of its output's last axis.

        Raises:
            ModelFileError: it is another kind.
        """
        source = self._interpreter.get_input_details()[0]["shape_signature"]
        target = self._interpreter.get_output_details()[0]["shape_signature"]
        if [length or -1 for length in shape] != list(source) or target[-1] != outputs:
            raise ModelFileError("It holds a network of another kind.")

    def details(self) -> list[dict[str, Any]]:
        """LiteRT's description of every tensor: index, name, shape, shape_signature, dtype …"""
        return list(self._interpreter.get_tensor_details())

    def tensor(self, index: int) -> NDArray[Any]:
        """A copy of a tensor: weights, or with `keep_tensors` a layer's last output."""
        return np.asarray(self._interpreter.get_tensor(index))

    def allocate(self) -> None:
        """Make weights readable by `tensor` before the first run."""
        self._interpreter.allocate_tensors()


class EnginePool:
    """A model that threads share: each call borrows an engine, or waits until one is free.

    Args:
        content: see `Engine`.
        size: how many engines there are.
        shape, outputs: see `Engine.check`.

    Raises:
        ModelFileError: the content is no model file, or a network of another kind.
    """

    def __init__(
        self, content: bytes, size: int, *, shape: Sequence[int | None], outputs: int
    ) -> None:
        self._content = content
        self._free: queue.LifoQueue[Engine] = queue.LifoQueue()
        for _ in range(size):
            engine = Engine(content)
            engine.check(shape, outputs)
            self._free.put(engine)

    def run(self, x: Floats) -> Floats:
        """See `Engine.run`."""
        with self._engine() as engine:
            return engine.run(x)

    def run_filled(self, shape: tuple[int, ...], fill: Callable[[Floats], None]) -> Floats:
        """See `Engine.run_filled`."""
        with self._engine() as engine:
            return engine.run_filled(shape, fill)

    def release(self) -> None:
        """Give back the memory of one engine that is free; it takes it again when it runs."""
        self._free.get()
        self._free.put(Engine(self._content))

    @contextmanager
    def _engine(self) -> Iterator[Engine]:
        engine = self._free.get()
        try:
            yield engine
        finally:
            self._free.put(engine)
