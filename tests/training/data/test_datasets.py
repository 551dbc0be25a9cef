"""Data sets: found offline first, verified, and read from small files made here."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import zipfile

import numpy as np
import pytest

from inkling.paths import ASSETS
from inkling.training.data import datasets
from inkling.training.data.sources import DatasetError


def test_mnist_is_bundled_and_complete(data):
    x, y = datasets.load("mnist", "train")
    assert (x.shape, x.dtype, y.shape) == ((60_000, 28, 28), np.uint8, (60_000,))
    # The counts in the files that LeCun published.
    counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(y).tolist() == counts
    x, y = datasets.load("mnist", "test")
    assert (x.shape, y[:10].tolist()) == ((10_000, 28, 28), [7, 2, 1, 0, 4, 1, 4, 9, 5, 9])
    file = ASSETS / "mnist.npz"
    assert datasets.checksum("mnist") == hashlib.sha256(file.read_bytes()).hexdigest()


def test_a_missing_set_says_which_file_to_put_where(data):
    for name in ("emnist-digits", "qmnist", "unipen", "pendigits"):
        with pytest.raises(DatasetError) as problem:
            datasets.load(name)
        message = str(problem.value)
        assert datasets.get(name).sources[0].files[0].name in message
        assert str(data) in message
        assert datasets.get(name).page in message


def test_a_damaged_file_is_refused(data):
    (data / "usps.npz").write_bytes(b"not it")
    with pytest.raises(DatasetError, match=r"usps\.npz is not the expected file"):
        datasets.load("usps")


def test_unknown_names_and_splits(data):
    with pytest.raises(DatasetError, match="there are corrections, emnist-digits"):
        datasets.load("nothing")
    with pytest.raises(DatasetError, match="train or test"):
        datasets.load("mnist", "validation")
    with pytest.raises(DatasetError, match="not trained on"):
        datasets.load("usps", "train")


def test_emnist_is_turned_upright(data, without_digests, idx_bytes):
    without_digests("emnist-letters")
    x, _ = datasets.load("mnist", "test")
    upright, labels = x[:20], np.arange(1, 21)
    with zipfile.ZipFile(data / "gzip.zip", "w") as archive:
        for split in ("train", "test"):
            stem = f"gzip/emnist-letters-{split}"
            images = idx_bytes(upright.transpose(0, 2, 1), 8)
            archive.writestr(f"{stem}-images-idx3-ubyte.gz", gzip.compress(images))
            packed = gzip.compress(idx_bytes(labels, 8))
            archive.writestr(f"{stem}-labels-idx1-ubyte.gz", packed)
    x, y = datasets.load("emnist-letters", "train")
    assert np.array_equal(x, upright)
    assert y.tolist() == list(range(20))
    assert datasets.get("emnist-letters").labels[y[0]] == "a"


def test_qmnist_uses_the_first_label_column(data, without_digests, idx_bytes):
    without_digests("qmnist")
    x, _ = datasets.load("mnist", "test")
    labels = np.arange(40).reshape(5, 8)
    for split, shift in (("train", 0), ("test", 5)):
        images = data / f"qmnist-{split}-images-idx3-ubyte.gz"
        images.write_bytes(gzip.compress(idx_bytes(x[shift : shift + 5], 8)))
        file = data / f"qmnist-{split}-labels-idx2-int.gz"
        file.write_bytes(gzip.compress(idx_bytes(labels, 12)))
    images_read, y = datasets.load("qmnist", "test")
    assert np.array_equal(images_read, x[5:10])
    assert y.tolist() == [0, 8, 16, 24, 32]


def test_usps_in_libsvm_text_becomes_glyphs(data, without_digests):
    without_digests("usps")
    image = np.full((16, 16), -1.0)
    image[2:14, 7:10] = 1.0
    fields = " ".join(f"{i + 1}:{value}" for i, value in enumerate(image.ravel()) if value != -1)
    (data / "usps.bz2").write_bytes(bz2.compress(f"2 {fields}\n10 {fields}\n".encode()))
    x, y = datasets.load("usps")
    assert y.tolist() == [1, 9]
    assert x.shape == (2, 28, 28)
    rows, columns = np.nonzero(x[0] > 100)
    assert np.ptp(rows) + 1 in (20, 21)
    assert np.ptp(columns) + 1 in (5, 6)


def test_a_truncated_pendigits_archive_is_an_error_message(data, without_digests, pendigits_zip):
    without_digests("pendigits")
    pendigits_zip(data / "pendigits.zip")
    with pytest.raises(DatasetError, match="7494 digits expected, 2 found"):
        datasets.load("pendigits")


def test_pen_strokes_are_drawn_and_writers_kept_apart(data, without_digests):
    without_digests("unipen-letters")
    n = 40
    points = np.array([[0, 100], [0, 0], [50, 0]], np.int16)  # An L: y points up in the file.
    np.savez(
        data / "unipen_letters.npz",
        points=np.tile(points, (n, 1)),
        stroke_off=np.arange(0, 3 * n + 1, 3),
        digit_off=np.arange(n + 1),
        labels=np.array(["L", "l", "?", "A"] * (n // 4)),
        writer=np.array([f"w{i // 2:02}" for i in range(n)]),
    )
    x, y = datasets.load("unipen-letters", "train")
    test_x, test_y = datasets.load("unipen-letters", "test")
    assert len(y) + len(test_y) == 30  # "?" is no letter.
    assert set(y.tolist()) == {11, 37, 0}
    assert test_y.tolist() == [0, 0]  # Writers 3 and 13 of the twenty, without their "?".
    # The L stands upright, with its foot below.
    assert x[0][18:].sum() > x[0][:10].sum()
    again, _ = datasets.load("unipen-letters", "train")
    other, _ = datasets.load("unipen-letters", "train", seed=1)
    assert np.array_equal(x, again)
    assert not np.array_equal(x, other)
    assert len(test_x) == len(test_y)
    # The strokes behind the glyphs are in the same order.
    strokes, rows = datasets.strokes("unipen-letters", "test")
    assert strokes.labels[rows].tolist() == test_y.tolist()
    assert strokes.character(int(rows[0]))[0].tolist() == [[0, -100], [0, 0], [50, 0]]
    with pytest.raises(DatasetError, match="no pen strokes"):
        datasets.strokes("mnist")
