"""Run the command line: `python -m inkling`."""

from __future__ import annotations

from inkling.cli.main import main

if __name__ == "__main__":
    main()
