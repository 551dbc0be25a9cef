"""Uploads are opened in every format, orientation and size, or refused with a message."""

from __future__ import annotations

import io
import struct
import threading
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from inkling.imaging.load import Limits, Page, PhotoError, open_pages
from tests.fixtures.pages_made import encode


def picture(width: int = 60, height: int = 40) -> np.ndarray:
    """A smooth RGB picture with four different corners, so that every orientation differs."""
    y, x = np.mgrid[0:height, 0:width]
    red = 40 + 200 * x / width
    green = 40 + 200 * y / height
    blue = np.where((x < width / 3) & (y < height / 3), 230, 60)
    return np.stack([red, green, blue], axis=2).astype(np.uint8)


def only(content: bytes | Path, name: str = "a.png", **options: Any) -> Page:
    (page,) = open_pages(content, name, **options)
    return page


def message_of(content: bytes | Path, name: str = "holiday.png", **options: Any) -> str:
    """The message with which a file is refused, checked for the form of all messages."""
    with pytest.raises(PhotoError) as refused:
        list(open_pages(content, name, **options))
    message = str(refused.value)
    assert name in message
    assert message.endswith(".")
    assert "Error" not in message and "Traceback" not in message and "\n" not in message
    return message


@pytest.mark.parametrize(
    ("kind", "options", "tolerance"),
    [
        ("PNG", {}, 0),
        ("BMP", {}, 0),
        ("TIFF", {}, 0),
        ("TIFF", {"compression": "tiff_lzw"}, 0),
        ("WEBP", {"lossless": True}, 0),
        ("JPEG", {"quality": 95}, 12),
        ("HEIF", {"quality": 95}, 12),
        ("GIF", {}, 40),
    ],
)
def test_every_format_gives_its_pixels(kind: str, options: dict, tolerance: int) -> None:
    source = picture()
    page = only(encode(source, kind, **options))
    assert (page.width, page.height, page.number) == (60, 40, 1)
    assert page.image.dtype == np.uint8
    # Not at the one hard edge, which chroma subsampling smears.
    difference = np.abs(page.image.astype(int) - source)[20:, 30:]
    assert difference.max() <= tolerance


def turned(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """The pixels that a camera stores for an orientation, by EXIF's table."""
    return {
        1: lambda p: p,
        2: lambda p: p[:, ::-1],
        3: lambda p: p[::-1, ::-1],
        4: lambda p: p[::-1],
        5: lambda p: p.transpose(1, 0, 2),
        6: lambda p: p.transpose(1, 0, 2)[::-1],
        7: lambda p: p.transpose(1, 0, 2)[::-1, ::-1],
        8: lambda p: p.transpose(1, 0, 2)[:, ::-1],
    }[orientation](pixels)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_all_eight_orientations_are_turned_upright(kind: str, orientation: int) -> None:
    upright = picture()
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = np.ascontiguousarray(turned(upright, orientation))
    options = {"lossless": True} if kind == "WEBP" else {}
    page = only(encode(stored, kind, exif=exif, **options))
    np.testing.assert_array_equal(page.image, upright)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_phones_jpeg_is_turned_upright(orientation: int) -> None:
    upright = picture()
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = np.ascontiguousarray(turned(upright, orientation))
    image = only(encode(stored, "JPEG", exif=exif, quality=95, subsampling=0)).image
    assert np.abs(image.astype(int) - upright)[20:, 30:].max() <= 12


def test_deep_colour_keeps_its_shades() -> None:
    deep = picture().astype(np.uint16) * 257
    for ending in (".png", ".tiff"):
        # OpenCV expects blue first.
        content = cv2.imencode(ending, deep[..., ::-1])[1].tobytes()
        assert np.abs(only(content).image.astype(int) - picture()).max() <= 1, ending


def test_deep_gray_keeps_its_shades() -> None:
    gray = np.linspace(0, 65535, 64 * 64).reshape(64, 64).astype(np.uint16)
    for kind in ("PNG", "TIFF"):
        image = only(encode(gray, kind)).image
        assert np.abs(image[..., 0].astype(float) - gray / 257.0).max() <= 1.0
    twelve = only(encode((gray >> 4).astype(np.uint16), "TIFF")).image
    assert twelve.max() == 255 and np.abs(twelve[..., 0] - gray / 257.0).max() <= 1.0


def test_cmyk_gives_white_paper_and_black_ink() -> None:
    cmyk = np.zeros((40, 40, 4), np.uint8)
    cmyk[10:30, 10:30] = (0, 0, 0, 255)
    buffer = io.BytesIO()
    Image.fromarray(cmyk, "CMYK").save(buffer, "JPEG", quality=95)
    image = only(buffer.getvalue()).image
    assert image[2:6, 2:6].min() > 245 and image[18:22, 18:22].max() < 10


def test_alpha_palettes_and_single_bits_are_put_on_paper() -> None:
    rgba = np.zeros((40, 40, 4), np.uint8)
    rgba[15:25, 15:25] = (10, 10, 90, 255)
    image = only(encode(rgba)).image
    assert tuple(image[0, 0]) == (255, 255, 255) and tuple(image[20, 20]) == (10, 10, 90)
    flat = Image.fromarray(np.where(rgba[..., 3:] > 0, 0, 255).astype(np.uint8).repeat(3, 2))
    for mode in ("P", "1", "L", "LA"):
        buffer = io.BytesIO()
        flat.convert(mode).save(buffer, "PNG")
        image = only(buffer.getvalue()).image
        assert image[0, 0].min() > 250 and image[20, 20].max() < 5, mode


def test_tiff_gives_all_pages_and_an_animation_its_first() -> None:
    frames = [Image.fromarray(np.full((20, 30, 3), shade, np.uint8)) for shade in (250, 120, 10)]
    buffer = io.BytesIO()
    frames[0].save(buffer, "TIFF", save_all=True, append_images=frames[1:])
    pages = list(open_pages(buffer.getvalue(), "scan.tif"))
    assert [page.number for page in pages] == [1, 2, 3]
    assert [int(page.image[0, 0, 0]) for page in pages] == [250, 120, 10]
    for kind in ("GIF", "WEBP", "PNG"):
        buffer = io.BytesIO()
        frames[0].save(buffer, kind, save_all=True, append_images=frames[1:])
        assert only(buffer.getvalue()).image.mean() > 240, kind


def pdf(pages: int = 1) -> bytes:
    sheets = [Image.fromarray(picture(600, 400)) for _ in range(pages)]
    buffer = io.BytesIO()
    sheets[0].save(buffer, "PDF", save_all=True, append_images=sheets[1:], resolution=100)
    return buffer.getvalue()


def test_pdf_pages_have_a_legible_size() -> None:
    pages = list(open_pages(pdf(3), "form.pdf"))
    assert [page.number for page in pages] == [1, 2, 3]
    # 6 by 4 inches at 200 dots an inch.
    assert (pages[0].width, pages[0].height) == pytest.approx((1200, 800), abs=2)
    corner = pages[0].image[20, 20].astype(int)
    assert np.abs(corner - picture(600, 400)[10, 10]).max() < 25


def test_pdfs_are_opened_in_many_threads() -> None:
    content, failures = pdf(2), []

    def work() -> None:
        try:
            assert len(list(open_pages(content, "form.pdf"))) == 2
        except Exception as problem:
            failures.append(problem)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def bare_png(width: int, height: int) -> bytes:
    """A PNG with a size in its header and next to no data."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def test_decompression_bombs_are_refused_by_their_header() -> None:
    assert "100 million" in message_of(bare_png(10_000, 10_000))
    assert "80 million" in message_of(bare_png(60_000, 60_000))
    assert "50×20" in message_of(encode(picture(50, 20)), limits=Limits(pixels=499))


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "1", "P", "I;16"])
def test_a_picture_over_the_limit_is_shrunk(mode: str) -> None:
    whole = Image.fromarray(picture(50, 20))
    if mode == "I;16":
        whole = Image.fromarray(np.asarray(whole.convert("L"), np.uint16) * 257)
    else:
        whole = whole.convert(mode)
    stored = io.BytesIO()
    whole.save(stored, "PNG")
    assert only(stored.getvalue(), limits=Limits(pixels=1000)).warnings == ()
    page = only(stored.getvalue(), limits=Limits(pixels=600))
    assert (page.width, page.height) == (39, 15)
    assert page.warnings == ("The picture was shrunk from 0.001 to 0.0006 million pixels.",)
    full = only(stored.getvalue(), limits=Limits(pixels=1000))
    assert page.image.mean() == pytest.approx(full.image.mean(), abs=12)


def test_each_limit_has_its_message(tmp_path: Path) -> None:
    content = encode(picture())
    assert "MB" in message_of(content, limits=Limits(bytes=len(content) - 1))
    path = tmp_path / "large.png"
    path.write_bytes(content)
    assert "MB" in message_of(path, limits=Limits(bytes=10))
    assert "3 pages" in message_of(pdf(3), "form.pdf", limits=Limits(pages=2))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "HEIF", "PDF"])
@pytest.mark.parametrize("part", [0.05, 0.5, 0.9])
def test_incomplete_files_are_refused(kind: str, part: float) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (80, 90, 3), dtype=np.uint8)
    content = encode(noise, kind)
    message_of(content[: int(len(content) * part)])


def test_other_files_are_refused(tmp_path: Path) -> None:
    assert "empty" in message_of(b"")
    for content in (
        b"dear diary, this is no picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b"MZ\x90\x00" * 50,
        b"%PDF-1.7 and nothing else",
    ):
        message_of(content)
    assert "SVG" in message_of(b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>")
    assert "folder" in message_of(tmp_path, "pictures")
    assert "no such file" in message_of(tmp_path / "gone.png", "gone.png")


def test_a_pdf_with_a_password_is_refused() -> None:
    # An empty document whose trailer names the standard security handler.
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [] /Count 0 >>",
        b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <"
        + b"41" * 32
        + b"> /U <"
        + b"42" * 32
        + b"> >>",
    ]
    body, offsets = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    ident = b"<" + b"43" * 16 + b">"
    trailer = b"<< /Size 4 /Root 1 0 R /Encrypt 3 0 R /ID [" + ident + ident + b"] >>"
    start = len(body)
    body += b"xref\n0 4\n0000000000 65535 f \n" + table
    body += b"trailer\n" + trailer + b"\nstartxref\n%d\n%%%%EOF" % start
    assert "password" in message_of(body, "locked.pdf")


def test_limits_can_be_set_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    content = encode(picture(60, 40))
    for name, value, message in (
        ("INKLING_MAX_MEGAPIXELS", "0.001", "60×40"),
        ("INKLING_MAX_MEGABYTES", "0.0001", "MB"),
        ("INKLING_MAX_PAGES", "1", "2 pages"),
        ("INKLING_MAX_PAGES", "many", "“many”"),
        ("INKLING_MAX_PAGES", "-1", "above 0"),
        ("INKLING_MAX_MEGABYTES", "inf", "above 0"),
    ):
        monkeypatch.setenv(name, value)
        with pytest.raises(PhotoError, match=message):
            list(open_pages(pdf(2) if "page" in name.lower() else content))
        monkeypatch.setenv(name, " ")
        assert only(content).width == 60


def test_a_long_strip_is_opened_whole() -> None:
    strip = np.full((20, 20_000, 3), 255, np.uint8)
    assert only(encode(strip)).image.shape == (20, 20_000, 3)


def test_pages_are_decoded_one_by_one() -> None:
    """The pages before a damaged one are yielded."""
    frames = [Image.fromarray(np.full((200, 300), shade, np.uint8)) for shade in (250, 120, 10)]
    buffer = io.BytesIO()
    frames[0].save(
        buffer, "TIFF", save_all=True, append_images=frames[1:], compression="tiff_adobe_deflate"
    )
    content = bytearray(buffer.getvalue())
    with Image.open(io.BytesIO(content)) as scan:
        scan.seek(2)
        assert isinstance(scan, TiffImageFile)
        start = scan.tag_v2[273][0]  # StripOffsets
        scan.seek(0)
    content[start : start + 20] = bytes(20)
    pages = open_pages(bytes(content), "scan.tif")
    assert [int(next(pages).image[0, 0, 0]) for _ in range(2)] == [250, 120]
    with pytest.raises(PhotoError):
        next(pages)


def test_a_long_scan_is_never_in_memory_whole() -> None:
    side, count = 1000, 20
    sheet = Image.new("L", (side, side), 255)
    buffer = io.BytesIO()
    sheet.save(
        buffer, "TIFF", save_all=True, append_images=[sheet] * (count - 1), compression="tiff_lzw"
    )
    tracemalloc.start()
    for page in open_pages(buffer.getvalue(), "scan.tif"):
        assert page.width == side
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5 * side * side * 3


def test_a_tiny_picture_has_a_warning() -> None:
    page = only(encode(np.zeros((1, 1, 3), np.uint8)))
    assert page.image.shape == (1, 1, 3) and "1×1" in page.warnings[0]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    kind=st.sampled_from(["JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP", "PDF"]),
    at=st.floats(0, 0.999),
    flip=st.integers(1, 255),
    length=st.integers(1, 40),
)
def test_damage_anywhere_gives_pages_or_a_message(
    kind: str, at: float, flip: int, length: int
) -> None:
    content = bytearray(encode(picture(), kind))
    start = int(at * len(content))
    for place in range(start, min(len(content), start + length)):
        content[place] ^= flip
    try:
        pages = list(open_pages(bytes(content), "a.png"))
    except PhotoError as problem:
        assert str(problem).endswith(".")
    else:
        assert all(page.image.ndim == 3 and page.image.dtype == np.uint8 for page in pages)
