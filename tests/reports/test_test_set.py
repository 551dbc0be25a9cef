"""The bundled test images behind a report."""

from __future__ import annotations

import msgspec
import pytest

from inkling.reports import files, test_set
from inkling.reports.files import ReportError


def test_the_images_are_those_of_the_report():
    report = files.load_report("lenet5")
    images = test_set.load_test_images(report)
    for wrong in report.wrong[:20]:
        assert (images[wrong.index] == wrong.pixels).all()


def test_images_of_another_data_set_are_not_available():
    report = files.load_report("lenet5")
    elsewhere = [msgspec.structs.replace(split, dataset="usps") for split in report.splits]
    with pytest.raises(ReportError, match="usps"):
        test_set.load_test_images(msgspec.structs.replace(report, splits=elsewhere))
    with pytest.raises(ReportError, match="not tested"):
        test_set.load_test_images(msgspec.structs.replace(report, splits=[]))
