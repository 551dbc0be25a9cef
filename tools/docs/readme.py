"""Write the README's table of figures from the reports under model/.

    python tools/docs/readme.py            # rewrites the table
    python tools/docs/readme.py --check    # fails when it is not current

No figure in that table is typed by hand: all come from `model/<name>/report.json`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from inkling.reports import files  # noqa: E402
from inkling.reports.schema import Report, SplitResult  # noqa: E402
from inkling.training.data import datasets  # noqa: E402

BEGIN = "<!-- figures: python tools/docs/readme.py -->"
END = "<!-- end of figures -->"
# The rest is in docs/models.md.
SHOWN = ("digits", "pocket", "lenet5")


def percent(result: SplitResult) -> str:
    """Accuracy with its 95 % interval and the count behind it."""
    accuracy = result.accuracy
    return (
        f"**{100 * accuracy.value:.2f} %** ({100 * accuracy.low:.2f} to "
        f"{100 * accuracy.high:.2f}), {result.errors:,} of {result.n:,} wrong"
    )


def table(found: list[Report]) -> str:
    """The table, a column a model."""
    names = " | ".join(f"`{report.name}`" for report in found)
    lines = [f"| measured on | {names} |", "| --- |" + " --- |" * len(found)]
    main = {report.name: report.split("test") for report in found}
    results = {
        report.name: {result.dataset: result for result in report.others} for report in found
    }
    sets = sorted({name for row in results.values() for name in row})
    rows = [("MNIST, test", {name: percent(result) for name, result in main.items() if result})]
    for dataset in sets:
        cells = {name: percent(row[dataset]) for name, row in results.items() if dataset in row}
        rows.append((f"{datasets.get(dataset).title}, kept aside", cells))
    for kind in dict.fromkeys(row.dataset for report in found for row in report.variants):
        cells = {
            report.name: percent(row)
            for report in found
            for row in report.variants
            if row.dataset == kind
        }
        rows.append((f"{kind}: MNIST test digits with that stroke added", cells))
    for kind in dict.fromkeys(row.kind for report in found for row in report.rejections):
        cells = {
            report.name: f"{row.accepted:,} of {row.n:,}, {row.sure:,} of them sure"
            for report in found
            for row in report.rejections
            if row.kind == kind
        }
        rows.append((f"{kind} taken for a digit", cells))
    apart = {r.name: f"{r.separation.auroc:.4f}" for r in found if r.separation}
    rows.append(("digits against all of those, area under the ROC curve", apart))
    sure = {report.name: f"{report.calibration.ece:.4f}" for report in found}
    rows.append(("calibration error (ECE), MNIST test", sure))
    rows.append(("weights", {report.name: f"{report.parameters:,}" for report in found}))
    madds = {report.name: f"{report.multiply_adds / 1e6:.1f} million" for report in found}
    rows.append(("multiply-adds a glyph", madds))
    sizes = {report.name: f"{report.files['model.tflite'].bytes / 1e6:.2f} MB" for report in found}
    rows.append(("size of model.tflite", sizes))
    trained = {report.name: ", ".join(use.name for use in report.datasets) for report in found}
    rows.append(("trained on", trained))
    rows.append(("seed", {report.name: str(report.seed) for report in found}))
    rows.append(("made by", {report.name: f"`{report.command}`" for report in found}))
    for title, cells in rows:
        lines.append(f"| {title} | " + " | ".join(cells.get(r.name, "") for r in found) + " |")
    return "\n".join(lines)


def rewritten(text: str) -> str:
    """The README with its table made anew."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    found = [files.load_report(name) for name in SHOWN if name in files.model_names()]
    return f"{before}{BEGIN}\n{table(found)}\n{END}{after}"


def rewrite(page: Path, rewritten: Callable[[str], str]) -> int:
    """Make a page's tables anew; with `--check` only say, by exit status, whether it is current."""
    text = page.read_text(encoding="utf-8")
    current = rewritten(text)
    if "--check" in sys.argv[1:]:
        return int(text != current)
    page.write_text(current, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(rewrite(ROOT / "README.md", rewritten))
