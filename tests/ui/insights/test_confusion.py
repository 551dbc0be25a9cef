"""The confusion matrix, the images of its cells, and the comparison of two models."""

from __future__ import annotations

import numpy as np
import pytest

from inkling.reports import comparison, files
from inkling.ui.insights import digit_images
from inkling.ui.insights.charts import confusion
from tests.ui.insights.page import charts, component, numbers, open_page, texts


def test_a_cell_chosen_by_hand_opens_its_images():
    report = files.load_report("lenet5")
    labels = range(len(report.labels))
    true, read = max(
        ((i, j) for i in labels for j in labels if i != j),
        key=lambda cell: report.confusion[cell[0]][cell[1]],
    )
    test = open_page("Confusion", "lenet5")
    test.selectbox(key="cell-true").set_value(true).run()
    test.selectbox(key="cell-read").set_value(read).run()
    (shown,) = component(test, "gallery")
    wrong = {image.index for image in report.wrong if (image.true, image.predicted) == (true, read)}
    assert {tile["number"] for tile in shown["tiles"]} == wrong
    assert len(wrong) == report.confusion[true][read]
    # A chosen image is shown in detail.
    number = min(wrong)
    test.session_state["cell-gallery-number"] = number
    test.run()
    assert not test.exception
    assert f"Test digit {number:,}" in texts(test)
    stored = next(image for image in report.wrong if image.index == number)
    bars = charts(test)[-1]["data"][0]
    assert numbers(bars["y"]) == pytest.approx([100 * p for p in stored.probabilities])


def test_a_large_cell_shows_some_images_and_then_all():
    report = files.load_report("digits")
    test = open_page("Confusion")
    test.selectbox(key="cell-true").set_value(1).run()
    test.selectbox(key="cell-read").set_value(1).run()
    assert len(component(test, "gallery")[0]["tiles"]) == digit_images.GALLERY_SIZE
    test.toggle(key="cell-all").set_value(True).run()
    assert len(component(test, "gallery")[0]["tiles"]) == report.confusion[1][1]


@pytest.mark.parametrize("share", ["Counts", "% of true label", "% of answer"])
def test_cells_show_counts_or_shares(share: str):
    test = open_page("Confusion", "lenet5")
    test.segmented_control[0].set_value(share).run()
    assert not test.exception
    matrix = np.array(files.load_report("lenet5").confusion)
    written = charts(test)[0]["data"][2]["text"]
    cells = np.array([float(text or 0) for text in written]).reshape(matrix.shape)
    if share == "Counts":
        assert (cells == matrix).all()
    else:
        axis = 1 if share == "% of true label" else 0
        expected = 100 * matrix / matrix.sum(axis=axis, keepdims=True)
        assert np.abs(cells - expected).max() <= 0.06


def test_two_models_are_compared_cell_by_cell():
    test = open_page("Confusion")
    test.selectbox(key="cell-other").set_value("lenet5").run()
    assert not test.exception
    ours, theirs = (
        comparison.predictions_of(files.load_report(name)) for name in ("digits", "lenet5")
    )
    result = comparison.mcnemar(ours.correct, theirs.correct)
    assert f"is right on {result.only_a_right:,} digits" in texts(test)
    test.selectbox(key="cell-true").set_value(9).run()
    test.selectbox(key="cell-read").set_value(4).run()
    shown = [{tile["number"] for tile in one["tiles"]} for one in component(test, "gallery")]
    mine, other = ({*one.cell(9, 4).tolist()} for one in (ours, theirs))
    assert shown == [one for one in (mine - other, other - mine) if one]


def test_percentages_never_hide_an_error():
    figure = confusion.confusion([[9999, 1], [0, 5]], ["0", "1"], "row")
    assert figure.data[2].text[0] == "99.9"
    assert figure.data[2].text[3] == "100.0"


@pytest.mark.parametrize("count", [2, 10, 26])
def test_a_matrix_may_have_any_number_of_labels(count: int):
    labels = [chr(ord("A") + k) for k in range(count)]
    matrix = [[10 if i == j else (i + j) % 2 for j in range(count)] for i in range(count)]
    for figure in (
        confusion.confusion(matrix, labels, "column", (1, 0)),
        confusion.difference(matrix, labels, (1, 0)),
    ):
        assert len(figure.data[-1].text) == count**2
        assert figure.layout.height >= confusion.ROW_HEIGHT * count
