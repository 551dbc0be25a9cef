"""Data sets: offline first, verified, and every public format read from small files made here."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import http.server
import struct
import threading
import zipfile
from dataclasses import replace
from functools import partial
from typing import ClassVar

import numpy as np
import pytest

from inkling.paths import ASSETS
from inkling.training.data import datasets, download, formats
from inkling.training.data.catalogue import DATASETS
from inkling.training.data.sources import Dataset, DatasetError, File


@pytest.fixture
def data(tmp_path, monkeypatch):
    """An empty `$INKLING_DATA` and cache, and no network."""
    monkeypatch.setenv("INKLING_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("INKLING_CACHE", str(tmp_path / "cache"))
    (tmp_path / "data").mkdir()

    def refuse(*_args, **_kwargs):
        raise OSError("no network")

    monkeypatch.setattr(download.urllib.request, "urlopen", refuse)
    return tmp_path / "data"


def idx_bytes(array: np.ndarray, code: int) -> bytes:
    head = struct.pack(">HBB", 0, code, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    kind = {8: ">u1", 12: ">i4"}[code]
    return head + array.astype(kind).tobytes()


def loosened(name: str, monkeypatch) -> Dataset:
    """The named set without checksums, so that small files made here pass for its own."""
    dataset = datasets.get(name)
    sources = tuple(
        replace(source, files=tuple(File(file.name, "", file.url) for file in source.files))
        for source in dataset.sources
    )
    fields = {key: getattr(dataset, key) for key in Dataset.__slots__} | {"sources": sources}
    monkeypatch.setitem(DATASETS, name, Dataset(**fields))
    return DATASETS[name]


def test_mnist_is_bundled_and_whole(data):
    x, y = datasets.load("mnist", "train")
    assert (x.shape, x.dtype, y.shape) == ((60_000, 28, 28), np.uint8, (60_000,))
    # The counts of LeCun's own files.
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


def test_emnist_is_put_upright(data, monkeypatch):
    loosened("emnist-letters", monkeypatch)
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


def test_qmnist_takes_the_first_of_its_label_columns(data, monkeypatch):
    loosened("qmnist", monkeypatch)
    x, _ = datasets.load("mnist", "test")
    labels = np.arange(40).reshape(5, 8)
    for split, shift in (("train", 0), ("test", 5)):
        images = data / f"qmnist-{split}-images-idx3-ubyte.gz"
        images.write_bytes(gzip.compress(idx_bytes(x[shift : shift + 5], 8)))
        file = data / f"qmnist-{split}-labels-idx2-int.gz"
        file.write_bytes(gzip.compress(idx_bytes(labels, 12)))
    found, y = datasets.load("qmnist", "test")
    assert np.array_equal(found, x[5:10])
    assert y.tolist() == [0, 8, 16, 24, 32]


def test_usps_in_libsvm_text_becomes_glyphs(data, monkeypatch):
    loosened("usps", monkeypatch)
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


UNIPEN = """.VERSION 1.0
.SEGMENT DIGIT 0-1 ? "4"
.PEN_DOWN
 10 90
 10 40
 60 40
.PEN_UP
.DT 100
.PEN_DOWN
 40 90
 40 0
.PEN_UP
.SEGMENT DIGIT 2 ? "1"
.PEN_DOWN
 5 100
 5 0
.PEN_UP
"""


def lzw_z(text: bytes) -> bytes:
    """compress's .Z with literal codes only: nine bits each, while fewer than 256 are sent."""
    assert len(text) < 250
    bits = sum(byte << (9 * i) for i, byte in enumerate(text))
    return b"\x1f\x9d\x90" + bits.to_bytes(-(-9 * len(text) // 8), "little")


def test_unipen_text_becomes_strokes_with_y_down():
    strokes = formats.read_unipen(UNIPEN)
    assert strokes.labels.tolist() == [4, 1]
    assert [len(stroke) for stroke in strokes.character(0)] == [3, 2]
    assert strokes.character(1)[0].tolist() == [[5, -100], [5, 0]]
    with pytest.raises(formats.FormatError):
        formats.read_unipen(".PEN_DOWN\n1 1\n")
    with pytest.raises(formats.FormatError):
        formats.read_unipen("")


def test_pendigits_zip_is_unpacked(tmp_path):
    with zipfile.ZipFile(tmp_path / "pendigits.zip", "w") as archive:
        archive.writestr("pendigits-orig.tra.Z", lzw_z(UNIPEN.encode()))
    strokes = formats.read_pendigits_zip(tmp_path / "pendigits.zip", "pendigits-orig.tra.Z")
    assert strokes.labels.tolist() == [4, 1]


def test_a_cut_pendigits_archive_gives_a_sentence(data, monkeypatch):
    loosened("pendigits", monkeypatch)
    with zipfile.ZipFile(data / "pendigits.zip", "w") as archive:
        archive.writestr("pendigits-orig.tra.Z", lzw_z(UNIPEN.encode()))
    with pytest.raises(DatasetError, match="7494 digits expected, 2 found"):
        datasets.load("pendigits")


def test_stroke_npz_renders_and_keeps_writers_apart(data, monkeypatch):
    loosened("unipen-letters", monkeypatch)
    n = 40
    down = np.array([[0, 100], [0, 0], [50, 0]], np.int16)  # y points up in the file: an L.
    np.savez(
        data / "unipen_letters.npz",
        points=np.tile(down, (n, 1)),
        stroke_off=np.arange(0, 3 * n + 1, 3),
        digit_off=np.arange(n + 1),
        labels=np.array(["L", "l", "?", "A"] * (n // 4)),
        writer=np.array([f"w{i // 2:02}" for i in range(n)]),
    )
    x, y = datasets.load("unipen-letters", "train")
    test_x, test_y = datasets.load("unipen-letters", "test")
    assert len(y) + len(test_y) == 30  # "?" is no letter.
    assert set(y.tolist()) == {11, 37, 0}
    assert test_y.tolist() == [0, 0]  # Writers 3 and 13 of the twenty; their "?" are left out.
    # Drawn upright: the foot of the L is below.
    assert x[0][18:].sum() > x[0][:10].sum()
    again, _ = datasets.load("unipen-letters", "train")
    other, _ = datasets.load("unipen-letters", "train", seed=1)
    assert np.array_equal(x, again)
    assert not np.array_equal(x, other)
    assert len(test_x) == len(test_y)
    # The strokes behind the glyphs, row by row.
    strokes, rows = datasets.strokes("unipen-letters", "test")
    assert strokes.labels[rows].tolist() == test_y.tolist()
    assert strokes.character(int(rows[0]))[0].tolist() == [[0, -100], [0, 0], [50, 0]]
    with pytest.raises(DatasetError, match="no pen strokes"):
        datasets.strokes("mnist")


@pytest.mark.parametrize("data_bytes", [b"", b"\x00\x00\x08\x01\x00\x00\x00\x05ab", b"PNG?????"])
def test_idx_files_that_are_none(data_bytes):
    with pytest.raises(formats.FormatError):
        formats.idx(data_bytes)


class RangeHandler(http.server.BaseHTTPRequestHandler):
    """A server that knows Range, and what it was asked."""

    content = bytes(range(256)) * 4000
    asked: ClassVar[list[str | None]] = []

    def do_GET(self):
        wanted = self.headers.get("Range")
        self.asked.append(wanted)
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        if start >= len(self.content):
            self.send_error(416)
            return
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(self.content) - start))
        self.end_headers()
        self.wfile.write(self.content[start:])

    def log_message(self, *_args):
        pass


@pytest.fixture
def server():
    handler = type("Handler", (RangeHandler,), {"asked": []})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=partial(running.serve_forever, 0.05), daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}/file.bin", handler
        running.shutdown()


def test_download_is_resumed_and_verified(server, tmp_path):
    url, handler = server
    digest = "sha256:" + hashlib.sha256(handler.content).hexdigest()
    target = tmp_path / "folder" / "file.bin"
    assert download.fetch(url, target, digest, quiet=True).read_bytes() == handler.content
    download.fetch(url, target, digest, quiet=True)
    assert handler.asked == [None]  # The second time it is here already.

    for have in (1000, len(handler.content)):
        target.unlink()
        part = target.with_name("file.bin.part")
        part.write_bytes(handler.content[:have])
        download.fetch(url, target, digest, quiet=True)
        assert target.read_bytes() == handler.content
        assert handler.asked[-1] == f"bytes={have}-"
        assert not part.exists()


def test_a_wrong_download_is_discarded(server, tmp_path):
    url, _ = server
    target = tmp_path / "file.bin"
    with pytest.raises(download.DownloadError, match="not the expected one"):
        download.fetch(url, target, "sha256:" + "0" * 64, quiet=True)
    assert list(tmp_path.iterdir()) == []


def test_no_network_is_a_sentence(tmp_path):
    with pytest.raises(download.DownloadError, match="could not be downloaded"):
        download.fetch("http://127.0.0.1:9/file", tmp_path / "file", "", quiet=True)
