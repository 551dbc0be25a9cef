"""Limits and rates of the augmentation, and its named presets."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How glyphs are changed at random. Each `*_rate` is the probability of a change.

    Attributes:
        rotation: largest angle in degrees, either way.
        slant: largest shear, horizontal pixels per vertical pixel, either way.
        stretch: largest natural logarithm of the scale of each axis, either way.
        shift: largest shift in glyph pixels, either way.
        elastic: standard deviation of the elastic displacements in glyph pixels.
        thickness_rate: the pen is thinner or thicker.
        blur_rate: the glyph is blurred.
        noise_rate: paper grain.
        fade_rate: faint pencil.
        light_rate: the paper is grey or unevenly lit, as in a photo.
        jpeg_rate: JPEG artefacts.
        rule_rate: a ruling line, a box, a fold or a crossing-out is left in the cut.
        neighbour_rate: the edge of the next digit is left in the cut.
        clip_rate: a side of the digit is clipped by its box.
        off_centre_rate: the digit is far off the middle.
        page_edge_rate: the dark desk beside the page is left in the cut.
        speck_rate: dust and dead pixels.
        outline_rate: only the outline of the stroke is left.
        rough_rate: rough paper, a dry pen or coarse scanning.
    """

    rotation: float = 10.0
    slant: float = 0.25
    stretch: float = 0.12
    shift: float = 2.0
    elastic: float = 1.0
    elastic_rate: float = 0.5
    thickness_rate: float = 0.25
    blur_rate: float = 0.1
    noise_rate: float = 0.05
    fade_rate: float = 0.05
    light_rate: float = 0.0
    jpeg_rate: float = 0.0
    rule_rate: float = 0.0
    neighbour_rate: float = 0.0
    clip_rate: float = 0.0
    off_centre_rate: float = 0.0
    page_edge_rate: float = 0.0
    speck_rate: float = 0.0
    outline_rate: float = 0.0
    rough_rate: float = 0.0


NONE = Augmentation(
    rotation=0.0,
    slant=0.0,
    stretch=0.0,
    shift=0.0,
    elastic=0.0,
    elastic_rate=0.0,
    thickness_rate=0.0,
    blur_rate=0.0,
    noise_rate=0.0,
    fade_rate=0.0,
)
AFFINE = replace(NONE, rotation=10.0, slant=0.2, stretch=0.1, shift=2.0)
HANDWRITING = Augmentation()
EVERYTHING = Augmentation(
    light_rate=0.08,
    jpeg_rate=0.05,
    rule_rate=0.1,
    neighbour_rate=0.07,
    clip_rate=0.03,
    off_centre_rate=0.06,
    page_edge_rate=0.04,
    speck_rate=0.05,
    outline_rate=0.02,
    rough_rate=0.04,
)
# The presets by the name that a training's settings give.
AUGMENTATIONS = {
    "none": NONE,
    "affine": AFFINE,
    "handwriting": HANDWRITING,
    "everything": EVERYTHING,
}
