"""Errors for mistakes of the user, with their exit codes.

The command line shows them as one message without a traceback: what is wrong, where, and how to fix it. Any other
exception is a bug and keeps its traceback.
"""

import difflib
from collections.abc import Iterable
from typing import Any

UNREADABLE = "Make it readable, or name another."
"""Remedy for a file that cannot be read."""


class SeqkitError(Exception):
    """A failure that is not a bug, such as a full disk or a diverged training."""

    exit_code = 1


class UnwritableError(SeqkitError):
    """A file or folder cannot be written: the disk is full or broken, or permission is missing."""


class UsageError(SeqkitError):
    """An option or argument is invalid."""

    exit_code = 2


class MissingExtraError(SeqkitError):
    """An optional library is not installed; the message gives the `pip install` command."""

    exit_code = 3


class NotFoundError(SeqkitError):
    """A recipe, dataset, file or run does not exist."""

    exit_code = 4


class DataError(SeqkitError):
    """The data or a run directory is invalid."""

    exit_code = 5


class DivergedTraining(SeqkitError):
    """Loss, gradients or weights of a training became NaN or infinite; the model has the weights of its best epoch."""

    best_epoch = 0
    """Best epoch, from 1; 0 if none is complete."""


class InterruptedTraining(SeqkitError):
    """A training was interrupted and can be resumed."""

    exit_code = 130  # 128 + SIGINT, the convention of shells
    run: Any = None
    """The `seqkit.runs.run.Run`, with the scores of the best epoch so far; None if no epoch is complete."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Returns the end of a message about an unknown `name`: the most similar known names, or all of them."""
    names = sorted(known)
    lower = [n.lower() for n in names]
    # Suggest less similar names only if there is no very similar one.
    close = difflib.get_close_matches(name.lower(), lower, n=3, cutoff=0.8)
    close = close or difflib.get_close_matches(name.lower(), lower, n=3, cutoff=0.5)
    if close:
        originals = [n for c in close for n in names if n.lower() == c]
        return "Did you mean " + " or ".join(f"'{n}'" for n in dict.fromkeys(originals)) + "?"
    if not names:
        return "There are none."
    return "Known: " + ", ".join(names) + "."


def listed(names: Iterable[str], most: int = 12) -> str:
    """Returns a list of names for a message: quoted, and at most `most` of them, with the number of the others."""
    quoted = [f"'{name}'" for name in names]
    rest = f" and {len(quoted) - most} more" if len(quoted) > most else ""
    return ", ".join(quoted[:most]) + rest
