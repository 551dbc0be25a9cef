"""Sentences about a report."""

from __future__ import annotations

import msgspec

from inkling.reports import files
from inkling.reports.comparison import McNemar
from inkling.ui.insights import sentences


def test_a_small_p_value_is_unlikely_to_be_chance():
    assert sentences.mcnemar_sentence("A", "B", McNemar(0, 0, 1.0)).endswith("the same digits.")
    likely = sentences.mcnemar_sentence("A", "B", McNemar(3, 2, 0.5))
    assert "Only **A** is right on 3 digits, only **B** on 2." in likely
    assert "may be chance" in likely
    unlikely = sentences.mcnemar_sentence("A", "B", McNemar(90, 10, 1e-9))
    assert "unlikely to be chance" in unlikely and "under 0.1" in unlikely


def test_the_loss_note_names_its_reasons():
    report = files.load_report("lenet5")
    plain = msgspec.structs.replace(report, settings={"strangers": "none"})
    assert sentences.loss_note(plain) == ""
    both = msgspec.structs.replace(report, settings={"strangers": "output", "label_smoothing": 0.1})
    note = sentences.loss_note(both)
    assert "label smoothing" in note and "negatives" in note


def test_a_model_without_errors_has_no_confusions():
    report = files.load_report("lenet5")
    labels = range(len(report.labels))
    perfect = [[int(i == j) for j in labels] for i in labels]
    assert sentences.common_confusions(msgspec.structs.replace(report, confusion=perfect)) == ""
    assert sentences.common_confusions(report).count("read as") == 3
