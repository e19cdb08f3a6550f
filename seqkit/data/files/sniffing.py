"""What a file holds, told from its head: a table to forecast, labelled texts, or labelled series.

Asked while the command line is still being parsed, so nothing slow is imported and no file is read whole.
"""

from __future__ import annotations

import re
import stat
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from seqkit.data.files.delimited import header_cells

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


def kind_of(source: str | Path) -> Literal["table", "texts", "series"]:
    """Returns the kind of data that a file or folder holds; "table" where nothing tells another.

    A `.ts` file holds series; a folder, an archive, JSON lines and fastText lines hold texts, and so does a CSV, TSV or
    Parquet file that has a column with a usual name of texts and one with a usual name of labels. Standard input and
    pipes can be read only once and are not looked into: only their names tell.
    """
    path = Path(source)
    head = b""
    try:
        mode = path.stat().st_mode if str(source) not in ("", "-") else 0
        if stat.S_ISDIR(mode):
            return "texts"
        if stat.S_ISREG(mode):
            with path.open("rb") as file:
                head = expanded_head(file.read(_HEAD))
    except (OSError, ValueError):
        pass  # whoever reads it says what is wrong
    form = form_of(head, path.name)
    if form in ("tar", "zip", "json", "fasttext"):
        return "texts"
    if form in ("ts", "other"):
        return "series" if form == "ts" else "table"
    names = _parquet_names(path) if form == "parquet" else header_cells(_decoded(head))
    return "texts" if _holds_texts(names) else "table"


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


def _holds_texts(names: list[str]) -> bool:
    return bool(usual(names, TEXT_NAMES) and usual(names, LABEL_NAMES) and not usual(names, FORECAST_NAMES))


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
