"""Write model/SHA256SUMS anew, after files under model/ were added, removed or changed by hand.

    python tools/checksums.py

Trainings and `fit_reader` keep the list up to date themselves. `python -m inkling models --verify`
checks it.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from inkling.paths import model_folder
from inkling.reports import checksums


def main() -> None:
    folder = model_folder()
    print(f"{folder / checksums.SUMS_FILE}: {checksums.write(folder)} files")


if __name__ == "__main__":
    main()
