"""The Insights page without a browser: every view of every model, every control, bad reports."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from inkling import jobs
from inkling.jobs import records
from inkling.paths import ROOT, model_folder, write_atomically
from inkling.reports import comparison, files, photos, published
from inkling.reports.files import REPORT_FILE, ROBUSTNESS_FILE, load_robustness
from inkling.ui.insights import leaderboard, tables
from inkling.ui.insights.charts import confusion
from inkling.ui.insights.layers import network_html
from inkling.ui.shared import chart, phrases, resources

APP = str(ROOT / "app.py")
# Seconds: the first run loads the model, perhaps beside a training.
PATIENCE = 60
VIEWS = (
    "Overview",
    "Training",
    "Confusion",
    "Errors",
    "Calibration",
    "Robustness",
    "Embedding",
    "Inside",
    "Trade-offs",
    "Photos",
    "Train here",
)


def opened(view: str = "", model: str = "") -> AppTest:
    """The page as its address opens it."""
    test = AppTest.from_file(APP, default_timeout=PATIENCE).run()
    if view:
        test.session_state["view"] = view
    if model:
        test.session_state["model"] = model
    test.switch_page("pages/insights.py").run()
    assert not test.exception, test.exception
    return test


def texts(test: AppTest) -> str:
    """All that can be read on the page."""
    found = [*test.markdown, *test.caption, *test.html, *test.error, *test.warning, *test.info]
    return "\n".join(element.value for element in found)


def charts(test: AppTest) -> list[go.Figure]:
    return [json.loads(element.proto.spec) for element in test.get("plotly_chart")]


def component(test: AppTest, name: str) -> list[dict]:
    """What the page's own components of a kind were given."""
    parts = [element.proto for element in test.get("bidi_component")]
    return [json.loads(part.json) for part in parts if part.component_name == f"inkling_{name}"]


# --- every view ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", files.model_names())
def test_every_view_of_every_model(name: str):
    test = opened(model=name)
    report = files.load_report(name)
    for view in VIEWS:
        test.session_state["view"] = view
        test.run()
        assert not test.exception, (view, test.exception)
        shown = {metric.label: metric.value for metric in test.metric}
        result = report.split("test")
        assert result is not None
        assert shown["Test accuracy"] == phrases.percent(result.accuracy.value, 2)
        assert shown[f"Errors in {result.n:,}"] == f"{result.errors:,}"
        assert shown["Parameters"] == f"{report.parameters:,}"
        for element in test.get("plotly_chart"):
            assert element.proto.alt, view
    assert not test.error


def test_only_the_open_view_is_made():
    # Plotly takes a browser seconds: the first view does without.
    assert len(opened("Overview").get("plotly_chart")) == 0
    assert len(opened("Training").get("plotly_chart")) == 3


def test_the_headline_stands_among_models_and_published_results():
    test = opened("Overview")
    report = files.load_report("digits")
    assert test.code[0].value == report.command
    rows = tables.errors_rows(resources.readable_reports(), "digits")
    by_name = {row.name: row for row in rows}
    assert by_name["Inkling"].errors == report.split("test").errors
    assert by_name["Inkling"].standing == "chosen"
    assert {row.name for row in rows if row.standing == "published"} == {
        result.name for result in published.RESULTS
    }
    for row in rows:
        assert row.low < row.errors < row.high


# --- Training -------------------------------------------------------------------------------------


def test_runs_are_laid_over_each_other():
    test = opened("Training")
    before = len(charts(test)[0]["data"])
    test.multiselect(key="overlaid").set_value(["lenet5", "pocket"]).run()
    assert not test.exception
    loss = charts(test)[0]
    assert len(loss["data"]) == 3 * before
    names = [trace["name"] for trace in loss["data"]]
    assert "LeNet-5, validation" in names and "Inkling, kept" in names
    kept = next(trace for trace in loss["data"] if trace["name"] == "LeNet-5, kept")
    assert _numbers(kept["x"]) == [files.load_report("lenet5").timing.best_epoch]


def _numbers(values) -> list[float]:
    """Plotly's JSON packs longer lists."""
    if isinstance(values, dict):
        import base64

        return np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"]).tolist()
    return list(values)


# --- Confusion ------------------------------------------------------------------------------------


def test_a_cell_by_hand_opens_its_images():
    report = files.load_report("lenet5")
    true, read = max(
        ((i, j) for i in range(10) for j in range(10) if i != j),
        key=lambda cell: report.confusion[cell[0]][cell[1]],
    )
    test = opened("Confusion", "lenet5")
    test.selectbox(key="cell-true").set_value(true).run()
    test.selectbox(key="cell-read").set_value(read).run()
    (shown,) = component(test, "gallery")
    wrong = {image.index for image in report.wrong if (image.true, image.predicted) == (true, read)}
    assert {tile["number"] for tile in shown["tiles"]} == wrong
    assert len(wrong) == report.confusion[true][read]
    # The one that is chosen is looked at closely.
    number = min(wrong)
    test.session_state["cell-gallery-number"] = number
    test.run()
    assert not test.exception
    assert f"Test digit {number:,}" in texts(test)
    stored = next(image for image in report.wrong if image.index == number)
    bars = charts(test)[-1]["data"][0]
    assert _numbers(bars["y"]) == pytest.approx([100 * p for p in stored.probabilities])


def test_a_full_cell_shows_some_and_then_all():
    report = files.load_report("digits")
    test = opened("Confusion")
    test.selectbox(key="cell-true").set_value(1).run()
    test.selectbox(key="cell-read").set_value(1).run()
    assert len(component(test, "gallery")[0]["tiles"]) == tables.GALLERY
    test.toggle(key="cell-all").set_value(True).run()
    assert len(component(test, "gallery")[0]["tiles"]) == report.confusion[1][1]


@pytest.mark.parametrize("share", ["Counts", "% of the digit", "% of the answer"])
def test_cells_are_counts_or_parts(share: str):
    test = opened("Confusion", "lenet5")
    test.get("segmented_control")[0].set_value(share).run()
    assert not test.exception
    matrix = np.array(files.load_report("lenet5").confusion)
    written = charts(test)[0]["data"][2]["text"]
    cells = np.array([float(text or 0) for text in written]).reshape(10, 10)
    if share == "Counts":
        assert (cells == matrix).all()
    else:
        axis = 1 if share == "% of the digit" else 0
        expected = 100 * matrix / matrix.sum(axis=axis, keepdims=True)
        assert np.abs(cells - expected).max() <= 0.06


def test_two_models_are_compared_cell_by_cell():
    test = opened("Confusion")
    test.selectbox(key="cell-other").set_value("lenet5").run()
    assert not test.exception
    ours, theirs = (
        comparison.predictions_of(files.load_report(name)) for name in ("digits", "lenet5")
    )
    found = comparison.mcnemar(ours.correct, theirs.correct)
    assert f"right about {found.only_a_right:,}" in texts(test)
    test.selectbox(key="cell-true").set_value(9).run()
    test.selectbox(key="cell-read").set_value(4).run()
    shown = [{tile["number"] for tile in one["tiles"]} for one in component(test, "gallery")]
    mine, other = ({*found.cell(9, 4).tolist()} for found in (ours, theirs))
    assert shown == [one for one in (mine - other, other - mine) if one]


def test_percentages_never_hide_an_error():
    figure = confusion.confusion([[9999, 1], [0, 5]], ["0", "1"], "row")
    assert figure.data[2].text[0] == "99.9"
    assert figure.data[2].text[3] == "100.0"


# --- Errors ---------------------------------------------------------------------------------------


def test_wrong_images_are_ordered_filtered_and_marked():
    report = files.load_report("digits")
    test = opened("Errors")
    (shown,) = component(test, "gallery")
    assert len(shown["tiles"]) == min(len(report.wrong), tables.GALLERY)
    flagged = {tile["number"] for tile in shown["tiles"] if tile["flag"]}
    assert flagged == {image.index for image in report.wrong} & set(published.LABEL_ERRORS)
    digit = report.wrong[0].true
    test.selectbox(key="wrong-true").set_value(digit).run()
    test.selectbox(key="wrong-order").select("Least confident first").run()
    (shown,) = component(test, "gallery")
    chosen = sorted(
        (image for image in report.wrong if image.true == digit),
        key=lambda image: max(image.probabilities),
    )
    assert [tile["number"] for tile in shown["tiles"]] == [image.index for image in chosen]
    read = chosen[0].predicted
    test.selectbox(key="wrong-read").set_value(read).run()
    (shown,) = component(test, "gallery")
    assert len(shown["tiles"]) == sum(image.predicted == read for image in chosen)


def test_labels_in_doubt_name_their_source():
    test = opened("Errors")
    test.toggle(key="wrong-doubted").set_value(True).run()
    (shown,) = component(test, "gallery")
    assert shown["tiles"] and all(tile["flag"] for tile in shown["tiles"])
    number = shown["tiles"][0]["number"]
    test.session_state["wrong-gallery-number"] = number
    test.run()
    votes = published.LABEL_ERRORS[number].votes
    assert f"Of five people, {votes[0]} took it for" in test.warning[0].value
    assert "labelerrors.com" in test.warning[0].value


def test_orders_of_the_wrong_images():
    wrong = files.load_report("digits").wrong
    first = tables.ordered(wrong, "Most confident first")
    assert max(first[0].probabilities) == max(max(image.probabilities) for image in wrong)
    plain = tables.ordered(wrong, "In the set's order")
    assert [image.index for image in plain] == sorted(image.index for image in wrong)


# --- Calibration ----------------------------------------------------------------------------------


@pytest.mark.parametrize("part", [98.0, 90.0, 100.0])
def test_the_threshold_says_what_it_costs(part: float):
    test = opened("Calibration")
    test.slider(key="coverage").set_value(part).run()
    assert not test.exception
    found = comparison.predictions_of(files.load_report("digits"))
    order = np.argsort(-found.confidence)[: round(100 * part)]
    wrong = int((~found.correct[order]).sum())
    shown = {metric.label: metric.value for metric in test.metric}
    assert shown["Wrong"] == (f"1 in {round(len(order) / wrong):,}" if wrong else "none")
    assert f"({wrong:,} errors" in texts(test)


def test_what_is_no_digit_can_be_added_to_the_confidences():
    test = opened("Calibration")
    kinds = [row.kind for row in load_robustness("digits").histograms][2:]
    assert len(charts(test)[-1]["data"]) == 2
    test.session_state["strange-kinds"] = kinds[:2]
    test.run()
    assert not test.exception
    names = [trace["name"] for trace in charts(test)[-1]["data"]]
    assert names == ["right", "wrong", *kinds[:2]]


# --- Robustness, embedding, inside ----------------------------------------------------------------


def test_every_corruption_and_sweep_can_be_seen():
    test = opened("Robustness")
    depth = load_robustness("digits")
    for name in dict.fromkeys(row.corruption for row in depth.corruptions):
        test.selectbox(key="corruption").set_value(name).run()
        assert not test.exception, name
    for sweep in depth.sweeps:
        test.session_state["sweep-kind"] = sweep.kind
        test.run()
        assert not test.exception, sweep.kind
        assert charts(test)[-1]["layout"]["xaxis"]["title"]["text"] == sweep.unit


def test_a_model_that_was_not_measured_in_depth_says_how(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    shutil.copytree(model_folder() / "lenet5", tmp_path / "lenet5")
    (tmp_path / "lenet5" / ROBUSTNESS_FILE).unlink()
    monkeypatch.setenv("INKLING_MODEL", str(tmp_path))
    for view in ("Robustness", "Embedding"):
        assert "train_model.py --depth lenet5" in texts(opened(view, "lenet5"))


@pytest.mark.parametrize("view", ["2-D", "3-D"])
def test_the_embedding_holds_every_digit_once(view: str):
    test = opened("Embedding")
    test.session_state["embedding-view"] = view
    test.run()
    assert not test.exception
    embedding = load_robustness("digits").embedding
    (figure,) = charts(test)
    points = [number for trace in figure["data"] for number in _numbers(trace["customdata"])]
    assert sorted(points) == list(range(len(embedding.index)))
    (lens,) = component(test, "lens")
    assert lens["columns"] * lens["rows"] >= len(points)


def test_inside_shows_every_layer_of_every_digit():
    test = opened("Inside", "lenet5")
    for digit in ("0", "7"):
        test.session_state["inside-of-10"] = digit
        test.run()
        assert not test.exception
    (picture,) = (html.value for html in test.html if "c5" in html.value)
    for name, shape, weights in (("c1", "28 × 28 × 6", "156"), ("c5", "1 × 1 × 120", "48,120")):
        assert name in picture and shape in picture and f"{weights} weights" in picture
    assert "61,706 weights and biases" in texts(test)


def test_the_weights_of_a_network_without_norms_add_up():
    from inkling.explain import layers as explain_layers
    from inkling.recognition import classifier

    for name in ("lenet5", "keras-io"):
        found = classifier.load(name)
        layers = explain_layers.of(found).layers(np.zeros((28, 28), np.uint8))
        blocks = explain_layers.blocks(layers)
        assert sum(block.weights for block in blocks) == found.report.parameters
        assert network_html(blocks).count('role="listitem"') == len(blocks) + 1


# --- Trade-offs and photos ------------------------------------------------------------------------


@pytest.mark.parametrize("axis", tables.COSTS)
def test_the_front_is_that_of_the_reports(axis: str):
    test = opened("Trade-offs")
    test.session_state["cost"] = axis
    test.run()
    assert not test.exception
    points = tables.costs(resources.readable_reports(), axis)
    kinds = {point.kind for point in points}
    assert kinds == ({"float32", "int8"} if axis in ("Size", "Latency") else {"float32"})
    digits = files.load_report("digits")
    ours = next(point for point in points if (point.name, point.kind) == ("Inkling", "float32"))
    assert ours.errors == digits.split("test").errors


PHOTOS = {
    "created": "2026-11-21",
    "command": "python benchmarks/accuracy/photos.py",
    "machine": "two cores",
    "sets": [
        {
            "name": "strips",
            "n": 2,
            "unit": "strip",
            "readers": [
                {"name": "A", "version": "1", "right": 1, "lines": 2, "low": 0.1, "high": 0.9},
                {"name": "B", "version": "2", "right": 0, "lines": 0, "low": 0.0, "high": 1.0},
            ],
        }
    ],
}


def test_photo_results_are_shown_where_there_are_any(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    file = tmp_path / "photos.json"
    monkeypatch.setattr(photos, "PHOTOS_FILE", file)
    assert "not measured yet" in texts(opened("Photos"))
    file.write_text(json.dumps(PHOTOS))
    test = opened("Photos")
    assert not test.info
    assert PHOTOS["command"] in [code.value for code in test.code]
    assert "two cores" in texts(test)
    file.write_text('{"created": 3}')
    assert "damaged" in texts(opened("Photos"))


# --- Train here -----------------------------------------------------------------------------------


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A folder of runs in which nothing ever begins."""
    monkeypatch.setenv("INKLING_RUNS", str(tmp_path))
    monkeypatch.setattr(jobs.Queue, "ensure_worker", lambda queue: None)
    yield tmp_path


def test_what_is_wished_is_what_is_queued(idle: Path):
    test = opened("Train here")
    test.selectbox(key="train-network").set_value("keras-io")
    test.selectbox(key="train-augmentation").set_value("none")
    test.select_slider(key="train-limit").set_value(600)
    test.select_slider(key="train-rate").set_value(5e-3)
    test.slider(key="train-epochs").set_value(7)
    test.button(key="train-start").click().run()
    assert not test.exception
    (look,) = jobs.Queue(idle).statuses()
    assert look.request == jobs.TrainingRequest("keras-io", 600, 7, 5e-3, "none")
    assert "waits for its turn" in texts(test)
    test.button(key=f"take-out-{look.name}").click().run()
    assert "Nothing was trained here yet" in texts(test)


def test_a_training_is_watched(idle: Path):
    queue = jobs.Queue(idle)
    name = queue.add(jobs.TrainingRequest())
    folder = idle / name
    moment = jobs.Progress(
        "training", 1, 2, 5, 10, [(0.1, 2.0, 0.2), (0.5, 1.0, 0.6)], [[8, 2], [1, 9]]
    )
    write_atomically(folder / records.PROGRESS_FILE, msgspec.json.encode(moment))
    (folder / records.HEARTBEAT_FILE).touch()
    test = opened("Train here")
    assert "Of 20 digits held back, it reads **17** right" in texts(test)
    assert len(charts(test)) == 3
    test.button(key=f"stop-{name}").click().run()
    assert (folder / records.STOP_FILE).exists()
    assert "measured and kept" in texts(test)


def test_a_failed_training_says_why_and_can_be_tried_again(idle: Path):
    name = jobs.Queue(idle).add(jobs.TrainingRequest())
    order = jobs.JobRecord(
        jobs.TrainingRequest(), "2026-01-01T00:00:00+00:00", True, "the disk is full"
    )
    write_atomically(idle / name / records.RECORD_FILE, msgspec.json.encode(order))
    test = opened("Train here")
    assert "the disk is full" in test.error[0].value
    test.button(key=f"go-on-{name}").click().run()
    assert jobs.Queue(idle).status(name).state == "queued"


def test_what_was_trained_here_is_in_the_pickers_until_it_is_deleted(idle: Path):
    name = jobs.Queue(idle).add(jobs.TrainingRequest())
    for file in ("report.json", "model.tflite"):
        shutil.copy(model_folder() / "lenet5" / file, idle / name / file)
    test = opened("Train here")
    assert name in test.selectbox(key="model").options or any(
        resources.model_title(name) == option for option in test.selectbox(key="model").options
    )
    test.button(key=f"look-{name}").click().run()
    assert not test.exception
    assert test.selectbox(key="model").value == name
    test.session_state["view"] = "Train here"
    test.run()
    test.button(key=f"remove-{name}").click().run()
    assert not test.exception
    assert test.selectbox(key="model").value == "digits"
    assert not (idle / name).exists()


def test_where_nothing_can_be_trained_the_page_says_so(idle: Path, monkeypatch):
    monkeypatch.setenv("INKLING_TRAINING", "off")
    test = opened("Train here")
    assert "Nothing can be trained here" in texts(test)
    assert not [button for button in test.button if button.key == "train-start"]


def test_the_choices_are_those_of_the_training():
    from inkling.training.augment.config import BY_NAME
    from inkling.training.settings import Settings
    from inkling.ui.insights import train_here

    assert set(train_here.AUGMENTATIONS) <= set(BY_NAME)
    wish = jobs.TrainingRequest(limit=600)
    options = wish.arguments("run-x", Path("runs"))
    fields = {f"--{name.replace('_', '-')}" for name in Settings().as_dict()}
    known = fields | {"--output", "--lean", "--live"}
    assert {option for option in options if option.startswith("--")} <= known


# --- bad reports ----------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"{", b'{"schema": 99}', b'{"schema": 1}', b"\xff\xfe"])
def test_a_damaged_report_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes
):
    shutil.copytree(model_folder() / "lenet5", tmp_path / "lenet5")
    (tmp_path / "lenet5" / REPORT_FILE).write_bytes(content)
    monkeypatch.setenv("INKLING_MODEL", str(tmp_path))
    test = opened()
    assert "lenet5" in test.error[0].value
    assert not test.metric


@pytest.mark.parametrize("view", VIEWS)
def test_an_old_report_is_shown_as_far_as_it_goes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, view: str
):
    """What later versions added is missing from it."""
    folder = tmp_path / "lenet5"
    shutil.copytree(model_folder() / "lenet5", folder)
    stored = json.loads((folder / REPORT_FILE).read_bytes())
    for key in ("others", "rejections", "variants", "separation", "int8", "answers"):
        stored.pop(key, None)
    stored["calibration"].pop("reliability")
    (folder / REPORT_FILE).write_text(json.dumps(stored))
    monkeypatch.setenv("INKLING_MODEL", str(tmp_path))
    opened(view, "lenet5")


def test_no_model_at_all_says_how_to_make_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("INKLING_MODEL", str(tmp_path))
    assert "train_model.py" in opened().info[0].value


# --- what is taken away ---------------------------------------------------------------------------


def test_data_are_csv():
    rows = [{"model": "A", "errors": 3}, {"model": 'B, "b"', "errors": 4}]
    text = chart.as_csv(rows).decode("utf-8-sig")
    assert list(csv.DictReader(io.StringIO(text))) == [
        {"model": "A", "errors": "3"},
        {"model": 'B, "b"', "errors": "4"},
    ]
    assert chart.as_csv([]) == b"\xef\xbb\xbf"


def test_every_chart_comes_with_its_data():
    for view in VIEWS[:9]:
        test = opened(view)
        keys = {element.proto.id for element in test.get("download_button")}
        assert len(keys) >= len(test.get("plotly_chart")), view


def test_the_axis_is_linear_until_one_is_far_off():
    def row(errors: float) -> leaderboard.Errors:
        return leaderboard.Errors(f"m{errors}", errors, errors - 1, errors + 1, "ours")

    near, far = [row(10), row(100)], [row(10), row(2000)]
    assert ">0</div>" in leaderboard.to_html(near) and "logarithmic" not in leaderboard.to_html(
        near
    )
    assert "logarithmic" in leaderboard.to_html(far)
    assert "left:49.17%" in leaderboard.to_html([row(60), row(120.0 - 1)])
