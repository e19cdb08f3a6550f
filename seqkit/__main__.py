"""`python -m seqkit` is the same as `seqkit`."""

from seqkit.cli import main

if __name__ == "__main__":
    main()
