"""Archives in the cache of public data, on disk: the one member that is asked for, and whether all of it is there."""

import gzip
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from seqkit.errors import DataError

_BLOCK = 1 << 16

DAMAGED = (zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError)
"""What reading an archive raises where it is damaged."""


def read_through(archive: Path) -> None:
    """Reads a gzip file to its end, where it says how long it should be and what its checksum is.

    Raises:
        DataError: It is damaged or cut off.
    """
    with archive.open("rb") as file:
        if file.read(2) != b"\x1f\x8b":
            return
    try:
        with gzip.open(archive) as unzipped:
            while unzipped.read(_BLOCK):
                pass
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise DataError(f"{archive} is damaged: {error}.") from error


@contextmanager
def member(archive: Path, name: str) -> Iterator[IO[bytes] | gzip.GzipFile]:
    """Opens the one regular file called `name`, in whichever folder of the archive; a lone .gz is that file.

    Raises:
        DataError: There is none, or more than one, or it is no archive.
    """
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as zipped:
            entries = [e for e in zipped.infolist() if not e.is_dir() and not stat.S_ISLNK(e.external_attr >> 16)]
            place = _only([e.filename for e in entries], name, archive)
            with zipped.open(entries[place]) as file:
                yield file
    elif tarfile.is_tarfile(archive):
        with tarfile.open(archive) as tarred:
            members = [m for m in tarred.getmembers() if m.isreg()]
            extracted = tarred.extractfile(members[_only([m.name for m in members], name, archive)])
            assert extracted is not None  # a regular file
            with extracted:
                yield extracted
    elif is_archive(archive):
        with gzip.open(archive) as unzipped:
            yield unzipped
    else:
        raise DataError(f"{archive} is no archive. Remove it to have it fetched anew.")


def _only(names: list[str], name: str, archive: Path) -> int:
    """Returns the place of the only name that ends in `name`."""
    places = [i for i, n in enumerate(names) if PurePosixPath(n.replace("\\", "/")).name == name]
    if len(places) != 1:
        raise DataError(
            f"{archive} holds {len(places) or 'no'} files called {name}; it holds: {', '.join(names[:10])}."
        )
    return places[0]


def is_archive(path: Path) -> bool:
    """Whether a file begins, or ends, as an archive does that can be unpacked here."""
    with path.open("rb") as file:
        gzipped = file.read(2) == b"\x1f\x8b"
    return gzipped or zipfile.is_zipfile(path) or tarfile.is_tarfile(path)
