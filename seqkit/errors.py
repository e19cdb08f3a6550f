"""The mistakes a user can make, each with its exit code.

Whatever is raised from here is shown as one message without a traceback: what is wrong, where, and how to mend it.
Anything else that is raised is a bug and keeps its traceback.
"""

import difflib
from collections.abc import Iterable
from typing import Any

UNREADABLE = "Make it readable, or name another."
"""What to do about a file that the system does not let be read."""


class SeqkitError(Exception):
    """Something failed that is no bug of ours: a full disk, a loss that became infinite."""

    exit_code = 1


class UnwritableError(SeqkitError):
    """A file or folder cannot be written: the disk is full, broken or not ours."""


class UsageError(SeqkitError):
    """An option or argument that cannot be used as given."""

    exit_code = 2


class MissingExtraError(SeqkitError):
    """An optional library is not installed; the message names the `pip install` line."""

    exit_code = 3


class NotFoundError(SeqkitError):
    """No recipe, dataset, file or run of that name."""

    exit_code = 4


class DataError(SeqkitError):
    """The data, or a run directory, is not what it should be."""

    exit_code = 5


class DivergedTraining(SeqkitError):
    """The numbers of a training are NaN or infinite; the model has the weights of its best epoch."""

    best_epoch = 0
    """That epoch, from 1; 0 where there is none yet."""


class InterruptedTraining(SeqkitError):
    """A training was told to stop, and has written down where it stands."""

    exit_code = 130  # as shells have it after Ctrl-C: 128 and the signal's number
    run: Any = None
    """The `seqkit.runs.run.Run`, with the scores of what is best so far; None where no epoch is done."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Ends a message about an unknown `name`: the known names nearest to it, or all of them if none is near."""
    names = sorted(known)
    lower = [n.lower() for n in names]
    # Beside one that is nearly the same, those that are merely alike would only distract.
    close = difflib.get_close_matches(name.lower(), lower, n=3, cutoff=0.8)
    close = close or difflib.get_close_matches(name.lower(), lower, n=3, cutoff=0.5)
    if close:
        originals = [n for c in close for n in names if n.lower() == c]
        return "Did you mean " + " or ".join(f"'{n}'" for n in dict.fromkeys(originals)) + "?"
    if not names:
        return "There are none."
    return "Known: " + ", ".join(names) + "."


def listed(names: Iterable[str], most: int = 12) -> str:
    """Returns names for a message: quoted, and the count of those left out where there are many."""
    shown = [f"'{name}'" for name in names]
    rest = f" and {len(shown) - most} more" if len(shown) > most else ""
    return ", ".join(shown[:most]) + rest
