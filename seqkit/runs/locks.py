"""Locks a run directory, so that only one process trains in it."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from seqkit.errors import UnwritableError, UsageError

LOCK = ".lock"
"""Name of the lock file."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Locks a directory until the end of the context or of the process.

    Does nothing where file locks are not supported, as on Windows and some network drives.

    Raises:
        UsageError: Another process holds the lock.
        UnwritableError: The directory cannot be written.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    try:
        lock_file = (path / LOCK).open("a")  # "a" never truncates a file that somebody else put there.
    except OSError as error:
        raise UnwritableError(f"{path} cannot be written: {error.strerror}. Make it writable.") from error
    with lock_file as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError(f"{path} is being trained by another process. Wait until it ends.") from error
        except OSError as error:
            if error.errno not in (errno.ENOLCK, errno.ENOTSUP):
                raise UnwritableError(f"{path} cannot be locked: {error.strerror}. Name another --out.") from error
        yield
