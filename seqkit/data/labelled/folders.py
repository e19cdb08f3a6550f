"""Reads texts from a folder per label: `pos/1.txt`, or `train/pos/1.txt` and `test/neg/2.txt`.

Where no label folder contains `.txt` files, files without a suffix are texts.

The folders may be on disk or inside an archive; both give the same texts in the same order.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from seqkit.data.files.archives import read_archive
from seqkit.data.files.encodings import to_utf8
from seqkit.data.files.sniffing import PARTS
from seqkit.errors import UNREADABLE, DataError, SeqkitError, UsageError, listed

UNLABELLED = ("unsup", "unlabeled", "unlabelled")
"""Folders whose texts have no label."""

_MAX_DEPTH = 4
_PLAIN_NOTE = "fewer than two label folders contain .txt files; read the files without a suffix"


@dataclass(frozen=True)
class LabelledTexts:
    """Texts of a folder tree, sorted by path.

    Attributes:
        texts: Content of each file.
        labels: Name of the folder of each file.
        parts: "train", "validation" or "test" for each text, or None if the folders do not define parts.
        notes: Files that were skipped.
    """

    texts: list[str]
    labels: list[str]
    parts: list[str] | None
    notes: list[str] = field(default_factory=list)


def read_folder(path: Path, encoding: str) -> LabelledTexts:
    """Returns the labelled texts under a folder: its `.txt` files, or if there are none, files without a suffix.

    Raises:
        UsageError: There are no such files in label folders.
        DataError: A text is not in that encoding, or the name of a label is not printable.
    """
    try:
        files, others = _walk(path, _is_labelled_text)
        notes = []
        if _are_plain_files_texts(files, others):
            files, others = _walk(path, _is_plain_file)
            notes.append(_PLAIN_NOTE)
        placed = _place(files, others, str(path))
        contents = ((path / file).read_bytes() for file in placed)
        texts = [_text(content, encoding, str(path / file)) for file, content in zip(placed, contents, strict=True)]
    except OSError as error:
        raise SeqkitError(f"{error.filename} cannot be read: {error.strerror or error}. {UNREADABLE}") from error
    return _labelled(texts, placed, files, others, notes)


def read_archived_folder(data: bytes, name: str, encoding: str) -> LabelledTexts:
    """Returns the labelled texts of the tree of folders in an archive; see `read_folder`.

    Raises:
        UsageError: There are no such files in label folders.
        DataError: As `seqkit.data.files.archives.read_archive`; or a text is not in that encoding, or a label has an
            empty name.
    """
    contents, others = read_archive(data, name, _is_labelled_text, encoding)
    notes = []
    if _are_plain_files_texts(contents, others):
        contents, others = read_archive(data, name, _is_plain_file, encoding)
        notes.append(_PLAIN_NOTE)
    placed = _place(contents, others, name)
    texts = [_text(contents[file], encoding, f"{name}: {file!r}") for file in placed]
    return _labelled(texts, placed, contents, others, notes)


def _walk(path: Path, wanted: Callable[[str], bool]) -> tuple[list[str], list[str]]:
    """Returns the paths of texts and of other files below a folder; follows links, so the depth is limited."""

    def stop(error: OSError) -> None:
        raise error

    files: list[str] = []
    others: list[str] = []
    for folder, folders, names in os.walk(path, followlinks=True, onerror=stop):
        inside = "".join(part + "/" for part in Path(folder).relative_to(path).parts)
        folders[:] = [] if inside.count("/") >= _MAX_DEPTH else [name for name in folders if not name.startswith(".")]
        for name in names:
            (files if wanted(inside + name) else others).append(inside + name)
    return files, others


def _is_labelled_text(path: str) -> bool:
    return path.lower().endswith(".txt") and not _is_hidden(path) and not _is_unlabelled(path)


def _is_plain_file(path: str) -> bool:
    """Whether a file has no suffix, or only digits after the dot, as in collections of messages: `sci.space/60794`."""
    suffix = path.rpartition("/")[2].partition(".")[2]
    return (not suffix or suffix.isdecimal()) and not _is_hidden(path) and not _is_unlabelled(path)


def _are_plain_files_texts(texts: Iterable[str], others: Iterable[str]) -> bool:
    """Whether files without a suffix are in several label folders, and `.txt` files are not."""
    plain = [path for path in others if _is_plain_file(path)]
    return _label_count(texts) < 2 <= _label_count(plain)


def _label_count(paths: Iterable[str]) -> int:
    return len({names[-2] for names in _at_labels(paths)[0].values()})


def _is_hidden(path: str) -> bool:
    # Files that macOS adds to archives start with a dot or are in a folder of their own.
    return "/." in "/" + path or path.startswith("__MACOSX/")


def _is_unlabelled(path: str) -> bool:
    return path.split("/")[-2:-1] != [] and path.split("/")[-2].lower() in UNLABELLED


def _place(paths: Collection[str], others: list[str], name: str) -> dict[str, tuple[str, str | None]]:
    """Returns label and part of the labelled texts, sorted by path."""
    chosen, in_parts = _at_labels(paths)
    if not chosen:
        files = sorted({*paths, *others})
        raise UsageError(
            f"{name} contains no texts in label folders, such as pos/1.txt and neg/2.txt, or train/pos/1.txt. "
            "Pass such a folder, or one file of texts and labels."
            + (f" It contains: {listed(files, 5)}." if files else " It is empty.")
        )
    above = -3 if in_parts else -2
    roots = sorted({"/".join(folders[:above]) for folders in chosen.values()})
    if len(roots) > 1:
        raise UsageError(f"{name} contains label folders in multiple places: {listed(roots, 5)}. Pass one of them.")
    for label in {folders[-2] for folders in chosen.values()}:
        if any("\ud800" <= letter <= "\udfff" for letter in label):
            raise DataError(
                f"{name} contains a folder {label!r}, whose name is not UTF-8. If its texts are in the same encoding, "
                "name it with --encoding, such as cp437, cp932 or cp949; otherwise rename the folder."
            )
        if not label.strip() or not label.isprintable():
            raise DataError(f"{name} contains a folder {label!r}, whose name is not a valid label. Rename it.")
    return {path: (f[-2], PARTS[f[-3].lower()] if in_parts else None) for path, f in chosen.items()}


def _at_labels(paths: Iterable[str]) -> tuple[dict[str, list[str]], bool]:
    """Returns the names in the path of each text in a label folder, and whether folders of parts are above these."""
    split = {path: path.split("/") for path in sorted(paths)}
    in_parts = {path: names for path, names in split.items() if len(names) > 2 and names[-3].lower() in PARTS}
    chosen = in_parts or _at_depth_of_labels(split)
    if not in_parts and {names[-2].lower() for names in chosen.values()} <= PARTS.keys():
        return {}, False
    return chosen, bool(in_parts)


def _at_depth_of_labels(split: dict[str, list[str]]) -> dict[str, list[str]]:
    """Returns the texts of the first level with multiple folders, or of the level with the most texts if there is none.

    An archive may have a single top folder that contains a text about the data.
    """
    levels: dict[int, dict[str, list[str]]] = {}
    for path, folders in split.items():
        if len(folders) > 1:
            levels.setdefault(len(folders), {})[path] = folders
    branching = [depth for depth, level in levels.items() if len({tuple(f[:-1]) for f in level.values()}) > 1]
    if branching:
        return levels[min(branching)]
    return max(levels.values(), key=len, default={})


def _text(content: bytes, encoding: str, name: str) -> str:
    try:
        return to_utf8(content, encoding, name).decode("utf-8")
    except UnicodeDecodeError as error:
        raise DataError(f"{name} contains half of a surrogate pair. Save it again as UTF-8.") from error


def _labelled(
    texts: list[str],
    placed: dict[str, tuple[str, str | None]],
    files: Iterable[str],
    others: list[str],
    notes: list[str],
) -> LabelledTexts:
    unlabelled = sum(map(_is_unlabelled, others))
    skipped = [path for path in files if path not in placed] + [path for path in others if not _is_unlabelled(path)]
    if unlabelled:
        noun = "file in a folder without a label" if unlabelled == 1 else "files in folders without a label"
        notes.append(f"skipped {unlabelled:,} {noun}")
    if skipped:
        noun = "file" if len(skipped) == 1 else "files"
        notes.append(f"skipped {len(skipped):,} other {noun}: {listed(sorted(skipped), 3)}")
    parts = [part for _, part in placed.values() if part is not None]
    return LabelledTexts(texts, [label for label, _ in placed.values()], parts or None, notes)
