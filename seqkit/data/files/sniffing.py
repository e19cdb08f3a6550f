"""What a file holds, recognised by its head, by each kind of data in turn.

Asked while the command line is still being parsed, so nothing slow is imported and no file is read whole.
"""

from __future__ import annotations

import re
import stat
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from seqkit.data.files.delimited import header_cells
from seqkit.data.kinds import default_kind, imported, kinds

if TYPE_CHECKING:
    import pandas

TEXT_NAMES = ("text", "review", "document", "sentence", "content", "comment", "body", "message", "tweet", "title")
LABEL_NAMES = ("label", "labels", "class", "category", "target", "sentiment", "y")
FORECAST_NAMES = ("ds", "unique_id")
"""Names that only tables to forecast have: beside them a column of comments is just that."""
PARTS = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("validation", "valid", "val", "dev"), "validation"),
    **dict.fromkeys(("test", "testing"), "test"),
}
"""Names of the parts of a data set, and what they are called here."""

_HEAD = 1 << 16
_JSON_ENDS = (".jsonl", ".ndjson", ".json")
_TAR_ENDS = (".tar", ".tgz", ".tar.gz")


@dataclass(frozen=True)
class Look:
    """A first look at a file, a folder or a frame, by which its kind is recognised.

    Attributes:
        form: Form of the file (see `form_of`), "folder", or "frame".
        head: First bytes of the file, decompressed.
        path: The file.
        frame: The frame, where it is one.
    """

    form: str
    head: bytes = b""
    path: Path = Path()
    frame: pandas.DataFrame | None = None

    @cached_property
    def names(self) -> list[str]:
        """Names of the columns; none where it is no table."""
        if self.frame is not None:
            return [str(name) for name in self.frame.columns]
        if self.form == "parquet":
            return _parquet_names(self.path)
        return header_cells(_decoded(self.head)) if self.form == "delimited" else []

    def has_arrays(self, name: str) -> bool:
        """Whether a column of a frame holds arrays of two dimensions."""
        if self.frame is None or name not in self.names or not len(self.frame):
            return False
        return getattr(self.frame[name].iloc[0], "ndim", 0) == 2


def look_at(source: str | Path | pandas.DataFrame) -> Look:
    """Returns a first look at data.

    Standard input and pipes can be read only once and are not looked into: only their names tell.
    """
    if not isinstance(source, (str, Path)):
        return Look("frame", frame=source)
    path = Path(source)
    head = b""
    try:
        mode = path.stat().st_mode if str(source) not in ("", "-") else 0
        if stat.S_ISDIR(mode):
            return Look("folder", path=path)
        if stat.S_ISREG(mode):
            with path.open("rb") as file:
                head = expanded_head(file.read(_HEAD))
    except (OSError, ValueError):
        pass  # whoever reads it says what is wrong
    return Look(form_of(head, path.name), head, path)


def kind_of(source: str | Path | pandas.DataFrame) -> str:
    """Returns the kind of data that a file, folder or frame holds; the default kind where nothing tells another."""
    look = look_at(source)
    recognised = (kind for kind in kinds().values() if kind.recognises and imported(kind.recognises)(look))
    return next((kind.name for kind in recognised), default_kind())


def form_of(head: bytes, name: str) -> Literal["parquet", "tar", "zip", "json", "fasttext", "ts", "delimited", "other"]:
    """Returns the form of a file.

    Args:
        head: Its first bytes, unpacked if they were gzip.
        name: Its name: an ending tells what the bytes do not.
    """
    name = name.lower()
    plain = name.removesuffix(".gz")
    if head.startswith(b"PAR1"):
        return "parquet"
    if head[257:262] == b"ustar" or (name.endswith(_TAR_ENDS) and not head.startswith(b"PK")):
        return "tar"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        # Workbooks and NumPy's files are ZIP archives too.
        return "zip" if name.endswith(".zip") else "other"
    if name.endswith(".zip"):
        return "zip"
    text = _decoded(head).lstrip()
    if plain.endswith(".ts") or text[:12].lower() == "@problemname":
        return "ts"
    if plain.endswith(_JSON_ENDS) or text.startswith("{") or re.match(r"\[\s*\{", text):
        return "json"
    if any(line.startswith("__label__") for line in text[:_HEAD].split("\n", 20)[:20]):
        return "fasttext"
    return "delimited"


def expanded_head(head: bytes) -> bytes:
    """Returns the first bytes of a file, unpacked where they are gzip."""
    if not head.startswith(b"\x1f\x8b"):
        return head
    try:
        return zlib.decompressobj(31).decompress(head, _HEAD)
    except zlib.error:
        return b""


def usual(names: Iterable[str], known: tuple[str, ...]) -> list[str]:
    """Returns the names that are among the known ones, whatever their case."""
    return [name for name in names if name.strip().lower() in known]


def _decoded(head: bytes) -> str:
    """Returns the head as text; the names that are looked for are the same in nearly all encodings."""
    codec = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    return head.decode(codec, "replace")


def _parquet_names(path: Path) -> list[str]:
    import pyarrow
    from pyarrow import parquet

    try:
        return list(parquet.read_schema(path).names)
    except (pyarrow.ArrowException, OSError):
        return []
