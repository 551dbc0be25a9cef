"""The gallery of wrongly read images."""

from __future__ import annotations

from inkling.reports import files, published
from inkling.ui.insights import digit_images
from tests.ui.insights.page import component, open_page


def test_wrong_images_are_sorted_filtered_and_marked():
    report = files.load_report("digits")
    test = open_page("Errors")
    (shown,) = component(test, "gallery")
    assert len(shown["tiles"]) == min(len(report.wrong), digit_images.GALLERY_SIZE)
    flagged = {tile["number"] for tile in shown["tiles"] if tile["flag"]}
    assert flagged == {image.index for image in report.wrong} & set(published.LABEL_ERRORS)
    digit = report.wrong[0].true
    test.selectbox(key="wrong-true").set_value(digit).run()
    test.selectbox(key="wrong-order").select("Least confident first").run()
    (shown,) = component(test, "gallery")
    chosen = sorted(
        (image for image in report.wrong if image.true == digit),
        key=lambda image: max(image.probabilities),
    )
    assert [tile["number"] for tile in shown["tiles"]] == [image.index for image in chosen]
    read = chosen[0].predicted
    test.selectbox(key="wrong-read").set_value(read).run()
    (shown,) = component(test, "gallery")
    assert len(shown["tiles"]) == sum(image.predicted == read for image in chosen)


def test_doubtful_labels_name_their_source():
    test = open_page("Errors")
    test.toggle(key="wrong-doubtful").set_value(True).run()
    (shown,) = component(test, "gallery")
    assert shown["tiles"] and all(tile["flag"] for tile in shown["tiles"])
    number = shown["tiles"][0]["number"]
    test.session_state["wrong-gallery-number"] = number
    test.run()
    votes = published.LABEL_ERRORS[number].votes
    assert f"Of five people, {votes[0]}" in test.warning[0].value
    assert "labelerrors.com" in test.warning[0].value


def test_orders_of_the_wrong_images():
    wrong = files.load_report("digits").wrong
    first = digit_images.select(wrong, digit_images.MOST_CONFIDENT)
    assert max(first[0].probabilities) == max(max(image.probabilities) for image in wrong)
    by_index = digit_images.select(wrong, digit_images.BY_INDEX)
    assert [image.index for image in by_index] == sorted(image.index for image in wrong)
