"""What can be chosen for a training on the page, with the titles that people see."""

from __future__ import annotations

from inkling.jobs import TrainingRequest
from inkling.ui.shared import phrases

NETWORKS = {
    "sprint": "Sprint: learns fast",
    "lenet5": "LeNet-5 (1998), 61,706 weights",
    "keras-io": "The example of keras.io, 34,826 weights",
    "pocket": "Pocket, 58,458 weights",
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
# By schedule of the learning rate, its title.
SCHEDULES = {
    "one-cycle": "Up for a quarter of the steps, then down to 0",
    "cosine": "Down to 0 along a cosine, by epoch",
}
RATES = (1e-4, 3e-4, 1e-3, 2e-3, 5e-3, 1e-2, 3e-2)
# What the form offers first. It passes 97 % within 20 s of training on two cores
# (benchmarks/speed/train_here.py).
DEFAULT_REQUEST = TrainingRequest(
    network="sprint",
    limit=15000,
    epochs=3,
    learning_rate=5e-3,
    augmentation="affine",
    schedule="one-cycle",
)


def summary(request: TrainingRequest) -> str:
    """A training's options in one line."""
    share = LIMITS.get(request.limit, f"{request.limit:,}")
    augmentation = AUGMENTATIONS.get(request.augmentation, request.augmentation)
    return (
        f"{share} of the digits, {phrases.plural(request.epochs, 'epoch')}, learning rate "
        f"{request.learning_rate:g} ({request.schedule}), augmentation: {augmentation.lower()}"
    )
