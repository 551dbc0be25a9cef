"""`python -m inkling evaluate`: a model's accuracy on labelled digits."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import typer

from inkling.cli.inputs import Network, load_dataset, load_model
from inkling.cli.output import SummaryFormat, as_json, print_result
from inkling.cli.progress import print_message
from inkling.reports.statistics import measure


def evaluate(
    dataset: Annotated[
        str,
        typer.Argument(
            help="The name of a data set (its test split is used), or an .npz file with "
            "x: uint8 (n, 28, 28), 0 paper and 255 pen, and y: n labels.",
            show_default=False,
        ),
    ],
    network: Network = "digits",
    format: Annotated[SummaryFormat, typer.Option("--format", "-f")] = SummaryFormat.TEXT,
) -> None:
    """Measure a model on labelled digits: accuracy with its 95 % interval, log loss, recall."""
    model = load_model(network)
    x, y = load_dataset(dataset, len(model.labels))
    print_message(f"{len(x)} images of {dataset}, model {network} …")
    probabilities = model.probabilities(x).astype(np.float64)
    result = measure(probabilities, y, model.labels)
    summary = {"dataset": dataset, "network": network, **result}
    if format is SummaryFormat.JSON:
        print_result(as_json(summary))
    else:
        _print_text(summary)


def _print_text(summary: dict[str, Any]) -> None:
    accuracy = summary["accuracy"]
    print_result(
        f"{summary['network']} on {summary['dataset']}: {summary['n']} images, "
        f"{summary['errors']} wrong"
    )
    print_result(
        f"accuracy  {accuracy['value']:.2%}  (95 % interval {accuracy['low']:.2%} to "
        f"{accuracy['high']:.2%})"
    )
    print_result(f"log loss  {summary['log_loss']:.4f}")
    for row in summary["per_label"]:
        if row["n"]:
            print_result(f"  {row['label']}  recall {row['recall']:.2%}  of {row['n']}")
