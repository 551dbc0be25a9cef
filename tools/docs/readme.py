"""Write the README's table of figures from stored reports and results.

    python tools/docs/readme.py            # rewrites the table
    python tools/docs/readme.py --check    # fails when it is out of date

Its five rows are about the model that the app uses. The rest is in docs/results.md.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from inkling.paths import ROOT
from inkling.reports.files import ReportError, load_report
from inkling.reports.schema import Report, SplitResult
from inkling.reports.statistics import wilson
from tools.docs import generated
from tools.docs.generated import share

PAGE = ROOT / "README.md"
SCRIPT = "tools/docs/readme.py"
MODEL = "digits"
# The kinds of negatives that people draw.
REJECTED = ("letters", "scribbles")


def _result(name: str, results: list[SplitResult]) -> SplitResult:
    """One data set's result.

    Raises:
        ReportError: the model was not measured on it.
    """
    found = next((result for result in results if result.dataset == name), None)
    if found is None:
        raise ReportError(f"“{MODEL}” was not measured on {name}")
    return found


def _accuracy(result: SplitResult) -> str:
    accuracy = result.accuracy
    return share(accuracy.value, accuracy.low, accuracy.high, 2)


def _rejected(report: Report) -> tuple[int, str]:
    """The number of negatives of the kinds `REJECTED`, and the share that is rejected."""
    rows = [row for row in report.rejections if row.kind in REJECTED]
    n = sum(row.n for row in rows)
    found = wilson(n - sum(row.accepted for row in rows), n)
    return n, share(found.value, found.low, found.high)


def _cheques() -> tuple[int, str]:
    """The number of cheque amounts, and the share that each reader gets right."""
    cheques = next(each for each in generated.result("photos")["sets"] if each["name"] == "cheques")
    readers = {reader["name"]: reader for reader in cheques["readers"]}
    ours, rival = (
        share(reader["right"] / reader["lines"], reader["low"], reader["high"])
        for reader in (readers["Inkling"], readers["RapidOCR"])
    )
    return cheques["n"], f"{ours}; RapidOCR {rival}"


def figures() -> str:
    """The table: what was measured, on how many pictures, the result, and if it was tuned on."""
    report = load_report(MODEL)
    test = report.split("test")
    if test is None:
        raise ReportError(f"“{MODEL}” was not tested")
    unipen = _result("unipen", report.others)
    negatives, rejected = _rejected(report)
    cheques, amounts = _cheques()
    live = generated.result("live")["litert"]
    bars, answer = live["move_to_bars"], live["pen_up_to_answer"]
    rows = [
        ("MNIST test digits read right", f"{test.n:,}", _accuracy(test), "no"),
        ("Digits of unseen writers (UNIPEN)", f"{unipen.n:,}", _accuracy(unipen), "no"),
        ("Letters and scribbles rejected", f"{negatives:,}", rejected, "no"),
        ("Whole cheque amounts read right", f"{cheques:,}", amounts, "yes"),
        (
            "Time from pen to answer (browser; server)",
            f"{bars['n']:,}; {answer['n']:,}",
            f"**{bars['median_ms']:.0f} ms**; {answer['median_ms']:.0f} ms",
            "–",
        ),
    ]
    return generated.table(["what", "n", "result (95 % interval)", "tuned on this set"], rows)


TABLES = {"figures": figures}


if __name__ == "__main__":
    sys.exit(generated.write(PAGE, SCRIPT, TABLES))
