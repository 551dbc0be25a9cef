"""Open uploaded pictures and PDFs safely, as upright RGB pages.

Every file from outside goes through `open_pages`. It allows a list of formats, checks the size in
the header before it decodes a pixel, and turns any error of a decoder into a message for a person.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from inkling.geometry import shrink
from inkling.imaging.pdf import CostlyPdfError, LockedPdfError, Pdf, PdfError
from inkling.imaging.pixels import Pixels, as_uint8
from inkling.imaging.to_rgb import to_rgb
from inkling.paths import SettingError, number_setting, reason_of

pillow_heif.register_heif_opener()
# A damaged file becomes a PhotoError, so Pillow's warnings about it are not logged as well.
warnings.filterwarnings("ignore", module=r"PIL\.")

# The only decoders that Pillow may try.
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "HEIF")
# File name extensions that file pickers and folders offer, in lower case.
EXTENSIONS = (
    *(".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".gif"),
    *(".heic", ".heif", ".pdf"),
)
# The formats as shown to people.
KINDS = "JPEG, PNG, WebP, TIFF, BMP, GIF, HEIC or PDF"
# A picture with a side below this, in pixels, is too small even for a person to read.
MIN_SIDE = 8
# Pictures of up to this many times the limit's pixels are decoded and then shrunk to the limit.
MAX_REDUCTION = 2


class PhotoError(Exception):
    """A file cannot be opened. The message is for a person and contains the file's name."""


class PageError(PhotoError):
    """One page of a file cannot be opened; others of the file may be."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest files that are opened.

    Attributes:
        pixels: maximum pixels of a page.
        bytes: maximum length of a file.
        pages: maximum pages of a file.
        reduction: a picture of up to so many times as many pixels is decoded and shrunk.
    """

    pixels: int = 40_000_000
    bytes: int = 25_000_000
    pages: int = 50
    reduction: int = MAX_REDUCTION

    @classmethod
    def configured(cls) -> Limits:
        """The limits in the environment, or the defaults where it sets none.

        The variables are `INKLING_MAX_MEGAPIXELS`, `INKLING_MAX_MEGABYTES` and
        `INKLING_MAX_PAGES`.

        Raises:
            PhotoError: a variable is not a number above 0.
        """
        return cls(
            pixels=_setting("INKLING_MAX_MEGAPIXELS", cls().pixels, 1_000_000),
            bytes=_setting("INKLING_MAX_MEGABYTES", cls().bytes, 1_000_000),
            pages=_setting("INKLING_MAX_PAGES", cls().pages),
        )


@dataclass(frozen=True, slots=True)
class Page:
    """One upright picture.

    Attributes:
        file: the file's name.
        number: the page's number in the file, from 1.
        image: uint8 (height, width, 3), RGB.
        warnings: sentences for a person about what may make the page hard to read.
        count: how many pages the file has.
    """

    file: str
    number: int
    image: Pixels
    warnings: tuple[str, ...] = field(default=())
    count: int = 1

    @property
    def width(self) -> int:
        return int(self.image.shape[1])

    @property
    def height(self) -> int:
        return int(self.image.shape[0])


def open_pages(
    source: bytes | Path,
    name: str | None = None,
    limits: Limits | None = None,
    first: int = 1,
) -> Generator[Page]:
    """Open a picture or PDF and yield its pages, upright, one after the other.

    Args:
        source: a file's content or path.
        name: the file's name for messages and for `Page.file`; by default its path.
        limits: the largest file to open; by default `Limits.configured()`.
        first: the number of the page to begin with, from 1. Those before it are not decoded.

    Yields:
        The page of a picture, the first frame of an animation, or every page of a TIFF or PDF.
        Each page is decoded when it is asked for, so that a long PDF is never in memory whole.

    Raises:
        PhotoError: the file cannot be opened, has an unsupported format, is damaged, or exceeds a
            limit. The pages of a long file before the damage have been yielded by then.
    """
    name = name or (str(source) if isinstance(source, Path) else "the file")
    limits = limits or Limits.configured()
    content = _content(source, name, limits)
    if b"%PDF-" in content[:1024]:
        yield from _pdf_pages(content, name, limits, first)
    else:
        yield from _picture_pages(content, name, limits, first)


def page_of(
    picture: Image.Image | NDArray[np.generic], name: str = "", limits: Limits | None = None
) -> Page:
    """Take a picture that a program holds in memory as a page.

    Args:
        picture: Pillow's, of any mode, or an array as `pixels.as_uint8` takes it: (h, w) grey,
            (h, w, 3) RGB or (h, w, 4) RGBA.
        name: for `Page.file`.
        limits: the largest picture; by default `Limits.configured()`.

    Raises:
        PhotoError: the picture exceeds a limit, or its file turns out to be damaged.
        ValueError: the array has another shape, or does not hold numbers.
    """
    limits = limits or Limits.configured()
    what = name or "the picture"
    if not isinstance(picture, Image.Image):
        pixels = as_uint8(picture)
        _check_size(pixels.shape[1], pixels.shape[0], what, limits)
        picture = Image.fromarray(pixels[..., 0] if pixels.shape[2:] == (1,) else pixels)
    page = _picture_page(picture, 0, 1, what, limits, is_ours=False)
    return replace(page, file=name)


def _setting(name: str, default: int, unit: int = 1) -> int:
    """A number in the environment, such as 2.5, times its unit, as a whole number of at least 1."""
    try:
        return int(number_setting(name, default / unit, 1.0 / unit) * unit)
    except SettingError as problem:
        raise PhotoError(str(problem)) from None


def _content(source: bytes | Path, name: str, limits: Limits) -> bytes:
    """The file's bytes. The length is checked before they are read."""
    if isinstance(source, Path):
        try:
            if source.is_dir():
                raise PhotoError(f"Can't open {name}: it is a folder. Choose the pictures in it.")
            check_length(source.stat().st_size, name, limits)
            source = source.read_bytes()
        except OSError as problem:
            raise PhotoError(f"Can't open {name} ({reason_of(problem)}). Check the path.") from None
    check_length(len(source), name, limits)
    return source


def check_length(length: int, name: str, limits: Limits) -> None:
    """Check the length of a file, in bytes.

    Raises:
        PhotoError: it is empty or exceeds the limit.
    """
    if length == 0:
        raise PhotoError(f"Can't open {name}: it is empty. Copy or export it again.")
    if length > limits.bytes:
        raise PhotoError(
            f"Can't open {name}: it has {length / 1e6:.1f} MB, and the limit is "
            f"{limits.bytes / 1e6:g} MB. Save it smaller or as a JPEG."
        )


def _check_size(width: int, height: int, name: str, limits: Limits) -> None:
    if width < 1 or height < 1:
        raise PhotoError(f"Can't open {name}: it has no pixels. Export it again.")
    largest = limits.reduction * limits.pixels
    if width * height > largest:
        raise PhotoError(
            f"Can't open {name}: it has {width}×{height} pixels, {width * height / 1e6:.0f} "
            f"million, and the limit is {largest / 1e6:g} million. Make it smaller."
        )


def _check_pages(count: int, name: str, limits: Limits) -> None:
    if count > limits.pages:
        raise PhotoError(
            f"Can't open {name}: it has {count} pages, and the limit is {limits.pages}. "
            "Split it into parts."
        )


def _picture_pages(content: bytes, name: str, limits: Limits, first: int) -> Iterator[Page]:
    with _open_picture(content, name, limits) as picture:
        # Only a TIFF's frames are pages. In other formats they are an animation or a depth map.
        count = _frames(picture, name) if picture.format == "TIFF" else 1
        _check_pages(count, name, limits)
        for index in range(first - 1, count):
            yield _picture_page(picture, index, count, name, limits, is_ours=count == 1)


def _open_picture(content: bytes, name: str, limits: Limits) -> Image.Image:
    """Read and check the header; no pixel is decoded yet."""
    try:
        picture = Image.open(io.BytesIO(content), formats=FORMATS)
    except UnidentifiedImageError:
        if _is_svg(content):
            raise PhotoError(
                f"Can't open {name}: it is an SVG drawing. Export it as PNG."
            ) from None
        raise PhotoError(f"Can't open {name}. Use {KINDS}.") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PhotoError(
            f"Can't open {name}: it has far more pixels than the limit of "
            f"{limits.reduction * limits.pixels / 1e6:g} million. Make it smaller."
        ) from None
    except MemoryError:
        raise
    except Exception:  # decoders raise nearly any exception on damaged bytes
        raise _damaged(name) from None
    _check_size(*picture.size, name, limits)
    return picture


def _is_svg(content: bytes) -> bool:
    return b"<svg" in content[:4096].lower()


def _damaged(name: str) -> PhotoError:
    return PhotoError(f"Can't open {name}: it is damaged or incomplete. Copy or export it again.")


def _frames(picture: Image.Image, name: str) -> int:
    try:
        return int(getattr(picture, "n_frames", 1))
    except Exception:  # a TIFF's directory may be broken in any way
        raise _damaged(name) from None


def _picture_page(
    picture: Image.Image, index: int, count: int, name: str, limits: Limits, *, is_ours: bool
) -> Page:
    """One page of a picture.

    Args:
        picture: opened.
        index: of the page, from 0.
        count: of the pages.
        name, limits: see `open_pages`.
        is_ours: whether the picture may be changed and closed, which saves memory.
    """
    remarks = []
    try:
        if index:
            picture.seek(index)
        _check_size(*picture.size, name, limits)
        n_pixels = picture.width * picture.height
        scale = min(1.0, (limits.pixels / n_pixels) ** 0.5)
        if scale < 1.0:
            # A JPEG is decoded at half or a quarter of its size where that is enough.
            picture.draft(None, (round(picture.width * scale), round(picture.height * scale)))
        picture.load()
        try:
            upright = _upright(picture, is_ours=is_ours)
        except MemoryError:
            raise
        except Exception:  # a picture with broken Exif data can still be read
            upright = picture
            remarks.append("The picture may lie on its side: its Exif orientation is damaged.")
        pixels = to_rgb(upright)
        if is_ours:
            # The decoded picture is not kept while its page is read.
            picture.close()
    except (PhotoError, MemoryError):
        raise
    except Exception:  # decoders raise nearly any exception on damaged bytes
        raise _damaged(name) from None
    if scale < 1.0:
        pixels = shrink(pixels, (limits.pixels / (pixels.shape[0] * pixels.shape[1])) ** 0.5)
        remarks.append(
            f"The picture was shrunk from {n_pixels / 1e6:.3g} to {limits.pixels / 1e6:.3g} "
            "million pixels."
        )
    if min(pixels.shape[:2]) < MIN_SIDE:
        height, width = pixels.shape[:2]
        remarks.append(f"The picture has only {width}×{height} pixels, too few to read.")
    return Page(name, index + 1, pixels, tuple(remarks), count)


def _upright(picture: Image.Image, *, is_ours: bool) -> Image.Image:
    """A decoded picture, turned as its Exif data say; without a copy where it may be changed."""
    if not is_ours:
        return ImageOps.exif_transpose(picture)
    ImageOps.exif_transpose(picture, in_place=True)
    return picture


def _pdf_pages(content: bytes, name: str, limits: Limits, first: int) -> Iterator[Page]:
    with closing(_open_pdf(content, name)) as document:
        if document.pages == 0:
            raise PhotoError(f"Can't open {name}: it has no pages. Export it again.")
        _check_pages(document.pages, name, limits)
        for index in range(first - 1, document.pages):
            pixels = _pdf_page(document, index, name, limits)
            yield Page(name, index + 1, pixels, count=document.pages)


def _open_pdf(content: bytes, name: str) -> Pdf:
    try:
        return Pdf(content)
    except LockedPdfError:
        raise PhotoError(
            f"Can't open {name}: it is locked with a password. Save a copy without one."
        ) from None
    except CostlyPdfError:
        raise _costly(name) from None
    except PdfError:
        raise _damaged(name) from None


def _pdf_page(document: Pdf, index: int, name: str, limits: Limits) -> Pixels:
    try:
        return document.draw(index, limits.pixels)
    except CostlyPdfError:
        raise PageError(str(_costly(f"page {index + 1} of {name}"))) from None
    except PdfError:
        raise PageError(
            f"Can't open page {index + 1} of {name}: it is damaged. Export the PDF again."
        ) from None


def _costly(what: str) -> PhotoError:
    return PhotoError(
        f"Can't open {what}: drawing it takes too long or too much memory. Print it to a new PDF, "
        "or export its pages as pictures."
    )
