"""Opening what people upload: pictures and PDFs to upright RGB pages, safely.

Everything that comes from outside comes through `open_pages`. It names the formats it allows, looks
at the size a header claims before any pixel is decoded, and turns whatever a damaged file makes a
decoder raise into one sentence for a person.
"""

from __future__ import annotations

import io
import os
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pillow_heif
import pypdfium2
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from inkling.imaging.pixels import Pixels, flatten_alpha

pillow_heif.register_heif_opener()
# What Pillow remarks on damaged files becomes a PhotoError here; a server's log needs no copy.
warnings.filterwarnings("ignore", module=r"PIL\.")

# Pillow tries these decoders and no other: what it cannot name, it does not run.
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "HEIF")
# What file pickers and folders offer, lower case.
EXTENSIONS = (
    *(".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".gif"),
    *(".heic", ".heif", ".pdf"),
)
KINDS = "JPEG, PNG, WebP, TIFF, BMP, GIF, HEIC or PDF"
# Handwriting is legible at this resolution; a PDF's page is drawn at it, or smaller if it is huge.
PDF_DPI = 200
PDF_MAX_PIXELS = 12_000_000
# Shorter pictures hold no writing that a person could read either.
MIN_SIDE = 8

# PDFium serves one thread at a time, in the whole process.
_pdfium = threading.Lock()


class PhotoError(Exception):
    """A file cannot be opened. The message is one sentence for a person, with the file's name."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is accepted.

    Attributes:
        pixels: most pixels of one page, decoded.
        bytes: longest file.
        pages: most pages of one file.
    """

    pixels: int = 40_000_000
    bytes: int = 25_000_000
    pages: int = 50

    @classmethod
    def configured(cls) -> Limits:
        """The limits above, or those in the environment (see `_setting`).

        They are `INKLING_MAX_MEGAPIXELS`, `INKLING_MAX_MEGABYTES` and `INKLING_MAX_PAGES`.

        Raises:
            PhotoError: one is no number above 0.
        """
        return cls(
            pixels=_setting("INKLING_MAX_MEGAPIXELS", cls().pixels, 1_000_000),
            bytes=_setting("INKLING_MAX_MEGABYTES", cls().bytes, 1_000_000),
            pages=_setting("INKLING_MAX_PAGES", cls().pages, 1),
        )


def _setting(name: str, default: int, unit: int) -> int:
    """A number in the environment, such as 2.5, times its unit; unset or empty: the default."""
    given = os.environ.get(name, "").strip()
    if not given:
        return default
    try:
        value = int(float(given) * unit)
    except (ValueError, OverflowError):
        value = 0
    if value < 1:
        raise PhotoError(f"{name} is set to “{given}”: it must be a number above 0.")
    return value


@dataclass(frozen=True, slots=True)
class Page:
    """One upright picture.

    Attributes:
        file: the name the file came with.
        number: which page of the file, from 1.
        image: uint8 (height, width, 3), RGB.
        warnings: sentences about what may make reading it hard.
    """

    file: str
    number: int
    image: Pixels
    warnings: tuple[str, ...] = field(default=())

    @property
    def width(self) -> int:
        return int(self.image.shape[1])

    @property
    def height(self) -> int:
        return int(self.image.shape[0])


def open_pages(
    source: bytes | Path, name: str | None = None, limits: Limits | None = None
) -> Iterator[Page]:
    """The pages of a picture or PDF, one after the other, upright.

    Args:
        source: a file's content, or where it lies.
        name: what to call it in messages and in `Page.file`; a path's own by default.
        limits: how large it may be; by default `Limits.configured()`.

    Yields:
        A picture's page, or every page of a TIFF or PDF; of an animation the first frame. Pages are
        decoded when they are asked for, so a long PDF never lies in memory whole.

    Raises:
        PhotoError: it cannot be read, is of another format, is damaged, or exceeds a limit. In a
            file of several pages those before the damage have been given by then.
    """
    name = name or (str(source) if isinstance(source, Path) else "The file")
    limits = limits or Limits.configured()
    content = _content(source, name, limits)
    if b"%PDF-" in content[:1024]:
        yield from _pdf_pages(content, name, limits)
    else:
        yield from _picture_pages(content, name, limits)


def _content(source: bytes | Path, name: str, limits: Limits) -> bytes:
    """The file's bytes; its length is checked before it is read."""
    if isinstance(source, Path):
        try:
            if source.is_dir():
                raise PhotoError(f"{name} is a folder: choose the pictures in it.")
            _check_length(source.stat().st_size, name, limits)
            source = source.read_bytes()
        except OSError as problem:
            reason = (problem.strerror or "unknown reason").lower()
            raise PhotoError(f"{name} cannot be opened ({reason}): check where it is.") from None
    _check_length(len(source), name, limits)
    return source


def _check_length(length: int, name: str, limits: Limits) -> None:
    if length == 0:
        raise PhotoError(f"{name} is empty (0 bytes): copy or export it again.")
    if length > limits.bytes:
        raise PhotoError(
            f"{name} has {length / 1e6:.1f} MB and at most {limits.bytes / 1e6:g} MB are read: "
            "save it smaller or as a JPEG."
        )


def _check_size(width: int, height: int, name: str, limits: Limits) -> None:
    if width < 1 or height < 1:
        raise PhotoError(f"{name} has no pixels ({width}×{height}): export it again.")
    if width * height > limits.pixels:
        raise PhotoError(
            f"{name} has {width}×{height} pixels, {width * height / 1e6:.0f} million, and at most "
            f"{limits.pixels / 1e6:g} million are read: make it smaller."
        )


def _check_pages(count: int, name: str, limits: Limits) -> None:
    if count > limits.pages:
        raise PhotoError(
            f"{name} has {count} pages and at most {limits.pages} are read: split it into parts."
        )


def _picture_pages(content: bytes, name: str, limits: Limits) -> Iterator[Page]:
    with _open_picture(content, name, limits) as picture:
        # Only TIFF means pages by its frames; elsewhere they are an animation or a depth map.
        count = _frames(picture, name) if picture.format == "TIFF" else 1
        _check_pages(count, name, limits)
        for index in range(count):
            yield _picture_page(picture, index, name, limits)


def _open_picture(content: bytes, name: str, limits: Limits) -> Image.Image:
    """The header read and found acceptable, no pixel decoded yet."""
    try:
        picture = Image.open(io.BytesIO(content), formats=FORMATS)
    except UnidentifiedImageError:
        if _is_svg(content):
            raise PhotoError(f"{name} is an SVG drawing: export it as PNG.") from None
        raise PhotoError(f"{name} is no picture that can be read: send it as {KINDS}.") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PhotoError(
            f"{name} has far more than the {limits.pixels / 1e6:g} million pixels that are read: "
            "make it smaller."
        ) from None
    except Exception:  # on foreign bytes decoders raise nearly anything
        raise _damaged(name) from None
    _check_size(*picture.size, name, limits)
    return picture


def _is_svg(content: bytes) -> bool:
    return b"<svg" in content[:4096].lower()


def _damaged(name: str) -> PhotoError:
    return PhotoError(f"{name} is damaged or was cut short: copy or export it again.")


def _frames(picture: Image.Image, name: str) -> int:
    try:
        return int(getattr(picture, "n_frames", 1))
    except Exception:  # a broken directory of a TIFF, in whichever way
        raise _damaged(name) from None


def _picture_page(picture: Image.Image, index: int, name: str, limits: Limits) -> Page:
    remarks = []
    try:
        if index:
            picture.seek(index)
        _check_size(*picture.size, name, limits)
        picture.load()
        try:
            upright = ImageOps.exif_transpose(picture)
        except Exception:  # a camera's broken notes are no reason to refuse its picture
            upright = picture
            remarks.append("The note of which way up the picture is, is damaged.")
        pixels = _rgb(upright)
    except PhotoError:
        raise
    except Exception:  # see `_open_picture`
        raise _damaged(name) from None
    if min(pixels.shape[:2]) < MIN_SIDE:
        height, width = pixels.shape[:2]
        remarks.append(f"The picture has only {width}×{height} pixels, too few to read.")
    return Page(name, index + 1, pixels, tuple(remarks))


def _rgb(picture: Image.Image) -> Pixels:
    """A decoded picture of any of Pillow's modes as RGB, uint8 (h, w, 3)."""
    mode = picture.mode
    if mode == "F" or mode.startswith("I"):
        gray = _deep_gray(np.asarray(picture))
        return np.repeat(gray[..., None], 3, axis=2)
    if mode.endswith(("A", "a")) or "transparency" in picture.info:
        rgba = np.asarray(picture.convert("RGBA"), np.uint8)
        if int(rgba[..., 3].min()) < 255:
            return flatten_alpha(rgba)
        return np.ascontiguousarray(rgba[..., :3])
    return np.array(picture.convert("RGB"), np.uint8)


def _deep_gray(values: NDArray[np.generic]) -> Pixels:
    """Gray of 16 or 32 bits, or floats, as uint8; how many bits are in use shows at the top."""
    numbers = np.nan_to_num(values.astype(np.float32))
    top = float(numbers.max())
    if np.issubdtype(values.dtype, np.floating) and top <= 1.0:
        white = 1.0
    else:
        # Scanners of 12 bits store them in 16 as they are.
        white = next((limit for limit in (255.0, 4095.0) if top <= limit), 65535.0)
    gray: Pixels = np.clip(np.rint(numbers * (255.0 / white)), 0, 255).astype(np.uint8)
    return gray


def _pdf_pages(content: bytes, name: str, limits: Limits) -> Iterator[Page]:
    with _pdfium:
        document = _open_pdf(content, name)
    try:
        with _pdfium:
            count = len(document)
        if count == 0:
            raise PhotoError(f"{name} has no pages: export it again.")
        _check_pages(count, name, limits)
        for index in range(count):
            yield Page(name, index + 1, _pdf_page(document, index, name, limits))
    finally:
        with _pdfium:
            document.close()


def _open_pdf(content: bytes, name: str) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as problem:
        if "password" in str(problem).lower():
            raise PhotoError(
                f"{name} is locked with a password: save a copy without one."
            ) from None
        raise _damaged(name) from None


def _pdf_page(document: pypdfium2.PdfDocument, index: int, name: str, limits: Limits) -> Pixels:
    with _pdfium:
        page = None
        try:
            page = document[index]
            width, height = page.get_size()
            points = max(1.0, width * height)
            most = min(PDF_MAX_PIXELS, limits.pixels)
            scale = min(PDF_DPI / 72.0, (most / points) ** 0.5)
            bitmap = page.render(scale=scale, rev_byteorder=True)
            try:
                # A copy: the bitmap's memory is PDFium's own.
                pixels = np.array(bitmap.to_numpy(), np.uint8)
            finally:
                bitmap.close()
        except Exception:  # PDFium says only that it failed
            raise PhotoError(
                f"Page {index + 1} of {name} is damaged: export the PDF again."
            ) from None
        finally:
            if page is not None:
                page.close()
    if pixels.ndim == 2:
        pixels = pixels[..., None]
    if pixels.shape[2] == 1:
        return np.repeat(pixels, 3, axis=2)
    return np.ascontiguousarray(pixels[..., :3])
