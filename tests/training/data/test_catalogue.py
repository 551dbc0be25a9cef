"""The catalogue of data sets: complete as shipped, and checked when it is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from inkling.training.data.catalogue import DATASETS, load_catalogue

ENTRY = """[one]
title = "One"
labels = "01"
licence = "CC0"
attribution = "Nobody"
page = "https://example.org"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "catalogue.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_sets():
    assert list(DATASETS) == [
        "mnist",
        "emnist-digits",
        "emnist-letters",
        "qmnist",
        "usps",
        "pendigits",
        "unipen",
        "unipen-letters",
        "unipen-signs",
        "unipen-writing",
        "pencil-scans",
        "corrections",
    ]
    assert [name for name, each in DATASETS.items() if not each.may_train] == ["usps"]
    assert [name for name, each in DATASETS.items() if each.is_private] == ["corrections"]


def test_an_entry_becomes_a_data_set(tmp_path):
    text = ENTRY + '[[one.sources]]\nreader = "mnist"\nfiles = [{ name = "one.npz" }]\n'
    one = load_catalogue(write(tmp_path, text))["one"]
    assert (one.name, one.labels, one.may_train, one.is_private) == ("one", "01", True, False)
    assert (one.sources[0].files[0].digest, one.sources[0].files[0].url) == ("", "")


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        ("", "sources"),
        ("sources = []\n", "sources"),
        ('[[one.sources]]\nreader = "unknown"\n', "there is no reader “unknown”"),
        ('[[one.sources]]\nreader = "mnist"\nfile = "one.npz"\n', "file"),
        (
            '[[one.sources]]\nreader = "mnist"\nfiles = [{ name = "a", digest = "crc:1" }]\n',
            "digest",
        ),
    ],
)
def test_a_wrong_entry_is_named(tmp_path, rest, message):
    with pytest.raises(ValueError, match=rf"catalogue\.toml, \[one\]: .*{message}"):
        load_catalogue(write(tmp_path, ENTRY + rest))
