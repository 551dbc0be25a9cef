"""Augmentation of glyphs."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from inkling.training.augment import glyphs as augment_glyphs
from inkling.training.augment.config import AUGMENTATIONS, HANDWRITING, NONE, Augmentation
from inkling.training.data import datasets

PHOTO_RATES = [
    field.name
    for field in fields(Augmentation)
    if field.name.endswith("_rate") and getattr(HANDWRITING, field.name) == 0
]


@pytest.fixture(scope="module")
def glyphs():
    return datasets.load("mnist", "train")[0][:256]


@pytest.mark.parametrize("name", ["affine", "handwriting", "everything"])
def test_augmentation_depends_only_on_its_seed(name, glyphs):
    before = glyphs.copy()
    augmentation = AUGMENTATIONS[name]
    one = augment_glyphs.augment(glyphs, np.random.default_rng(7), augmentation)
    two = augment_glyphs.augment(glyphs, np.random.default_rng(7), augmentation)
    other = augment_glyphs.augment(glyphs, np.random.default_rng(8), augmentation)
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)
    assert np.array_equal(glyphs, before)
    assert (one.shape, one.dtype) == (glyphs.shape, np.uint8)


def test_augmented_glyphs_keep_their_ink(glyphs):
    bent = augment_glyphs.augment(glyphs, np.random.default_rng(0))
    assert (bent.reshape(256, -1).max(axis=1) > 60).all()
    ratio = bent.sum(axis=(1, 2), dtype=float) / glyphs.sum(axis=(1, 2), dtype=float)
    assert 0.6 < np.median(ratio) < 1.4


@pytest.mark.parametrize("rate", PHOTO_RATES)
def test_a_photos_defects_leave_the_digit_legible(rate, glyphs):
    augmentation = Augmentation(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, **{rate: 1.0})
    changed = augment_glyphs.augment(glyphs, np.random.default_rng(0), augmentation)
    assert not np.array_equal(changed, glyphs)
    if rate in ("off_centre_rate", "outline_rate"):
        return  # Moved or hollow, so the pixels differ.
    correlations = [
        np.corrcoef(one.ravel(), other.ravel())[0, 1]
        for one, other in zip(changed.astype(float), glyphs.astype(float), strict=True)
    ]
    assert np.median(correlations) > 0.5


def test_no_augmentation_changes_nothing(glyphs):
    assert np.array_equal(augment_glyphs.augment(glyphs, np.random.default_rng(0), NONE), glyphs)


def test_a_shift_moves_the_centre_of_mass(glyphs):
    augmentation = Augmentation(0, 0, 0, 2.0, 0, 0, 0, 0, 0, 0)
    bent = augment_glyphs.augment(glyphs, np.random.default_rng(0), augmentation).astype(float)
    column = np.arange(28)

    def centre(x):
        return (x.sum(axis=1) * column).sum(axis=1) / x.sum(axis=(1, 2))

    moved = centre(bent) - centre(glyphs.astype(float))
    assert 1.5 < np.abs(moved).max() <= 2.1
