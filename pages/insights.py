"""Insights: how good each model is, and where it fails."""

import streamlit as st

from inkling.ui import figures, insight, resources, words
from inkling.ui.door import enter_by_app


def headline(report) -> None:
    """The figures that matter first."""
    test = report.split("test")
    count = insight.model_bytes(report)
    with st.grid(4, min_column_width=150):
        if test:
            st.metric("Test accuracy", words.percent(test.accuracy.value, 2), border=True)
            st.metric(f"Errors in {test.n:,}", f"{test.errors:,}", border=True)
        st.metric("Parameters", f"{report.parameters:,}", border=True)
        st.metric("One digit takes", insight.milliseconds(report.timing.latency_ms), border=True)
    if test:
        st.markdown(
            f"With 95 % confidence the accuracy on new digits of this kind is between "
            f"**{insight.interval(test.accuracy).replace(' to ', '** and **')}**."
        )
    st.caption(insight.facts(report))
    if count is not None:
        st.caption(f"Its file has {insight.size(count)}. Made with:")
    st.code(report.command, language="bash", wrap_lines=True)


def results(report) -> None:
    """Every set it was measured on."""
    st.dataframe(
        insight.split_rows(report),
        hide_index=True,
        alt="Accuracy on every data set, with 95 % interval, errors and loss",
    )
    if report.others:
        st.plotly_chart(
            figures.accuracies(
                [result.dataset for result in report.others],
                [result.accuracy for result in report.others],
            ),
            config=figures.CONFIG,
            alt="Accuracy on other people's handwriting, with 95 % intervals",
        )
    if report.rejections:
        st.subheader("What is no digit", anchor=False)
        st.dataframe(
            insight.rejection_rows(report),
            hide_index=True,
            alt="How many letters, signs, scribbles and the like were taken for a digit",
        )
        st.caption(
            "None of these should be taken for a digit. What is taken for one is mostly unsure, "
            "and marked so when a drawing or a photo is read."
        )
    for line in insight.attributions(report):
        st.caption(line)


def curves(report) -> None:
    """Loss and accuracy by epoch."""
    left, right = st.columns(2, gap="medium")
    for column, what in ((left, "loss"), (right, "accuracy")):
        column.plotly_chart(
            figures.learning_curves(report.history, report.timing.best_epoch, what),
            config=figures.CONFIG,
            key=f"{what}-{report.name}",
            alt=f"Training and validation {what} by epoch",
        )
    st.caption(
        "The solid line is what the network learns from, the dashed one digits held back from it. "
        "The dotted line marks the epoch whose weights were kept." + insight.loss_note(report)
    )


def confusion(report) -> None:
    """Which digit was taken for which."""
    sentence = insight.common_confusions(report)
    st.caption(
        f"Each row is a digit, each column what it was read as. Blue was right, orange wrong. "
        f"{sentence}"
    )
    with st.container(horizontal_alignment="center"), st.container(width=620):
        st.plotly_chart(
            figures.confusion(report.confusion, report.labels),
            config=figures.CONFIG,
            key=f"confusion-{report.name}",
            alt=f"Confusion matrix of the test set. {sentence}",
        )


def labels(report) -> None:
    """Precision, recall and F1 of each digit."""
    share = st.column_config.NumberColumn(format="%.2f %%")
    st.dataframe(
        insight.label_rows(report),
        hide_index=True,
        height="content",
        alt="Precision, recall and F1 of each digit on the test set",
        column_config={"Precision": share, "Recall": share, "F1": share},
    )
    st.caption(
        "Precision: of what was read as this digit, how much was. Recall: of this digit, how much "
        "was read as it. F1: their harmonic mean."
    )


def errors(report) -> None:
    """The wrong images themselves."""
    if not report.wrong:
        st.success("Not one wrong image.", icon=":material/check:")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        order = st.selectbox("Order", insight.ORDERS, key="wrong-order", width=230)
        true = st.selectbox(
            "True digit",
            range(len(report.labels)),
            index=None,
            placeholder="All",
            format_func=lambda place: report.labels[place],
            key="wrong-true",
            width=130,
        )
    images = insight.ordered(report.wrong, order, true)
    everything = len(images) <= insight.GALLERY or st.toggle(f"Show all {len(images)}")
    shown = images if everything else images[: insight.GALLERY]
    st.caption(
        f"{words.plural(len(shown), 'image')} of {len(report.wrong):,}: what it is → what it was "
        "read as, and with which confidence."
    )
    with st.grid("auto", min_column_width=92, gap="small"):
        for picture, caption, text in insight.gallery(shown, report.labels):
            st.image(picture, caption=caption, alt=text, width="stretch")


def comparison(reports: list) -> None:
    """All models side by side."""
    st.header("All models", anchor=False)
    tested = [(report, report.split("test")) for report in reports if report.split("test")]
    st.plotly_chart(
        figures.accuracies(
            [resources.model_title(report.name) for report, _ in tested],
            [test.accuracy for _, test in tested],
        ),
        config=figures.CONFIG,
        alt="Test accuracy of every model, with 95 % intervals",
    )
    st.dataframe(
        insight.model_rows(reports),
        hide_index=True,
        alt="All models: accuracy, errors, parameters, size and latency",
        column_config={"Parameters": st.column_config.NumberColumn(format="localized")},
    )


VIEWS = {
    "Training": curves,
    "Confusion": confusion,
    "Digits": labels,
    "Wrong images": errors,
    "Data sets": results,
}

enter_by_app()
st.title("Insights")
names = resources.model_names()
if not names:
    st.info(
        "There is no trained model yet. Make one with `python train_model.py --preset quick`.",
        icon=":material/model_training:",
    )
    st.stop()
name = st.segmented_control(
    "Model",
    names,
    default=names[0],
    required=True,
    format_func=resources.model_title,
    key="model",
    bind="query-params",
    label_visibility="collapsed",
)
report = resources.report_or_sentence(name or names[0])
if report is not None:
    headline(report)
    tabs = st.tabs(list(VIEWS), on_change="rerun", key="view")
    for tab, show in zip(tabs, VIEWS.values(), strict=True):
        if tab.open:
            with tab:
                show(report)
if len(names) > 1:
    comparison(resources.readable_reports())
