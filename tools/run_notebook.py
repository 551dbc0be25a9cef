"""Run the notebook and store its outputs, without traces of the machine it ran on.

python tools/run_notebook.py            # trains networks: some minutes on two cores
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from inkling.paths import ROOT

NOTEBOOK = ROOT / "notebooks" / "handwritten_digit_recognition.ipynb"


def run(path: Path = NOTEBOOK) -> nbformat.NotebookNode:
    """Run a notebook and return it with its new outputs; the file is not changed.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell fails.
    """
    book = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(path.parent)}}
    # Set here, because importing Streamlit leaves another backend in the environment.
    environment = {**os.environ, "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    # Times of execution are not recorded, because they would make every run differ.
    client = NotebookClient(book, timeout=None, record_timing=False, resources=resources)
    client.execute(env=environment)
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.outputs = _clean(cell.outputs)
    book.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return book


def _clean(outputs: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """Drop stderr, where libraries name this machine, and join the text that it interrupted."""
    kept: list[nbformat.NotebookNode] = []
    for output in outputs:
        if output.output_type == "stream":
            if output.name == "stderr":
                continue
            if kept and kept[-1].output_type == "stream":
                kept[-1].text += output.text
                continue
        kept.append(output)
    return kept


def main() -> int:
    nbformat.write(run(), NOTEBOOK)
    return 0


if __name__ == "__main__":
    sys.exit(main())
