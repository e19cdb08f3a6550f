"""The program: `python -m seqkit` is the same as `seqkit`."""

import atexit
import os
import sys

import seqkit.stopwatch  # noqa: F401 - first of all: from then on time is counted

ENDED: list[int] = []
"""The exit code, once the command has ended as it should."""


def run() -> None:
    """Runs the command line, and ends the process without taking it to pieces: with TensorFlow that takes a second."""
    atexit.register(_leave)  # The first to be registered is the last to be called.

    from seqkit.cli import main

    try:
        main()
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            ENDED.append(end.code or 0)
        raise


def _leave() -> None:
    """Ends the process at once; after what nobody caught, or where output cannot be written, Python ends it."""
    if not ENDED:
        return
    try:
        for stream in filter(None, (sys.stdout, sys.stderr)):
            stream.flush()
    except (OSError, ValueError):
        return
    os._exit(ENDED[0])


if __name__ == "__main__":
    run()
