"""Teaching: a misread drawing is read as taught, and MNIST as before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import pytest

import train_model
from inkling.imaging import ink
from inkling.imaging.pixels import Pixels
from inkling.jobs.records import RECORD_FILE, Correction, JobRecord, Progress, TeachingRequest
from inkling.jobs.status import read_status
from inkling.paths import TAUGHT, folder_of
from inkling.reader.drawing import read_ink
from inkling.recognition.classifier import Classifier
from inkling.reports import files
from inkling.reports.names import model_names
from inkling.reports.schema import Report, decode_image, encode_image
from inkling.reports.teaching import Teaching, load_teaching
from inkling.storage.drawings import NO_DIGIT
from inkling.training.teach import MAX_LOSS
from tests.fixtures.pages_made import mnist_test
from tests.fixtures.redrawn import on_canvas

pytestmark = pytest.mark.learning
# A shipped network whose features are computed fast.
BASE = "lenet5"
NAME = f"{TAUGHT}0123456789-20260101-000000-{BASE}"
# Corrections beside the misread drawing: a digit that was read correctly, and a scribble.
CONFIRMED = 3


def ask(folder: Path, corrections: list[Correction]) -> None:
    """Make a run that asks for a teaching."""
    folder.mkdir(parents=True, exist_ok=True)
    record = JobRecord(TeachingRequest(BASE, corrections), "2026-01-01T00:00:00+00:00")
    (folder / RECORD_FILE).write_bytes(msgspec.json.encode(record))


@dataclass(frozen=True, slots=True, eq=False)
class Misread:
    """The ink of a drawing that the base misreads, and its right label."""

    ink: Pixels
    label: str


@pytest.fixture(scope="module")
def misread() -> Misread:
    """A misread test digit, drawn on the canvas. Some are read correctly there; this one is not."""
    x, classifier = mnist_test()[0], Classifier(BASE)
    for wrong in classifier.report.wrong:
        drawn = ink.from_canvas(on_canvas(x[wrong.index], np.random.default_rng(0)))
        label = classifier.labels[wrong.true]
        if read_ink(drawn, classifier).digits[0].label != label:
            return Misread(drawn, label)
    pytest.fail("every drawing is read correctly")


@pytest.fixture(scope="module")
def taught(misread: Misread, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Teaching]:
    """What teaching changes, with `INKLING_RUNS` set to its folder."""
    runs = tmp_path_factory.mktemp("runs")
    x, y = mnist_test()
    digit = read_ink(misread.ink, Classifier(BASE)).digits[0]
    noise = np.random.default_rng(1).integers(0, 256, (28, 28)).astype(np.uint8)
    ask(
        runs / NAME,
        [
            Correction(encode_image(digit.glyph.pixels), misread.label),
            Correction(encode_image(x[CONFIRMED]), str(y[CONFIRMED])),
            Correction(encode_image(noise), NO_DIGIT),
            Correction(encode_image(noise), "no label of this model"),
        ],
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INKLING_RUNS", str(runs))
        assert train_model.main(["--teach", str(runs / NAME)]) == 0
        yield load_teaching(NAME)


def test_a_misread_drawing_is_read_as_taught(taught: Teaching, misread: Misread):
    assert read_ink(misread.ink, Classifier(NAME)).digits[0].label == misread.label
    first, second, _ = taught.drawings
    assert first.label == first.after == misread.label
    assert second.before == second.after == second.label
    assert taught.learnt >= 2
    assert (decode_image(second.image) == mnist_test()[0][CONFIRMED]).all()


def test_little_is_forgotten_and_the_report_says_how_much(taught: Teaching):
    report, base = files.load_report(NAME), files.load_report(BASE)
    (before,), after = report.before, report.split("test")
    test = base.split("test")
    assert after is not None and test is not None
    assert (before.n, before.errors) == (test.n, test.errors)
    assert after.accuracy.value >= before.accuracy.value - MAX_LOSS
    # An independent count, by the exported model.
    x, y = mnist_test()
    answers = Classifier(NAME).probabilities(x).argmax(axis=1)
    assert abs(int((answers != y).sum()) - after.errors) <= 1
    assert report.settings["start"] == BASE and 0 < taught.new_weight <= 1
    assert len(report.history) == report.timing.epochs > 1


def test_the_run_shows_how_far_it_came_and_is_a_model(taught: Teaching):
    folder = folder_of(NAME)
    record = JobRecord.decode((folder / RECORD_FILE).read_bytes())
    progress = read_status(folder, record, "done").progress
    assert progress.stage == "measuring" and progress != Progress()
    assert isinstance(files.load_report(NAME), Report)
    # It belongs to one visit and is no model for everyone.
    assert NAME not in model_names()
    assert taught.base == BASE


def test_without_a_usable_correction_there_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    ask(tmp_path / NAME, [])
    assert train_model.main(["--teach", str(tmp_path / NAME)]) == 2
    assert "no corrections to learn" in capsys.readouterr().err
