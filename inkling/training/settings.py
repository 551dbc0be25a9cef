"""The settings of a training run and the presets: plain data, no Keras."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

Schedule = Literal["plateau", "cosine", "one-cycle", "constant"]
Loss = Literal["categorical", "sparse"]
Negatives = Literal["none", "uniform", "output"]

# Fields that reports, checkpoints and studies store under another name.
STORED_NAMES = {"negatives": "strangers"}
# The options of train_model.py for settings of another name.
OPTIONS = {"datasets": "--dataset"}


class SettingsError(Exception):
    """Settings are unknown, out of range or contradict each other; the message is for people.

    Attributes:
        settings: the names of the settings to change, so that a caller can say how.
    """

    def __init__(self, message: str, *settings: str) -> None:
        super().__init__(message)
        self.settings = settings


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that decides the result of a training run.

    Attributes:
        name: the folder under `model/`.
        network: one of `networks.NETWORKS`.
        datasets: the headline figure is measured on the test split of the first.
        epochs: the most epochs; early stopping may end sooner.
        batch_size: glyphs per step.
        learning_rate: of Adam, at the start or at the peak of the one cycle.
        schedule: "plateau" halves the rate when the validation loss stops falling, "cosine" lowers
            it to 0 over `epochs`, "one-cycle" raises it for a quarter of all steps and then lowers
            it to 0, "constant" leaves it.
        loss: cross-entropy on one-hot labels ("categorical") or on label numbers ("sparse").
        label_smoothing: part of each one-hot label to spread over all; needs "categorical".
        augmentation: one of `augment.config.AUGMENTATIONS`.
        weight_decay: part of every weight taken off per step, times the rate (decoupled:
            Loshchilov and Hutter, 2019).
        dropout: factor of the network's own dropout rates; 0 for none.
        variants: train on slashed zeros, crossed sevens and flagged ones as well (`data.variants`).
        negatives: what is no digit (`data.negatives`) is left out ("none"), has all labels alike as
            its target ("uniform"), or has an output of its own ("output") whose probability is
            spread over the labels in the end. Both need "categorical".
        teacher: a trained model whose answers are half of every target (distillation: Hinton,
            Vinyals and Dean, 2015); "" for none. Needs "categorical".
        start: a trained model of the same network to continue from; "" for random weights.
        validation: part of every training set to hold out for all choices.
        patience: epochs without a better validation loss before stopping; 0 to never stop early.
        limit: the most glyphs of each training set; 0 for all.
        seed: of the split, the weights, the order and the augmentation.
        precision: "float32", "mixed_bfloat16", or "auto" (bfloat16 if the processor supports it).
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
    negatives: Negatives = "none"
    teacher: str = ""
    start: str = ""
    validation: float = 1.0 / 12.0
    patience: int = 5
    limit: int = 0
    seed: int = 0
    precision: str = "auto"

    def as_dict(self) -> dict[str, Any]:
        """The settings under the names that are stored (`STORED_NAMES`)."""
        return {STORED_NAMES.get(name, name): value for name, value in asdict(self).items()}


def check(settings: Settings) -> None:
    """Check that the settings make sense together.

    Raises:
        SettingsError: one is out of its range, or two contradict each other.
    """
    _check_signs(
        settings,
        positive=("epochs", "batch_size", "learning_rate"),
        not_negative=("label_smoothing", "weight_decay", "dropout", "patience", "limit", "seed"),
    )
    for name in ("label_smoothing", "validation"):
        if getattr(settings, name) >= 1:
            raise SettingsError(f"{name.replace('_', ' ')} is a part, less than 1", name)
    if settings.validation <= 0:
        raise SettingsError("validation is a part, more than 0", "validation")
    if settings.negatives != "none" and settings.loss == "sparse":
        raise SettingsError(
            "negatives have no label number, so they need the categorical loss", "negatives", "loss"
        )
    if settings.teacher and settings.loss == "sparse":
        raise SettingsError(
            "a teacher gives probabilities, so it needs the categorical loss", "teacher", "loss"
        )
    if settings.teacher and settings.negatives == "output":
        raise SettingsError(
            "a teacher has no output for negatives, so they cannot have one either",
            "teacher",
            "negatives",
        )


@dataclass(frozen=True, slots=True)
class EndlessSettings:
    """The settings of a training on made examples that never end (`endless`).

    Attributes:
        seed: of the weights and the examples.
        epochs: how often a checkpoint is written; 0 only exports the start and measures it.
        steps_per_epoch: batches between two checkpoints.
        learning_rate: of AdamW, while it stays.
        weight_decay: of every kernel, times the rate.
        warm_up: steps in which the rate rises.
        cool_down: the last part of the steps, in which the rate falls to 0.
        processes: how many processes make examples.
    """

    seed: int = 0
    epochs: int = 120
    steps_per_epoch: int = 200
    learning_rate: float = 2.5e-3
    weight_decay: float = 1e-4
    warm_up: int = 300
    cool_down: float = 0.3
    processes: int = 1


@dataclass(frozen=True, slots=True)
class LineSettings(EndlessSettings):
    """The settings of the line model's training.

    Attributes:
        batch_size: lines per batch.
        validation: cuts of held-out characters to measure the model on.
        start_share: part of the start's weights in the result (WiSE-FT: Wortsman et al., 2022).
    """

    batch_size: int = 32
    validation: int = 2000
    start_share: float = 0.2


# The settings of the shipped models that are trained on made examples.
ENDLESS: dict[str, EndlessSettings] = {
    "page": EndlessSettings(steps_per_epoch=100, warm_up=200),
    "line": LineSettings(
        epochs=50, steps_per_epoch=100, learning_rate=6e-4, weight_decay=0.0, warm_up=200
    ),
}


def check_endless(settings: EndlessSettings, *, has_start: bool = False) -> None:
    """Check that the settings of an endless training make sense.

    Args:
        settings: to check.
        has_start: whether the training continues from a model.

    Raises:
        SettingsError: one is out of its range.
    """
    _check_signs(
        settings,
        positive=("steps_per_epoch", "learning_rate", "processes"),
        not_negative=("epochs", "seed", "weight_decay", "warm_up", "cool_down"),
    )
    if settings.epochs == 0 and not has_start:
        raise SettingsError("epochs cannot be 0 without a start", "epochs")
    if isinstance(settings, LineSettings):
        _check_signs(settings, positive=("batch_size", "validation"), not_negative=("start_share",))
    if settings.cool_down >= 1:
        raise SettingsError("cool down is a part, less than 1", "cool_down")


def _check_signs(
    settings: Settings | EndlessSettings,
    *,
    positive: tuple[str, ...],
    not_negative: tuple[str, ...],
) -> None:
    """Check that these numbers of the settings are above 0, and those at least 0.

    Raises:
        SettingsError: one of them is not.
    """
    for name in (*positive, *not_negative):
        value = getattr(settings, name)
        if value < 0 or (value == 0 and name in positive):
            raise SettingsError(f"{name.replace('_', ' ')} cannot be {value:g}", name)


# The settings of the shipped models. Data sets other than MNIST are used if they are at hand.
FULL = {
    "inkling": Settings(
        datasets=("mnist", "unipen", "pendigits", "pencil-scans"),
        epochs=30,
        learning_rate=2e-3,
        schedule="cosine",
        label_smoothing=0.05,
        augmentation="everything",
        variants=True,
        negatives="output",
        patience=0,
    ),
    "lenet5": Settings(name="lenet5", network="lenet5", epochs=30, schedule="cosine", patience=0),
    # As in the example at keras.io: no augmentation, a constant rate.
    "keras-io": Settings(
        epochs=15, schedule="constant", augmentation="none", validation=0.1, patience=0
    ),
}
FULL["pocket"] = replace(
    FULL["inkling"], epochs=20, label_smoothing=0.0, negatives="uniform", teacher="digits"
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
# Continues the shipped model on what people corrected, together with some of its own training
# data so that it does not forget them.
FINETUNE = Settings(
    name="digits-taught",
    datasets=("mnist", "corrections"),
    epochs=5,
    learning_rate=3e-4,
    schedule="cosine",
    label_smoothing=0.05,
    augmentation="handwriting",
    variants=True,
    negatives="output",
    start="digits",
    patience=0,
    limit=6000,
)


def preset(name: str, network: str = "") -> Settings:
    """The settings of a preset for a network.

    Args:
        name: "quick", "full", "mnist", or "" for the defaults.
        network: "" for "sprint" with "quick", which is made for it, and for "inkling" otherwise.
    """
    network = network or ("sprint" if name == "quick" else "inkling")
    if name == "full":
        settings = FULL.get(network, Settings(epochs=30, schedule="cosine", patience=0))
        return replace(settings, network=network, name=default_name(network))
    if name == "mnist":
        # Named after the network: `digits` is the model that learnt from all data sets.
        return replace(MNIST_ONLY, network=network, name=network)
    if name == "quick":
        # A name of its own, so that a quick try does not replace the shipped model.
        return replace(QUICK, network=network, name=f"{default_name(network)}-quick")
    return Settings(network=network, name=default_name(network))


def default_name(network: str) -> str:
    """The name of the model that a network trains: "digits" for "inkling", else the network's."""
    return "digits" if network == "inkling" else network


def option(setting: str) -> str:
    """The option of train_model.py for a setting."""
    return OPTIONS.get(setting, f"--{setting.replace('_', '-')}")


def arguments(settings: Settings) -> list[str]:
    """The options of train_model.py that give these settings."""
    words = ["--network", settings.network]
    default = asdict(preset("", settings.network))
    for name, value in asdict(settings).items():
        if value == default[name]:
            continue
        if isinstance(value, bool):
            words.append(option(name) if value else option(name).replace("--", "--no-", 1))
        else:
            values = value if isinstance(value, tuple) else (value,)
            words += [option(name), *(str(each) for each in values)]
    return words


def resolve_precision(precision: str) -> str:
    """The Keras dtype policy for a precision.

    "auto" is bfloat16 where the processor multiplies it, which is twice as fast, else float32.
    """
    if precision != "auto":
        return precision
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="ignore")
    except OSError:
        return "float32"
    return "mixed_bfloat16" if "avx512_bf16" in flags or "amx_bf16" in flags else "float32"
