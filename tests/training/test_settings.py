"""The settings of a training and the presets."""

from __future__ import annotations

import pytest

import train_model
from inkling.training.settings import (
    ENDLESS,
    EndlessSettings,
    LineSettings,
    Settings,
    SettingsError,
    check,
    check_endless,
    preset,
)


def test_a_quick_try_never_replaces_a_shipped_model():
    assert preset("quick", "inkling").name != preset("full", "inkling").name == "digits"
    assert preset("quick", "lenet5").name != preset("full", "lenet5").name == "lenet5"


def test_the_quick_preset_trains_sprint_unless_a_network_is_named():
    assert preset("quick").network == "sprint"
    assert preset("quick", "inkling").network == preset("").network == "inkling"
    options = train_model.parse(["--preset", "quick"])
    assert train_model.settings_of(options) == preset("quick")


@pytest.mark.parametrize(
    ("settings", "sentence", "names"),
    [
        (Settings(epochs=0), "epochs cannot be 0", ("epochs",)),
        (Settings(learning_rate=-1.0), "learning rate cannot be -1", ("learning_rate",)),
        (Settings(label_smoothing=1.0), "less than 1", ("label_smoothing",)),
        (Settings(validation=0.0), "more than 0", ("validation",)),
        (Settings(negatives="output", loss="sparse"), "no label number", ("negatives", "loss")),
        (Settings(teacher="digits", loss="sparse"), "probabilities", ("teacher", "loss")),
        (
            Settings(teacher="digits", negatives="output"),
            "no output for negatives",
            ("teacher", "negatives"),
        ),
    ],
)
def test_settings_that_make_no_sense_name_what_to_change(settings, sentence, names):
    with pytest.raises(SettingsError, match=sentence) as problem:
        check(settings)
    assert problem.value.settings == names


@pytest.mark.parametrize(
    ("settings", "sentence", "name"),
    [
        (EndlessSettings(epochs=0), "epochs cannot be 0 without a start", "epochs"),
        (EndlessSettings(steps_per_epoch=0), "steps per epoch cannot be 0", "steps_per_epoch"),
        (LineSettings(batch_size=0), "batch size cannot be 0", "batch_size"),
        (EndlessSettings(learning_rate=-1.0), "learning rate cannot be -1", "learning_rate"),
        (EndlessSettings(processes=0), "processes cannot be 0", "processes"),
        (EndlessSettings(cool_down=1.0), "cool down is a part, less than 1", "cool_down"),
        (EndlessSettings(seed=-1), "seed cannot be -1", "seed"),
    ],
)
def test_settings_of_an_endless_training_have_ranges_too(settings, sentence, name):
    with pytest.raises(SettingsError, match=sentence) as problem:
        check_endless(settings)
    assert problem.value.settings == (name,)


def test_good_settings_pass():
    check(Settings())
    for settings in ENDLESS.values():
        check_endless(settings)


def test_settings_on_disk_keep_their_names():
    stored = Settings(negatives="output").as_dict()
    assert stored["strangers"] == "output"
    assert "negatives" not in stored
