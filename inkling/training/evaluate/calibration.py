"""The calibration stage of a run: probabilities that are right as often as they say."""

from __future__ import annotations

from dataclasses import dataclass

import keras

from inkling.training.data import datasets
from inkling.training.data.batches import SplitDataset, validation_digits
from inkling.training.evaluate.probabilities import predict
from inkling.training.evaluate.temperature import fit_temperature
from inkling.training.evaluate.thresholds import Thresholds, fit_thresholds
from inkling.training.export import keras_model
from inkling.training.settings import Settings

# Networks that a browser runs too; batch normalisation is folded into their weights.
BROWSER_NETWORKS = ("pocket",)


@dataclass(frozen=True, slots=True)
class CalibratedModel:
    """A network as it is shipped.

    Attributes:
        model: float32; gives one calibrated probability per label.
        labels: what its outputs mean.
        temperature: the logits were divided by this.
        thresholds: fitted on validation data.
        for_browser: whether a browser is to run it as well.
    """

    model: keras.Model
    labels: list[str]
    temperature: float
    thresholds: Thresholds
    for_browser: bool


def calibrate(model: keras.Model, settings: Settings, sets: list[SplitDataset]) -> CalibratedModel:
    """Fit temperature and thresholds on the validation data, and build the model to ship.

    Args:
        model: float32, with the weights of the best epoch; changed in place.
        settings: of the run.
        sets: the data sets of the run.
    """
    labels = list(datasets.get(settings.datasets[0]).labels)
    x, y = validation_digits(sets)
    temperature = fit_temperature(predict(model, x), y)
    keras_model.divide_logits(model, temperature)
    model = keras_model.spread_negative_output(model, len(labels))
    for_browser = settings.network in BROWSER_NETWORKS
    if for_browser:
        model = keras_model.fold_batch_norms(model)
    negatives = next((one for one in sets if not one.has_labels), None)
    p_negatives = None if negatives is None else predict(model, negatives.x_validation)
    thresholds = fit_thresholds(predict(model, x), y, p_negatives)
    return CalibratedModel(model, labels, temperature, thresholds, for_browser)
