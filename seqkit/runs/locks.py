"""A lock on a directory, so that no two processes write a run at the same time."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from seqkit.errors import UnwritableError, UsageError

LOCK = ".lock"
"""The file that is locked in a run that is being trained."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keeps other processes from training in a directory; when this one dies, the system lets them.

    Where the system has no such lock, as on Windows and some network drives, nothing is held.

    Raises:
        UsageError: Another process is training there.
        UnwritableError: The directory cannot be written.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    try:
        opened = (path / LOCK).open("a")  # What stands there is never emptied: it may not be ours.
    except OSError as error:
        raise UnwritableError(f"{path} cannot be written: {error.strerror}. Make it writable.") from error
    with opened as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError(f"{path} is being trained by another process. Wait for its end.") from error
        except OSError as error:
            if error.errno not in (errno.ENOLCK, errno.ENOTSUP):
                raise UnwritableError(f"{path} cannot be locked: {error.strerror}. Name another place.") from error
        yield
