"""Storages of a search that cannot be used."""

from __future__ import annotations

import sys

import pytest

import train_model
from inkling.training.settings import Settings, SettingsError, arguments
from inkling.training.tuning.study import storage_url

TINY = Settings(
    name="tiny", network="lenet5", epochs=1, limit=256, validation=0.005, precision="float32"
)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("nonsense", "the storage must be sqlite:///FILE or postgresql://"),
        ("mysql://me:secret@host/x", "the storage must be sqlite:///FILE or postgresql://"),
        ("sqlite:////no/such/folder/study.db", "does not answer: unable to open"),
        ("postgresql://me:secret@127.0.0.1:1/x", "postgresql+psycopg://me:***@127.0.0.1:1/x does"),
        ("postgres://me:secret@127.0.0.1:1/x", "does not answer"),
    ],
)
def test_a_bad_storage_gives_a_sentence(url, sentence, tmp_path, capsys):
    line = [*arguments(TINY), "--tune", "0", "--storage", url, "--output", str(tmp_path)]
    assert train_model.main(line) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert "secret" not in error and "Traceback" not in error


def test_a_missing_driver_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(SettingsError, match=r'pip install "psycopg\[binary\]"'):
        storage_url("postgresql://host/database")
