"""Reading in one call: every kind of picture, and the examples of the documentation."""

from __future__ import annotations

import doctest
import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import inkling
from inkling.imaging.load import PhotoError
from inkling.paths import ROOT
from inkling.reader import shortcuts
from inkling.recognition.results import Reading
from inkling.reports.files import ReportError
from tests.fixtures.pages_made import Paper, encode, make_page, mnist_test

TRUTH = [["302"], ["95"]]
EXAMPLES = ROOT / "docs" / "python.md"


@pytest.fixture(scope="module")
def page() -> np.ndarray:
    """An RGB picture of two numbers."""
    return make_page(TRUTH, 2, Paper(width=500, height=360))


def numbers(reading: Reading) -> list[list[str]]:
    return [[number.text for number in line.numbers] for line in reading.lines]


def test_the_examples_are_true(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    in_code = doctest.testmod(shortcuts)
    assert in_code.attempted >= 4 and in_code.failed == 0
    in_docs = doctest.testfile(str(EXAMPLES), module_relative=False)
    assert in_docs.attempted >= 10 and in_docs.failed == 0


def test_a_picture_may_be_a_path_bytes_an_image_or_an_array(
    page: np.ndarray, tmp_path: Path
) -> None:
    file = tmp_path / "page.png"
    file.write_bytes(encode(page))
    rgba = np.dstack([page, np.full(page.shape[:2], 255, np.uint8)])
    pictures: list[shortcuts.Picture] = [
        str(file),
        file,
        encode(page),
        Image.fromarray(page),
        page,
        page[..., 1],
        rgba,
    ]
    for picture in pictures:
        reading = inkling.read(picture)
        assert numbers(reading) == TRUTH
        assert reading.file == (str(file) if isinstance(picture, str | Path) else reading.file)
    assert inkling.read(page).file == ""


def test_an_image_of_a_camera_is_turned_as_its_file_is(page: np.ndarray) -> None:
    turned = io.BytesIO()
    exif = Image.Exif()
    # 6: the camera was held so that the picture has to be turned right by 90°.
    exif[0x0112] = 6
    Image.fromarray(np.rot90(page)).save(turned, "PNG", exif=exif)
    reading = inkling.read(Image.open(turned))
    assert (reading.width, reading.height) == (500, 360)
    assert numbers(reading) == TRUTH


def test_the_arrays_of_mnist_are_read_in_either_polarity() -> None:
    images, labels = mnist_test()
    count = 60
    for light in (False, True):
        answers = [inkling.classify(image if light else 255 - image) for image in images[:count]]
        right = sum(
            answer is not None and answer.label == str(label)
            for answer, label in zip(answers, labels[:count], strict=True)
        )
        # All but a digit or two, as of the whole test set.
        assert right >= count - 2
    assert inkling.classify(np.zeros((28, 28), np.uint8)) is None


def test_one_page_of_several_must_be_chosen(page: np.ndarray) -> None:
    file = io.BytesIO()
    other = make_page([["7"]], 1, Paper(width=300, height=300))
    images = [Image.fromarray(each) for each in (page, other)]
    images[0].save(file, "TIFF", save_all=True, append_images=images[1:])
    content = file.getvalue()
    with pytest.raises(PhotoError, match=r"several pages in the picture. Choose one.*page=1"):
        inkling.read(content)
    assert numbers(inkling.read(content, page=1)) == TRUTH
    assert inkling.read(content, page=2).page == 2
    for wrong in (0, 3, -1):
        with pytest.raises(PhotoError, match=f"no page {wrong} in"):
            inkling.read(content, page=wrong)
    assert [reading.page for reading in inkling.read_pages(content)] == [1, 2]


def test_what_is_no_picture_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(PhotoError, match=r"Can't open .*missing.png .*Check the path"):
        inkling.read(tmp_path / "missing.png")
    with pytest.raises(PhotoError, match="Can't open the file"):
        inkling.read(b"not a picture")
    with pytest.raises(TypeError, match="not list"):
        inkling.read([[0, 255]])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="channels"):
        inkling.read(np.zeros((30, 30, 2), np.uint8))
    with pytest.raises(ValueError, match="a picture is"):
        inkling.read(np.zeros((0, 30), np.uint8))
    with pytest.raises(ReportError, match="no model “nosuch”"):
        inkling.read(np.zeros((30, 30), np.uint8), network="nosuch")


def test_an_array_has_the_same_limit_as_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INKLING_MAX_MEGAPIXELS", "0.001")
    with pytest.raises(PhotoError, match=r"limit is 0\.002 million"):
        inkling.read(np.full((60, 60), 255, np.uint8))


def test_a_limit_of_time_is_kept(page: np.ndarray) -> None:
    reading = inkling.read(page, timeout=0.001)
    assert reading.lines == () and "longer than 0.001 s" in reading.warnings[0]


def test_a_data_frame_is_the_table(page: np.ndarray) -> None:
    reading = inkling.read(page)
    frame = reading.to_frame()
    assert list(frame["number"]) == ["302", "95"]
    assert frame["sure"].dtype == bool
    assert frame.drop(columns="sure").to_dict("records") == [
        {key: value for key, value in row.items() if key != "sure"} for row in reading.rows()
    ]
    empty = inkling.read(np.full((60, 60), 255, np.uint8)).to_frame()
    assert len(empty) == 0 and list(empty.columns) == list(frame.columns)


def test_without_pandas_a_data_frame_says_what_to_install(
    page: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    # None in the place of a module makes importing it fail.
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match="pip install pandas"):
        inkling.read(page).to_frame()


def test_importing_inkling_loads_nothing_slow() -> None:
    program = "import inkling, json, sys; print(json.dumps(sorted(sys.modules)))"
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(result.stdout))
    assert not loaded & {"numpy", "cv2", "PIL", "inkling.reader.shortcuts", "pandas", "typer"}
    with pytest.raises(AttributeError, match="nosuch"):
        inkling.nosuch  # noqa: B018
