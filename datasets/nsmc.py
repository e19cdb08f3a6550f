"""NSMC: 200,000 short Korean film reviews from Naver Movies, half positive and half negative.

150,000 reviews for training and 50,000 for testing, of about 140 characters at most. Reviews with at most four of ten
stars are "neg", those with nine or ten are "pos", and others were excluded. Some reviews are empty, and quotes are
ordinary characters in the files.

The protocol keeps both parts and takes a tenth of the training part for validation. It uses character tokens: Korean
words carry suffixes and spacing is optional, so most whole words are rare.

Cached files are not required to match the checksum. If a file differs from the published one, a note says so: its
reviews may be split differently, and its scores are then not comparable with published ones.

Source: Park, "Naver sentiment movie corpus v1.0" (2016), https://github.com/e9t/nsmc.
"""

import hashlib
from pathlib import Path

import pandas as pd

from seqkit.data.files.download import fetch
from seqkit.data.labelled.text_files import read_examples
from seqkit.errors import DataError

LICENCE = "CC0 1.0"
SOURCE = "https://github.com/e9t/nsmc"
TASKS = ("classify",)
KIND = "texts"
PROTOCOL = {
    "tokenizer": "char",
    "vocabulary": 4000,
    "length": 150,
    "token_dropout": 0.16,
    "split": "0.675,0.075,0.25",
}

_FILES = "https://raw.githubusercontent.com/e9t/nsmc/master"
_SHA256 = {
    "train": "e03b7d14e9e41be8d464a28057cd25d7396c53e67aa7fd5f7e552c59b0ee2940",
    "test": "8ac9f64052f11dbf6ae0acb5e038f03d90a76f0eda7820cfb3a92d02edfcebda",
}
_ROWS = {"train": 150_000, "test": 50_000}
_LABELS = {"0": "neg", "1": "pos"}


def load() -> pd.DataFrame:
    """Returns the 200,000 reviews: "id", "text", "label" ("neg" or "pos") and "part" ("train" or "test").

    `attrs["notes"]` names files that differ from the published ones.

    Raises:
        NotFoundError: A file is not in the cache and cannot be downloaded; the message says where to put it.
        DataError: A cached file is not this data set.
    """
    parts = [_load(part) for part in _ROWS]
    frame = pd.concat(parts, ignore_index=True)
    frame.attrs = {**parts[0].attrs, "notes": [note for part in parts for note in part.attrs["notes"]]}
    return frame


def _load(part: str) -> pd.DataFrame:
    name = f"ratings_{part}.txt"
    path = fetch("nsmc", name, url=f"{_FILES}/{name}", sha256=_SHA256[part])
    frame = read_examples(path, quotes="none")
    if list(frame.columns) != ["id", "document", "label"] or len(frame) != _ROWS[part]:
        raise _refusal(
            path, f"{len(frame):,} rows of {', '.join(frame.columns)}", f"{_ROWS[part]:,} of id, document, label"
        )
    labels = frame["label"].map(_LABELS)
    if labels.isna().any():
        raise _refusal(path, f"the label {frame['label'][labels.isna()].iloc[0]!r}", "0 and 1")
    reviews = pd.DataFrame({"id": frame["id"], "text": frame["document"], "label": labels, "part": part})
    reviews.attrs = {**frame.attrs, "notes": list(frame.attrs["notes"])}
    if hashlib.sha256(path.read_bytes()).hexdigest() != _SHA256[part]:
        reviews.attrs["notes"].append(
            f"{name} differs from the published file: do not compare scores with published ones"
        )
    return reviews


def _refusal(path: Path, content: str, expected: str) -> DataError:
    return DataError(
        f"{path} is not the expected file: it has {content}, expected {expected}. Delete it to download it again."
    )
