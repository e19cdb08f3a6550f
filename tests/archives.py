"""Archives in memory."""

import io
import stat
import tarfile
import zipfile
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal


def zipped(
    files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED, *, links: Mapping[str, str] = MappingProxyType({})
) -> bytes:
    """Returns a ZIP archive of files by name, and of symbolic links to their targets."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        for name, target in links.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(entry, target)
    return buffer.getvalue()


def tarred(
    files: Mapping[str, bytes],
    *members: tarfile.TarInfo,
    mode: Literal["w", "w:gz"] = "w",
    form: int = tarfile.DEFAULT_FORMAT,
    links: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """Returns a TAR archive of files by name, of members without content, and of symbolic links to their targets."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode, format=form) as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        for member in members:
            archive.addfile(member)
        for name, target in links.items():
            member = tarfile.TarInfo(name)
            member.type, member.linkname = tarfile.SYMTYPE, target
            archive.addfile(member)
    return buffer.getvalue()
