"""The settings of a training run and the presets: plain data, no Keras."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

Schedule = Literal["plateau", "cosine", "one-cycle", "constant"]
Loss = Literal["categorical", "sparse"]
Strangers = Literal["none", "uniform", "output"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that decides what a training run gives.

    Attributes:
        name: the folder under `model/`.
        network: see `networks.NETWORKS`.
        datasets: the first is the one whose test split is the headline.
        epochs: at most so many; early stopping may end sooner.
        batch_size: glyphs a step.
        learning_rate: Adam's: at the start, or at the height of the one cycle.
        schedule: "plateau" halves the rate when the validation loss stops falling, "cosine" lets it
            fall to 0 over `epochs`, "one-cycle" lets it rise for a quarter of all steps and fall to
            0 in the rest, "constant" leaves it.
        loss: cross-entropy on one-hot labels ("categorical") or on label numbers ("sparse").
        label_smoothing: part of each one-hot label spread over all; needs "categorical".
        augmentation: see `augment.BY_NAME`.
        weight_decay: part of every weight taken off a step, times the rate (decoupled: Loshchilov
            and Hutter, 2019).
        dropout: factor of the network's own dropout rates; 0: none.
        variants: show slashed zeros, crossed sevens and flagged ones as well (see `variants`).
        strangers: what is no digit (see `strangers`) is not shown ("none"), shown with all labels
            alike for target ("uniform"), or has an output of its own ("output"), whose probability
            is spread over the labels in the end. Both need "categorical".
        teacher: a trained model whose answers are half of every target (distillation: Hinton,
            Vinyals and Dean, 2015); "": none. Needs "categorical".
        start: a trained model to go on from, of the same network; "": start from nothing.
        validation: part of every training set kept aside for all choices.
        patience: epochs without a better validation loss before stopping; 0: never stop early.
        limit: train on at most so many glyphs of each set; 0: all.
        seed: of the split, the weights, the order and the augmentation.
        precision: "float32", "mixed_bfloat16", or "auto" (bfloat16 where the processor has it).
    """

    name: str = "digits"
    network: str = "inkling"
    datasets: tuple[str, ...] = ("mnist",)
    epochs: int = 12
    batch_size: int = 128
    learning_rate: float = 1e-3
    schedule: Schedule = "plateau"
    loss: Loss = "categorical"
    label_smoothing: float = 0.0
    augmentation: str = "affine"
    weight_decay: float = 0.0
    dropout: float = 1.0
    variants: bool = False
    strangers: Strangers = "none"
    teacher: str = ""
    start: str = ""
    validation: float = 1.0 / 12.0
    patience: int = 5
    limit: int = 0
    seed: int = 0
    precision: str = "auto"

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


# What is shipped is made by these. The sets beside MNIST are used where they are at hand.
FULL = {
    "inkling": Settings(
        datasets=("mnist", "unipen", "pendigits", "pencil-scans"),
        epochs=30,
        learning_rate=2e-3,
        schedule="cosine",
        label_smoothing=0.05,
        augmentation="everything",
        variants=True,
        strangers="output",
        patience=0,
    ),
    "lenet5": Settings(name="lenet5", network="lenet5", epochs=30, schedule="cosine", patience=0),
    # As keras.io has it: no augmentation, a constant rate.
    "keras-io": Settings(
        epochs=15, schedule="constant", augmentation="none", validation=0.1, patience=0
    ),
}
FULL["pocket"] = replace(
    FULL["inkling"], epochs=20, label_smoothing=0.0, strangers="uniform", teacher="digits"
)
# The protocol on which networks are compared: MNIST's training set alone.
MNIST_ONLY = Settings(
    epochs=24,
    learning_rate=2e-3,
    schedule="cosine",
    label_smoothing=0.05,
    augmentation="handwriting",
    patience=0,
)
# Two epochs: one cycle at a high rate (measured by benchmarks/speed/time_to_99.py).
QUICK = Settings(
    epochs=2, learning_rate=5e-3, schedule="one-cycle", label_smoothing=0.05, patience=0
)

# The shipped model goes on from where it is, with what people corrected and, lest it forget, some
# of what it has learnt before.
TAUGHT = Settings(
    name="digits-taught",
    datasets=("mnist", "corrections"),
    epochs=5,
    learning_rate=3e-4,
    schedule="cosine",
    label_smoothing=0.05,
    augmentation="handwriting",
    variants=True,
    strangers="output",
    start="digits",
    patience=0,
    limit=6000,
)


def preset(name: str, network: str = "") -> Settings:
    """The settings of a preset ("quick", "full", "mnist", or "" for the defaults) for a network.

    Without a network it is "sprint" for "quick", which is made for that, and ours for the others.
    """
    network = network or ("sprint" if name == "quick" else "inkling")
    if name == "full":
        found = FULL.get(network, Settings(epochs=30, schedule="cosine", patience=0))
        return replace(found, network=network, name=default_name(network))
    if name == "mnist":
        # Named by the network itself: `digits` is what everyone's handwriting has gone into.
        return replace(MNIST_ONLY, network=network, name=network)
    if name == "quick":
        # A name of its own: a quick try must not replace the shipped model.
        return replace(QUICK, network=network, name=f"{default_name(network)}-quick")
    return Settings(network=network, name=default_name(network))


def default_name(network: str) -> str:
    """The model a network trains when none is named: ours makes `digits`."""
    return "digits" if network == "inkling" else network


def arguments(settings: Settings) -> list[str]:
    """The options of train_model.py that give these settings."""
    given = ["--network", settings.network]
    start = preset("", settings.network).as_dict()
    for key, value in settings.as_dict().items():
        option = "--dataset" if key == "datasets" else f"--{key.replace('_', '-')}"
        if value == start[key]:
            continue
        if isinstance(value, bool):
            given.append(option if value else option.replace("--", "--no-", 1))
        else:
            values = value if isinstance(value, tuple) else (value,)
            given += [option, *(str(each) for each in values)]
    return given


def resolve_precision(precision: str) -> str:
    """The Keras policy for "auto": bfloat16 is twice as fast where the processor multiplies it."""
    if precision != "auto":
        return precision
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="ignore")
    except OSError:
        return "float32"
    return "mixed_bfloat16" if "avx512_bf16" in flags or "amx_bf16" in flags else "float32"
