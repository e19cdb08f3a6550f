"""Detects the kind of data in a file from its first bytes, by asking each kind of data in turn.

It runs while the command line is being parsed, so it imports nothing slow and never reads a whole file.
"""

from __future__ import annotations

import re
import stat
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from seqkit.data.files.delimited import header_cells
from seqkit.data.kinds import default_kind, imported, kinds

if TYPE_CHECKING:
    import pandas

TEXT_NAMES = ("text", "review", "document", "sentence", "content", "comment", "body", "message", "tweet", "title")
LABEL_NAMES = ("label", "labels", "class", "category", "target", "sentiment", "y")
FORECAST_NAMES = ("ds", "unique_id")
"""Names that only tables to forecast have: with them, a column of comments is not a column of texts to label."""
PARTS = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("validation", "valid", "val", "dev"), "validation"),
    **dict.fromkeys(("test", "testing"), "test"),
}
"""Usual names of the parts of a data set, mapped to "train", "validation" and "test"."""

_HEAD = 1 << 16
_FRAMES = re.compile(rf'(?:\{{\s*"(?:{"|".join(PARTS)})"\s*:\s*)?(?:\[\s*){{2,3}}[-\d\s.,]*(?:\]|\Z)')
"""A JSON list of lists of numbers, or an object of parts that begins with one: pieces of music."""
_JSON_ENDS = (".jsonl", ".ndjson", ".json")
_TAR_ENDS = (".tar", ".tgz", ".tar.gz")


@dataclass(frozen=True)
class Look:
    """Format and first bytes of a file, folder or DataFrame, from which a kind of data recognises it.

    Attributes:
        form: Format of the file (see `form_of`), "folder", or "frame".
        head: First bytes of the file, decompressed.
        path: The file.
        frame: The DataFrame, if `form` is "frame".
    """

    form: str
    head: bytes = b""
    path: Path = Path()
    frame: pandas.DataFrame | None = None

    @cached_property
    def names(self) -> list[str]:
        """Names of columns, and of the index of a DataFrame; empty if it is not a table."""
        if self.frame is not None:
            columns = list(self.frame.columns)
            levels = [level for level in self.frame.index.names if level is not None and level not in columns]
            return [str(name) for name in (*levels, *columns)]
        if self.form == "parquet":
            return _parquet_names(self.path)
        return header_cells(decoded(self.head)) if self.form == "delimited" else []

    def has_texts(self, names: Sequence[str]) -> bool:
        """Whether columns of a DataFrame or a Parquet file contain text; the first cells of a DataFrame decide."""
        if self.frame is None:
            return self.form == "parquet" and _has_strings(self.path, names)
        cells = [cell for name in names if name in self.frame for cell in self.frame[name].head(100)]
        return any(isinstance(cell, str) for cell in cells) and not any(isinstance(cell, Real) for cell in cells)

    def has_arrays(self, name: str) -> bool:
        """Whether a column of a DataFrame contains arrays; the first cell that is not missing decides."""
        if self.frame is None or list(self.frame.columns).count(name) != 1:
            return False
        return is_array_like(next((cell for cell in self.frame[name] if cell is not None and cell is cell), None))


def look_at(source: str | Path | pandas.DataFrame) -> Look:
    """Reads the first bytes of a file.

    Standard input and pipes can be read only once, so only their names are used.
    """
    if not isinstance(source, (str, Path)):
        return Look("frame", frame=source)
    path = Path(source)
    head = b""
    try:
        mode = path.stat().st_mode if str(source) not in ("", "-") else 0
        if stat.S_ISDIR(mode):
            return Look("midi" if any(is_midi_name(file.name) for file in path.iterdir()) else "folder", path=path)
        if stat.S_ISREG(mode):
            with path.open("rb") as file:
                head = expanded_head(file.read(_HEAD))
    except (OSError, ValueError):
        pass  # the reader reports the error
    return Look(form_of(head, path.name), head, path)


def kind_of(source: str | Path | pandas.DataFrame) -> str:
    """Returns the kind of data in a file, folder or DataFrame; the default kind if no other recognises it.

    Exclusive kinds are asked first.
    """
    look = look_at(source)
    asked = sorted(kinds().values(), key=lambda kind: (not kind.is_exclusive, not kind.is_specific))
    recognised = (kind for kind in asked if kind.recognises and imported(kind.recognises)(look))
    return next((kind.name for kind in recognised), default_kind())


def suitable_kind(source: str | Path | pandas.DataFrame, names: Sequence[str]) -> str:
    """Returns the first of some kinds that suits the data; the first of those that suit any where none does.

    Args:
        source: The file or DataFrame.
        names: Names of kinds, at least one.
    """
    look, asked = None, [kinds()[name] for name in names]
    for kind in asked if len(asked) > 1 else ():
        look = look or look_at(source)
        if kind.suits is not None and imported(kind.suits)(look):
            return kind.name
    return next((kind.name for kind in asked if kind.suits is None), asked[0].name)


Form = Literal["parquet", "tar", "zip", "midi", "json", "frames", "fasttext", "ts", "arff", "delimited", "other"]


def form_of(head: bytes, name: str) -> Form:
    """Returns the format of a file.

    Args:
        head: Its first bytes, decompressed.
        name: Its name, whose suffix decides where the bytes do not.
    """
    name = name.lower()
    plain = name.removesuffix(".gz")
    if head.startswith(b"PAR1"):
        return "parquet"
    if head[257:262] == b"ustar" or (name.endswith(_TAR_ENDS) and not head.startswith(b"PK")):
        return "tar"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        # Excel workbooks and .npz files are ZIP archives too.
        return "zip" if name.endswith(".zip") else "other"
    if name.endswith(".zip"):
        return "zip"
    if head.startswith(b"MThd") or is_midi_name(plain):
        return "midi"
    text = decoded(head).lstrip()
    if _FRAMES.match(text):
        return "frames"
    if plain.endswith(".ts") or text[:12].lower() == "@problemname":
        return "ts"
    if plain.endswith(".arff") or re.match(r"(?:%[^\r\n]*[\r\n]+\s*)*@relation\b", text, re.IGNORECASE):
        return "arff"
    if plain.endswith(_JSON_ENDS) or text.startswith("{") or re.match(r"\[\s*\{", text):
        return "json"
    if any(line.startswith("__label__") for line in text[:_HEAD].split("\n", 20)[:20]):
        return "fasttext"
    return "delimited"


def is_midi_name(name: str) -> bool:
    """Whether a file has the name of a MIDI file."""
    return name.lower().endswith((".mid", ".midi"))


def expanded_head(head: bytes) -> bytes:
    """Returns the first bytes of a file, decompressed if they are gzip."""
    if not head.startswith(b"\x1f\x8b"):
        return head
    try:
        return zlib.decompressobj(31).decompress(head, _HEAD)
    except zlib.error:
        return b""


def matching_names(names: Iterable[str], known: tuple[str, ...]) -> list[str]:
    """Returns the names that match a known one, ignoring case."""
    return [name for name in names if name.strip().lower() in known]


def is_array_like(cell: object) -> bool:
    """Returns whether a cell of a DataFrame is a series: an array or list of (steps, channels) or (steps,) numbers."""
    if isinstance(cell, (list, tuple)):
        first = next(iter(cell), None)
        return is_array_like(first) if isinstance(first, (list, tuple)) else isinstance(first, Real)
    return getattr(cell, "ndim", 0) in (1, 2)


def decoded(head: bytes) -> str:
    """Returns the head as text; the known names are ASCII and read the same in nearly all encodings."""
    codec = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    return head.decode(codec, "replace")


def _has_strings(path: Path, names: Sequence[str]) -> bool:
    """Whether columns of a Parquet file have the type of strings."""
    import pyarrow
    from pyarrow import parquet

    try:
        schema = parquet.read_schema(path)
    except (pyarrow.ArrowException, OSError):
        return False
    kinds_of_text = (pyarrow.types.is_string, pyarrow.types.is_large_string, pyarrow.types.is_dictionary)
    return all(any(is_text(schema.field(name).type) for is_text in kinds_of_text) for name in names)


def _parquet_names(path: Path) -> list[str]:
    import pyarrow
    from pyarrow import parquet

    try:
        return list(parquet.read_schema(path).names)
    except (pyarrow.ArrowException, OSError):
        return []
