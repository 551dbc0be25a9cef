"""MNIST's test digits, for all tests of images."""

from __future__ import annotations

import pytest

from inkling.imaging.pixels import Pixels
from tests.fixtures.pages_made import mnist_test


@pytest.fixture(scope="session")
def mnist() -> tuple[Pixels, Pixels]:
    """MNIST's test images, uint8 (10000, 28, 28), and labels."""
    return mnist_test()
