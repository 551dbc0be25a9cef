"""Run the notebook and keep what it shows, without a trace of the machine it ran on.

python tools/run_notebook.py            # trains for real: some minutes on two cores
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOK = ROOT / "notebooks" / "handwritten_digit_recognition.ipynb"


def run(path: Path = NOTEBOOK) -> nbformat.NotebookNode:
    """The notebook with the outputs of a fresh run; nothing is written.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell fails.
    """
    book = nbformat.read(path, as_version=4)
    # Times of day would make every run differ.
    where = {"metadata": {"path": str(path.parent)}}
    # Named, for importing Streamlit leaves another one in the environment.
    environment = {**os.environ, "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    client = NotebookClient(book, timeout=None, record_timing=False, resources=where)
    client.execute(env=environment)
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.outputs = _tidied(cell.outputs)
    book.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return book


def _tidied(outputs: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """Without what libraries told stderr about this machine; text that it parted joined again."""
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
