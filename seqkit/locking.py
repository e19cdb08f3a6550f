"""A lock on a directory, so that no two processes write a run at the same time."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from seqkit.errors import UsageError

LOCK = ".lock"
"""The file that is locked in a run that is being trained."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keeps other processes from training in a directory; when this one dies, the system lets them.

    Where the system has no such lock, as on Windows, nothing is held.

    Raises:
        UsageError: Another process is training there.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    with (path / LOCK).open("a") as file:  # What stands there is never emptied: it may not be ours.
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise UsageError(f"{path} is being trained by another process. Wait for its end.") from error
        yield
