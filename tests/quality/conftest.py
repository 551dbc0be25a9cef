"""Fixtures of the accuracy tests."""

from __future__ import annotations

import pytest

from inkling.recognition import classifier
from inkling.recognition.classifier import Classifier


@pytest.fixture(scope="session")
def digits() -> Classifier:
    """The model that the app uses."""
    return classifier.load("digits")
