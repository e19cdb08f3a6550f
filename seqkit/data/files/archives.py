"""Reads files from a TAR or ZIP archive into memory; nothing is written to disk.

Archives are untrusted. Path traversal, links and devices are refused, even though they could do no harm here, and so
are decompression bombs, before memory is allocated. A truncated archive is refused as a whole.
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
"""Maximum size in bytes of a decompressed archive."""
MIN_EXPANSION_LIMIT = 100 << 20
"""Bytes that any archive may expand to, however small it is."""
MAX_EXPANSION_RATIO = 200
"""Maximum compression ratio beyond that limit; texts compress by a factor of three to ten."""

_MAX_NAME_LENGTH = 1 << 20
_NAME_TYPES = (b"L", b"K", b"x", b"g", b"X")  # GNU long names and pax headers
_SPARSE_TYPE = b"S"
_UTF8_FLAG = 1 << 11
_BLOCK = 1 << 20
_GZIP = b"\x1f\x8b"


def read_archive(
    data: bytes, name: str, wanted: Callable[[str], bool], encoding: str = "utf-8"
) -> tuple[dict[str, bytes], list[str]]:
    """Returns the selected files of an archive by path, and the paths of the other files.

    Paths that are not UTF-8 are read in `encoding`; bytes that are in neither become lone surrogates.

    Args:
        data: The archive: TAR, TAR compressed with gzip, or ZIP.
        name: Name of the archive in messages.
        wanted: Returns whether to read the file at a path; paths use slashes and have no leading "./".
        encoding: Encoding of the texts, and of paths that are not UTF-8.

    Raises:
        DataError: It is truncated or damaged, expands to more than 4 GiB or to more than both 100 MiB and 200 times its
            own size, is encrypted, or contains a path outside of it, a link, a device or a duplicate path.
    """
    read = _read_zip if data.startswith((b"PK\x03\x04", b"PK\x05\x06")) else _read_tar
    return read(data, name, wanted, encoding)


def expand_gzip(data: bytes, name: str) -> bytes:
    """Returns the decompressed content of a gzip file.

    Raises:
        DataError: It is truncated or damaged, or expands beyond the limits of archives.
    """
    stream = _LimitedReader(data, name)
    blocks = []
    try:
        while block := stream.read(_BLOCK):
            blocks.append(block)
    except EOFError as error:
        raise DataError(
            f"{name} is a truncated gzip file: it ends after {stream.total:,} bytes of content. "
            "Download or compress it again."
        ) from error
    except _DamagedArchive as error:
        raise DataError(f"{name} is a damaged gzip file: {error}. Download or compress it again.") from error
    return b"".join(blocks)


class _DamagedArchive(Exception):
    """An archive is damaged; the message is the reason."""


class _LimitedReader:
    """File-like reader that decompresses gzip and refuses to return more bytes than the limits allow."""

    def __init__(self, data: bytes, name: str) -> None:
        import gzip

        self.name, self.limit, self.total = name, _limit(data), 0
        raw = io.BytesIO(data)
        self._file: Any = gzip.GzipFile(fileobj=raw) if data.startswith(_GZIP) else raw

    def read(self, size: int) -> bytes:
        try:
            block: bytes = self._file.read(size)
        except (OSError, zlib.error) as error:
            raise _DamagedArchive(str(error)) from error
        self.total += len(block)
        if self.total > self.limit:
            _refuse_expansion(self.name, f"more than {self.limit:,}", self.limit)
        return block


class _Header(tarfile.TarInfo):
    """Header of a TAR member, validated before `tarfile` uses it.

    `tarfile` treats a damaged or missing header as the end of the archive, and reads names of any length.
    """

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str | None, errors: str) -> Self:
        if len(buf) < tarfile.BLOCKSIZE:
            raise EOFError
        try:
            header = super().frombuf(buf, encoding, errors)  # type: ignore[arg-type]
        except tarfile.HeaderError as error:
            if buf.count(0) == tarfile.BLOCKSIZE:
                raise  # end-of-archive marker
            raise _DamagedArchive(str(error)) from error
        if header.size < 0:
            raise _DamagedArchive(f"the member {header.name!r} has a negative size")
        if header.type in _NAME_TYPES and header.size > _MAX_NAME_LENGTH:
            raise _DamagedArchive(f"it contains a name of {header.size:,} bytes")
        if header.type == _SPARSE_TYPE:
            raise _DamagedArchive(f"{header.name!r} is a sparse file, not a text")
        return header


def _read_tar(
    data: bytes, name: str, wanted: Callable[[str], bool], encoding: str
) -> tuple[dict[str, bytes], list[str]]:
    stream = _LimitedReader(data, name)
    files: dict[str, bytes] = {}
    others: list[str] = []
    try:
        # A single forward pass, since a compressed archive cannot seek.
        with tarfile.open(fileobj=stream, mode="r|", tarinfo=_Header) as archive:  # type: ignore[call-overload]
            for member in archive:
                path = _safe_path(_tar_path(member, encoding), _unsupported_member(member), name)
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
            pass  # the gzip checksum is at the end
    except (EOFError, tarfile.ReadError) as error:
        _refuse_truncated(name, files, error)
    except (tarfile.TarError, ValueError, LookupError, ArithmeticError, RecursionError, _DamagedArchive) as error:
        raise DataError(
            f"{name} is a damaged archive: {error}. {_progress(files)} Download or create it again."
        ) from error
    return files, others


def _read_zip(
    data: bytes, name: str, wanted: Callable[[str], bool], encoding: str
) -> tuple[dict[str, bytes], list[str]]:
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
                written = _zip_path(member, encoding).replace("\\", "/")
                path = _safe_path(written, _unsupported_entry(member), name)
                if written.endswith("/"):
                    continue
                if not wanted(path):
                    others.append(path)
                    continue
                if member.flag_bits & 1:
                    raise DataError(f"{name}: {path!r} is encrypted. Unpack the archive and pass the folder.")
                if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise DataError(
                        f"{name}: {path!r} uses an unsupported compression method. Unpack the archive and pass the "
                        "folder."
                    )
                with archive.open(member) as opened:
                    content = opened.read(member.file_size)  # never more than declared, whatever it expands to
                if len(content) < member.file_size:
                    raise zipfile.BadZipFile(f"{path!r} is shorter than declared")
                _add(files, path, content, name)
    except (zipfile.BadZipFile, EOFError) as error:
        # The central directory is at the end: without it nothing can be read.
        if data.rfind(b"PK\x05\x06") < 0:
            _refuse_truncated(name, files, error)
        raise DataError(
            f"{name} is a damaged archive: {error}. {_progress(files)} Download or create it again."
        ) from error
    except (zlib.error, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise DataError(f"{name}: the member {path!r} cannot be read: {error}. Create the archive again.") from error
    return files, others


def _tar_path(member: tarfile.TarInfo, encoding: str) -> str:
    """Returns the path of a TAR member, decoded if it is not UTF-8."""
    try:
        return member.name.encode("utf-8", "surrogateescape").decode(encoding)
    except (UnicodeError, LookupError):
        return member.name


def _zip_path(member: zipfile.ZipInfo, encoding: str) -> str:
    """Returns the path of a ZIP member; one without the flag for UTF-8 may be in any encoding of its time."""
    if member.flag_bits & _UTF8_FLAG or member.filename.isascii():
        return member.filename
    written = member.orig_filename.encode("cp437")  # as `zipfile` decodes it
    for codec in ("utf-8", encoding):
        try:
            return written.decode(codec)
        except (UnicodeError, LookupError):
            continue
    return written.decode("utf-8", "surrogateescape")


def _unsupported_member(member: tarfile.TarInfo) -> str:
    """Describes a TAR member that is neither a file nor a folder; empty for files and folders."""
    if member.issym() or member.islnk():
        return f"a link to {member.linkname!r}"
    return "" if (member.isreg() and not member.issparse()) or member.isdir() else "neither a file nor a folder"


def _unsupported_entry(member: zipfile.ZipInfo) -> str:
    """Describes a ZIP member that is neither a file nor a folder; empty for files, folders and unknown types."""
    mode = stat.S_IFMT(member.external_attr >> 16)
    if stat.S_ISLNK(mode):
        return "a link"
    return "" if mode == 0 or stat.S_ISREG(mode) or stat.S_ISDIR(mode) else "neither a file nor a folder"


def _safe_path(path: str, problem: str, name: str) -> str:
    """Returns a member's normalised path, or refuses the member."""
    parts = re.split(r"[/\\]", path)
    if ".." in parts or path.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", path):
        problem = "a path outside the archive"
    if problem:
        raise DataError(
            f"{name} contains {path!r}, {problem}. Archives of texts may contain only files and folders: create it "
            "again from these."
        )
    return "/".join(part for part in path.split("/") if part not in ("", "."))


def _add(files: dict[str, bytes], path: str, content: bytes, name: str) -> None:
    if path in files:
        raise DataError(f"{name} contains {path!r} twice. Create the archive again with each file once.")
    files[path] = content


def _limit(data: bytes) -> int:
    return min(MAX_EXPANDED_BYTES, max(MIN_EXPANSION_LIMIT, MAX_EXPANSION_RATIO * len(data)))


def _refuse_expansion(what: str, size: str, limit: int) -> NoReturn:
    raise DataError(
        f"{what} expands to {size} bytes; the limit is {limit:,}, which is {MAX_EXPANSION_RATIO} times the size of the "
        "file, at least 100 MiB and at most 4 GiB. If you trust its content, unpack it and pass the folder."
    )


def _refuse_truncated(name: str, files: dict[str, bytes], error: Exception) -> NoReturn:
    raise DataError(f"{name} is truncated: it ends too early. {_progress(files)} Download it again.") from error


def _progress(files: dict[str, bytes]) -> str:
    size = sum(map(len, files.values()))
    return f"{len(files):,} text{'' if len(files) == 1 else 's'} ({size:,} bytes) were readable."
