"""Test images on the Insights page: their order, their tiles, and controls to choose among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

import streamlit as st

from inkling.reports import published
from inkling.ui.shared import phrases
from inkling.ui.shared.gallery import Tile

if TYPE_CHECKING:
    from inkling.imaging.pixels import Pixels
    from inkling.reports.comparison import Predictions
    from inkling.reports.schema import Report, WrongImage

Item = TypeVar("Item")

# Orders of the wrongly read images.
MOST_CONFIDENT, LEAST_CONFIDENT = "Most confident first", "Least confident first"
BY_LABEL, BY_INDEX = "By true label", "By index in the test set"
ORDERS = (MOST_CONFIDENT, LEAST_CONFIDENT, BY_LABEL, BY_INDEX)
# More tiles than this make the page slow on a phone.
GALLERY_SIZE = 100


def select(
    wrong: Sequence[WrongImage], order: str, true: int | None = None, read: int | None = None
) -> list[WrongImage]:
    """Filter and sort wrongly read images.

    Args:
        wrong: all of them.
        order: one of `ORDERS`.
        true, read: the true label and the predicted label to keep; None keeps all.
    """
    chosen = [
        image
        for image in wrong
        if (true is None or image.true == true) and (read is None or image.predicted == read)
    ]
    if order == MOST_CONFIDENT:
        return sorted(chosen, key=lambda image: -max(image.probabilities))
    if order == LEAST_CONFIDENT:
        return sorted(chosen, key=lambda image: max(image.probabilities))
    if order == BY_LABEL:
        return sorted(chosen, key=lambda image: (image.true, image.predicted, image.index))
    return sorted(chosen, key=lambda image: image.index)


def doubtful_labels(report: Report) -> set[int]:
    """Indices of the test images whose label is in doubt (see `published.LABEL_ERRORS`)."""
    test = report.split("test")
    if test is None or test.dataset != published.DATASET:
        return set()
    return set(published.LABEL_ERRORS)


def wrong_tile(report: Report, image: WrongImage) -> Tile:
    """The gallery's tile for a wrongly read image."""
    confidence = max(image.probabilities)
    return _tile(report, image.index, image.image, (image.true, image.predicted), confidence)


def image_tile(report: Report, predictions: Predictions, pixels: Pixels, index: int) -> Tile:
    """The gallery's tile for any test image.

    Args:
        report, predictions: of the model that read it.
        pixels: all test images, uint8 (n, 28, 28).
        index: its position among them.
    """
    from inkling.reports.schema import encode_image

    labels = int(predictions.true[index]), int(predictions.predicted[index])
    image = encode_image(pixels[index])
    return _tile(report, index, image, labels, float(predictions.confidence[index]))


def first_or_all(items: Sequence[Item], key: str) -> Sequence[Item]:
    """The first items of a long list, or all of them if the user switches that on."""
    if len(items) <= GALLERY_SIZE or st.toggle(f"Show all {len(items):,}", key=key):
        return items
    return items[:GALLERY_SIZE]


def label_selectors(report: Report, true: str, read: str) -> tuple[int | None, int | None]:
    """Show two select boxes for a true and a predicted label; return their indices, or None.

    Args:
        report: whose labels are offered.
        true, read: the widgets' keys.
    """
    chosen = [
        st.selectbox(
            title,
            range(len(report.labels)),
            index=None,
            placeholder="Any",
            format_func=report.labels.__getitem__,
            key=key,
            width=120,
        )
        for title, key in (("True label", true), ("Read as", read))
    ]
    return chosen[0], chosen[1]


def predictions_or_message(report: Report) -> Predictions | None:
    """A report's predictions; None, after showing why, if it has none."""
    from inkling.reports.comparison import predictions_of

    return _or_message(predictions_of, report)


def test_images_or_message(report: Report) -> Pixels | None:
    """The images of a report's test split; None, after showing why, if they are not available."""
    from inkling.reports.test_set import load_test_images

    return _or_message(load_test_images, report)


def _or_message(load: Callable[[Report], Item], report: Report) -> Item | None:
    from inkling.reports.files import ReportError

    try:
        return load(report)
    except ReportError as problem:
        st.info(phrases.report_problem(problem), icon=":material/info:")
        return None


def _tile(
    report: Report, index: int, image: str, labels: tuple[int, int], confidence: float
) -> Tile:
    """A tile; `labels` are the indices of the true and the predicted label."""
    true, read = (report.labels[label] for label in labels)
    share = phrases.percent(confidence, 1)
    return Tile(
        number=index,
        image=image,
        caption=f"{true} → {read}" if true != read else true,
        note=share,
        text=f"Test digit {index}, true label {true}, read as {read} with {share}",
        flag="Doubtful label" if index in doubtful_labels(report) else "",
    )
