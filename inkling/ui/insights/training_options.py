"""What can be chosen for a training on the page, with the titles that people see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inkling.ui.shared import phrases

if TYPE_CHECKING:
    from inkling.jobs import TrainingRequest

NETWORKS = {
    "lenet5": "LeNet-5 (1998), 61,706 weights",
    "keras-io": "The example of keras.io, 34,826 weights",
    "pocket": "Pocket, 58,458 weights",
    "sprint": "Sprint: learns fast",
    "plain": "Plain: as in most tutorials",
    "batchnorm": "Plain with batch normalisation",
    "inkling": "Inkling, 429,610 weights: slow to train",
}
AUGMENTATIONS = {
    "none": "None: the digits as they are",
    "affine": "Rotation, slant, size and shift",
    "handwriting": "Also bending, stroke width and blur",
    "everything": "Also ruling lines, dirt and camera noise",
}
# By number of training digits (0: all), their share.
LIMITS = {
    60: "0.1 %",
    600: "1 %",
    3000: "5 %",
    6000: "10 %",
    15000: "25 %",
    30000: "50 %",
    0: "All",
}
RATES = (1e-4, 3e-4, 1e-3, 2e-3, 5e-3, 1e-2, 3e-2)


def summary(request: TrainingRequest) -> str:
    """A training's options in one line."""
    share = LIMITS.get(request.limit, f"{request.limit:,}")
    augmentation = AUGMENTATIONS.get(request.augmentation, request.augmentation)
    return (
        f"{share} of the digits, {phrases.plural(request.epochs, 'epoch')}, learning rate "
        f"{request.learning_rate:g}, augmentation: {augmentation.lower()}"
    )
