"""Files inside a TAR or ZIP archive, read into memory; nothing is ever written to a disk.

An archive may come from anywhere, so it is not believed: a member that would climb out of its folder, a link or a
device is refused by name although it could do no harm here, and so is what expands beyond reason, before memory is
taken for it. An archive that is cut off is refused as a whole.
"""

from __future__ import annotations

import io
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from seqkit.errors import DataError

if TYPE_CHECKING:
    from typing import Self

MAX_EXPANDED_BYTES = 4 << 30
"""Bytes that an archive may expand to at most."""
UNSUSPICIOUS = 100 << 20
"""Bytes that any archive may expand to, however small it is."""
RATIO = 200
"""How many times its own size an archive may expand to beyond that: texts are compressed three to ten times."""

_MAX_NAME_LENGTH = 1 << 20
_NAME_TYPES = (b"L", b"K", b"x", b"g", b"X")  # long names of GNU, and the headers of pax
_SPARSE_TYPE = b"S"
_BLOCK = 1 << 20
_GZIP = b"\x1f\x8b"


def read_archive(data: bytes, name: str, wanted: Callable[[str], bool]) -> tuple[dict[str, bytes], list[str]]:
    """Returns the wanted files of an archive by their paths, and the paths of the other files.

    Args:
        data: The archive: TAR, TAR compressed with gzip, or ZIP.
        name: The archive, as messages call it.
        wanted: Whether the file of a path is to be read; paths have slashes and no leading "./".

    Raises:
        DataError: It is cut off or damaged, expands to more than 4 GiB or to more than both 100 MiB and 200 times its
            own size, is encrypted, or holds a path that leads out of it, a link, a device or the same path twice.
    """
    read = _read_zip if data.startswith((b"PK\x03\x04", b"PK\x05\x06")) else _read_tar
    return read(data, name, wanted)


def expand_gzip(data: bytes, name: str) -> bytes:
    """Returns what a gzip file holds.

    Raises:
        DataError: It is cut off or damaged, or expands beyond the limits that archives have.
    """
    stream = _Expanding(data, name)
    blocks = []
    try:
        while block := stream.read(_BLOCK):
            blocks.append(block)
    except EOFError as error:
        raise DataError(
            f"{name} is a truncated gzip file: it ends after {stream.total:,} bytes of its content. "
            "Fetch or compress it again."
        ) from error
    except _Damaged as error:
        raise DataError(f"{name} is a damaged gzip file: {error}. Fetch or compress it again.") from error
    return b"".join(blocks)


class _Damaged(Exception):
    """What is wrong with an archive."""


class _Expanding:
    """Bytes of a gzip file, or of any other as they are, counted; more than the limits allow is never handed on."""

    def __init__(self, data: bytes, name: str) -> None:
        import gzip

        self.name, self.limit, self.total = name, _limit(data), 0
        raw = io.BytesIO(data)
        self._file: Any = gzip.GzipFile(fileobj=raw) if data.startswith(_GZIP) else raw

    def read(self, size: int) -> bytes:
        try:
            block: bytes = self._file.read(size)
        except (OSError, zlib.error) as error:
            raise _Damaged(str(error)) from error
        self.total += len(block)
        if self.total > self.limit:
            _refuse_expansion(self.name, f"more than {self.limit:,}", self.limit)
        return block


class _Header(tarfile.TarInfo):
    """A member of a TAR archive that is looked at before `tarfile` believes it.

    `tarfile` takes a damaged or missing header for the end of the archive, and reads names of any length.
    """

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str | None, errors: str) -> Self:
        if len(buf) < tarfile.BLOCKSIZE:
            raise EOFError
        try:
            header = super().frombuf(buf, encoding, errors)  # type: ignore[arg-type]
        except tarfile.HeaderError as error:
            if buf.count(0) == tarfile.BLOCKSIZE:
                raise  # the mark at the end
            raise _Damaged(str(error)) from error
        if header.size < 0:
            raise _Damaged(f"the member {header.name!r} has a negative size")
        if header.type in _NAME_TYPES and header.size > _MAX_NAME_LENGTH:
            raise _Damaged(f"it holds a name of {header.size:,} bytes")
        if header.type == _SPARSE_TYPE:
            raise _Damaged(f"{header.name!r} is a sparse file, which no text is")
        return header


def _read_tar(data: bytes, name: str, wanted: Callable[[str], bool]) -> tuple[dict[str, bytes], list[str]]:
    stream = _Expanding(data, name)
    files: dict[str, bytes] = {}
    others: list[str] = []
    try:
        # One way through: a compressed archive cannot be searched.
        with tarfile.open(fileobj=stream, mode="r|", tarinfo=_Header) as archive:  # type: ignore[call-overload]
            for member in archive:
                path = _checked(member.name, _kind_of_member(member), name)
                if member.size > stream.limit:
                    _refuse_expansion(f"{name}: the member {member.name!r}", f"{member.size:,}", stream.limit)
                if member.isdir():
                    continue
                if not wanted(path):
                    others.append(path)
                    continue
                opened = archive.extractfile(member)
                content = opened.read() if opened else b""
                if len(content) < member.size:
                    raise EOFError
                _add(files, path, content, name)
        while stream.read(_BLOCK):
            pass  # gzip keeps its checksum at the end
    except (EOFError, tarfile.ReadError) as error:
        _refuse_truncated(name, files, error)
    except (tarfile.TarError, ValueError, LookupError, ArithmeticError, RecursionError, _Damaged) as error:
        raise DataError(f"{name} is a damaged archive: {error}. {_progress(files)} Fetch or make it again.") from error
    return files, others


def _read_zip(data: bytes, name: str, wanted: Callable[[str], bool]) -> tuple[dict[str, bytes], list[str]]:
    files: dict[str, bytes] = {}
    others: list[str] = []
    limit = _limit(data)
    path = ""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if (total := sum(member.file_size for member in members)) > limit:
                _refuse_expansion(name, f"{total:,}", limit)
            for member in members:
                written = member.filename.replace("\\", "/")
                path = _checked(written, _kind_of_entry(member), name)
                if written.endswith("/"):
                    continue
                if not wanted(path):
                    others.append(path)
                    continue
                if member.flag_bits & 1:
                    raise DataError(f"{name}: {path!r} is encrypted. Unpack it, give the folder.")
                if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise DataError(f"{name}: {path!r} is compressed in a rare way. Unpack it, give the folder.")
                with archive.open(member) as opened:
                    content = opened.read(member.file_size)  # never more than it says, whatever it expands to
                if len(content) < member.file_size:
                    raise zipfile.BadZipFile(f"{path!r} is shorter than it says")
                _add(files, path, content, name)
    except (zipfile.BadZipFile, EOFError) as error:
        # The table of contents stands at the end: without it nothing can be read.
        if data.rfind(b"PK\x05\x06") < 0:
            _refuse_truncated(name, files, error)
        raise DataError(f"{name} is a damaged archive: {error}. {_progress(files)} Fetch or make it again.") from error
    except (zlib.error, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise DataError(f"{name}: the member {path!r} cannot be read: {error}. Make the archive again.") from error
    return files, others


def _kind_of_member(member: tarfile.TarInfo) -> str:
    """Returns what a member of a TAR archive is if it is neither a file nor a folder."""
    if member.issym() or member.islnk():
        return f"a link to {member.linkname!r}"
    return "" if (member.isreg() and not member.issparse()) or member.isdir() else "neither a file nor a folder"


def _kind_of_entry(member: zipfile.ZipInfo) -> str:
    """Returns what a member of a ZIP archive is if it is neither a file nor a folder; most do not say."""
    mode = stat.S_IFMT(member.external_attr >> 16)
    if stat.S_ISLNK(mode):
        return "a link"
    return "" if mode == 0 or stat.S_ISREG(mode) or stat.S_ISDIR(mode) else "neither a file nor a folder"


def _checked(path: str, kind: str, name: str) -> str:
    """Returns a member's path without empty parts and dots, or refuses the member."""
    parts = re.split(r"[/\\]", path)
    if ".." in parts or path.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", path):
        kind = "a path that leads out of it"
    if kind:
        raise DataError(
            f"{name} holds {path!r}, {kind}: an archive of texts has no use for that and is not read. "
            "Make it again from files and folders only."
        )
    return "/".join(part for part in path.split("/") if part not in ("", "."))


def _add(files: dict[str, bytes], path: str, content: bytes, name: str) -> None:
    if path in files:
        raise DataError(f"{name} holds {path!r} twice. Make the archive again with each file once.")
    files[path] = content


def _limit(data: bytes) -> int:
    return min(MAX_EXPANDED_BYTES, max(UNSUSPICIOUS, RATIO * len(data)))


def _refuse_expansion(what: str, size: str, limit: int) -> NoReturn:
    raise DataError(
        f"{what} expands to {size} bytes, and at most {limit:,} are read: {RATIO} times the size of the file, "
        "though no less than 100 MiB and no more than 4 GiB. If you trust its content, unpack it and give the folder."
    )


def _refuse_truncated(name: str, files: dict[str, bytes], error: Exception) -> NoReturn:
    raise DataError(f"{name} is truncated: it ends too early. {_progress(files)} Fetch it again.") from error


def _progress(files: dict[str, bytes]) -> str:
    size = sum(map(len, files.values()))
    return f"{len(files):,} text{'' if len(files) == 1 else 's'} ({size:,} bytes) had been read by then."
