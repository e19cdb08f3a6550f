"""Texts in a tree of folders, one folder for each label: `pos/1.txt`, or `train/pos/1.txt` and `test/neg/2.txt`.

The tree is on the disk or inside an archive; both give the same texts in the same order.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from seqkit.data.files.archives import read_archive
from seqkit.data.files.encodings import to_utf8
from seqkit.data.files.sniffing import PARTS
from seqkit.errors import UNREADABLE, DataError, SeqkitError, UsageError, listed

UNLABELLED = ("unsup", "unlabeled", "unlabelled")
"""Folders whose texts have no label."""

_DEEPEST = 4


@dataclass(frozen=True)
class LabelledTexts:
    """Texts of a tree of folders, sorted by their paths.

    Attributes:
        texts: The content of each file.
        labels: The name of the folder that each is in.
        parts: "train", "validation" or "test" for each, or None where the tree does not tell parts.
        notes: What was left out.
    """

    texts: list[str]
    labels: list[str]
    parts: list[str] | None
    notes: list[str] = field(default_factory=list)


def read_folder(path: Path, encoding: str) -> LabelledTexts:
    """Returns the labelled texts under a folder.

    Raises:
        UsageError: There are no `.txt` files in folders of their labels.
        DataError: A text is not in that encoding, or the name of a label is no text.
    """
    try:
        files, others = _walk(path)
        placed = _place(files, others, str(path))
        contents = ((path / file).read_bytes() for file in placed)
        texts = [_text(content, encoding, str(path / file)) for file, content in zip(placed, contents, strict=True)]
    except OSError as error:
        raise SeqkitError(f"{error.filename} cannot be read: {error.strerror or error}. {UNREADABLE}") from error
    return _labelled(texts, placed, files, others)


def read_archived_folder(data: bytes, name: str, encoding: str) -> LabelledTexts:
    """Returns the labelled texts of the tree of folders in an archive.

    Raises:
        UsageError: There are no `.txt` files in folders of their labels.
        DataError: As `seqkit.data.files.archives.read_archive`; a text is not in that encoding; a label has an empty
            name.
    """
    contents, others = read_archive(data, name, _is_labelled_text)
    placed = _place(contents, others, name)
    texts = [_text(contents[file], encoding, f"{name}: {file!r}") for file in placed]
    return _labelled(texts, placed, contents, others)


def _walk(path: Path) -> tuple[list[str], list[str]]:
    """Returns the paths of texts and of other files below a folder; links are followed, so the depth has an end."""

    def stop(error: OSError) -> None:
        raise error

    files: list[str] = []
    others: list[str] = []
    for folder, folders, names in os.walk(path, followlinks=True, onerror=stop):
        inside = "".join(part + "/" for part in Path(folder).relative_to(path).parts)
        folders[:] = [] if inside.count("/") >= _DEEPEST else [name for name in folders if not name.startswith(".")]
        for name in names:
            (files if _is_labelled_text(inside + name) else others).append(inside + name)
    return files, others


def _is_labelled_text(path: str) -> bool:
    # What macOS adds to archives starts with a dot or lies in a folder of its own.
    is_hidden = "/." in "/" + path or path.startswith("__MACOSX/")
    return path.lower().endswith(".txt") and not is_hidden and not _is_unlabelled(path)


def _is_unlabelled(path: str) -> bool:
    return path.split("/")[-2:-1] != [] and path.split("/")[-2].lower() in UNLABELLED


def _place(paths: Iterable[str], others: list[str], name: str) -> dict[str, tuple[str, str | None]]:
    """Returns label and part of the texts that have one, in the order of their paths."""
    split = {path: path.split("/") for path in sorted(paths)}
    in_parts = {path: folders for path, folders in split.items() if len(folders) > 2 and folders[-3].lower() in PARTS}
    chosen = in_parts or _at_depth_of_labels(split)
    if not chosen or (not in_parts and {folders[-2].lower() for folders in chosen.values()} <= PARTS.keys()):
        found = sorted({*split, *others})
        raise UsageError(
            f"{name} holds no texts in folders of their labels, as in pos/1.txt and neg/2.txt or in train/pos/1.txt. "
            "Give such a folder, or one file of texts and labels."
            + (f" In it: {listed(found, 5)}." if found else " It is empty.")
        )
    above = -3 if in_parts else -2
    places = sorted({"/".join(folders[:above]) for folders in chosen.values()})
    if len(places) > 1:
        raise UsageError(f"{name} holds folders of labels in several places: {listed(places, 5)}. Give one of them.")
    for label in {folders[-2] for folders in chosen.values()}:
        if not label.strip() or not label.isprintable():
            raise DataError(f"{name} holds a folder {label!r}, whose name is no label. Rename it.")
    return {path: (f[-2], PARTS[f[-3].lower()] if in_parts else None) for path, f in chosen.items()}


def _at_depth_of_labels(split: dict[str, list[str]]) -> dict[str, list[str]]:
    """Returns the texts of the first level that has several folders, or of the fullest where none has.

    Above it an archive may have a folder around everything, with a text about the data in it.
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
        raise DataError(f"{name} holds half of a character. Save it again as UTF-8.") from error


def _labelled(
    texts: list[str], placed: dict[str, tuple[str, str | None]], files: Iterable[str], others: list[str]
) -> LabelledTexts:
    unlabelled = sum(map(_is_unlabelled, others))
    left = [path for path in files if path not in placed] + [path for path in others if not _is_unlabelled(path)]
    notes = []
    if unlabelled:
        noun = "file in a folder without a label is" if unlabelled == 1 else "files in folders without a label are"
        notes.append(f"{unlabelled:,} {noun} left out")
    if left:
        noun = "file is" if len(left) == 1 else "files are"
        notes.append(f"{len(left):,} other {noun} left out: {listed(sorted(left), 3)}")
    parts = [part for _, part in placed.values() if part is not None]
    return LabelledTexts(texts, [label for label, _ in placed.values()], parts or None, notes)
