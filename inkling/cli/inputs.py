"""The arguments that several commands share, and how they become files, models and data sets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, NoReturn

import numpy as np
import typer
from numpy.typing import NDArray

from inkling.cli.progress import print_message
from inkling.imaging.glyph import GLYPH_SIZE
from inkling.imaging.load import EXTENSIONS, KINDS
from inkling.imaging.pixels import Pixels
from inkling.reader.page import load_networks
from inkling.recognition import classifier
from inkling.recognition.classifier import Classifier
from inkling.reports.files import ReportError
from inkling.reports.names import folder_name

# Exit statuses, beside 0 for success: a file could not be read; the command itself was wrong.
FILES_FAILED = 1
USAGE_ERROR = 2

Pictures = Annotated[
    list[Path],
    typer.Argument(
        metavar="PICTURE...",
        help=f"Pictures ({KINDS}), or folders of them.",
        show_default=False,
    ),
]
Network = Annotated[
    str,
    typer.Option(
        "--network",
        "-n",
        callback=folder_name,
        help="The model to use, by its folder under model/ or its title: see `models`.",
    ),
]


def stop(message: str) -> NoReturn:
    """End the command because it was called wrongly, with a sentence for the user."""
    print_message(message)
    raise typer.Exit(USAGE_ERROR)


def load_model(name: str) -> Classifier:
    """Load a model, or end the command if there is none of that name."""
    try:
        return classifier.load(name)
    except ReportError as error:
        stop(error.with_remedy)


def load_reader() -> None:
    """Load the networks that read pictures, or end the command if one is missing."""
    try:
        load_networks()
    except ReportError as error:
        stop(error.with_remedy)


def find_pictures(paths: list[Path]) -> Iterator[Path]:
    """Files as they are given; for a folder, all pictures in it and below, sorted by path."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        pictures = sorted(
            file for file in path.rglob("*") if file.suffix.lower() in EXTENSIONS and file.is_file()
        )
        if not pictures:
            print_message(f"{path} holds no pictures ({KINDS}).")
        yield from pictures


def load_dataset(dataset: str, n_labels: int) -> tuple[Pixels, NDArray[np.int64]]:
    """Load and check labelled glyphs, or end the command with the reason why they do not fit.

    Args:
        dataset: the name of a data set, whose test split is used, or the path of an .npz file.
        n_labels: how many labels the model knows.

    Returns:
        Glyphs, uint8 (n, GLYPH_SIZE, GLYPH_SIZE), and labels, int64 (n,), 0 to n_labels - 1.
    """
    if dataset.endswith(".npz"):
        x, y = _load_npz(Path(dataset))
    else:
        # Imported here, because the other commands do not need the list of data sets.
        from inkling.training.data import datasets
        from inkling.training.data.sources import DatasetError

        try:
            x, y = datasets.load(dataset, split="test")
        except DatasetError as error:
            stop(str(error))
    x, y = np.asarray(x), np.asarray(y)
    if x.dtype != np.uint8 or x.ndim != 3 or x.shape[1:] != (GLYPH_SIZE, GLYPH_SIZE):
        stop(
            f"{dataset}: x must be uint8 (n, {GLYPH_SIZE}, {GLYPH_SIZE}), 0 paper and 255 pen; "
            f"it is {x.dtype} {x.shape}."
        )
    if y.shape != (len(x),) or not np.issubdtype(y.dtype, np.integer):
        stop(f"{dataset}: y must hold one integer for each of the {len(x)} images in x.")
    if len(x) == 0:
        stop(f"{dataset} holds no images.")
    if int(y.min()) < 0 or int(y.max()) >= n_labels:
        stop(f"{dataset}: labels must be 0 to {n_labels - 1}, but they are {y.min()} to {y.max()}.")
    return x, y.astype(np.int64)


def _load_npz(path: Path) -> tuple[NDArray[Any], NDArray[Any]]:
    try:
        # Pickled arrays could run code, so they are refused.
        with np.load(path, allow_pickle=False) as data:
            return data["x"], data["y"]
    except KeyError:
        stop(f"{path} must hold arrays named x and y.")
    except FileNotFoundError:
        stop(f"There is no file {path}.")
    except Exception:  # For foreign bytes, zipfile and NumPy raise almost any exception.
        stop(f"{path} is not a readable .npz file. Make one with numpy.savez.")
