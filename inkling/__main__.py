"""`python -m inkling`: see `inkling.cli`."""

from inkling.cli import main

if __name__ == "__main__":
    main()
