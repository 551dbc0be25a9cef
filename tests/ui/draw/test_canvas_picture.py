"""The canvas's picture: what it was, and nothing larger than a canvas or damaged."""

from __future__ import annotations

import io
import zlib
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from inkling.ui.draw import canvas_picture
from inkling.ui.draw.canvas import LARGEST
from inkling.ui.draw.canvas_picture import pixels_of, png_size


def report(content: bytes | None) -> SimpleNamespace:
    return SimpleNamespace(image_bytes=content)


def png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def test_the_pixels_are_those_that_were_sent() -> None:
    rgba = np.random.default_rng(0).integers(0, 256, (320, 352, 4)).astype(np.uint8)
    found = pixels_of(report(png(Image.fromarray(rgba))), LARGEST)
    assert found is not None and np.array_equal(found, rgba)
    assert png_size(png(Image.fromarray(rgba))) == (352, 320)
    assert pixels_of(report(None), LARGEST) is None


@pytest.mark.parametrize("size", [(961, 560), (960, 561), (13_300, 13_300)])
def test_nothing_decodes_a_picture_that_is_larger_than_a_canvas(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def decode(_content: bytes) -> None:
        raise AssertionError("it was decoded")

    monkeypatch.setattr(canvas_picture, "_decoded", decode)
    # One bit a pixel: 13,300² of them are 22 MB, in 22 kB.
    assert pixels_of(report(png(Image.new("1", size))), LARGEST) is None


def test_a_picture_of_another_kind_is_none() -> None:
    small = Image.new("RGBA", (20, 10), (1, 2, 3, 255))
    for kind in ("1", "L", "RGB", "I;16"):
        assert pixels_of(report(png(small.convert("L").convert(kind))), LARGEST) is None
    jpeg = io.BytesIO()
    small.convert("RGB").save(jpeg, "JPEG")
    content = png(small)
    damaged = content.replace(zlib.compress(b"")[:2], b"\x00\x00")
    for each in (b"", jpeg.getvalue(), content[:30], content[:50], damaged):
        assert pixels_of(report(each), LARGEST) is None


@pytest.mark.parametrize("error", [AttributeError, TypeError, ValueError])
def test_a_message_that_holds_no_picture_is_none(error: type[Exception]) -> None:
    """What the component raises at such messages; tests/browser/test_forged.py sends some."""

    class Report:
        @property
        def image_bytes(self) -> bytes:
            raise error

    assert pixels_of(Report(), LARGEST) is None
