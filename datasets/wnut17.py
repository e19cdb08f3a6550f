"""WNUT 2017: new and rare names in posts of Twitter, YouTube, StackExchange and Reddit.

3,394 sentences for training, 1,009 for validation and 1,287 for test, with 62,730, 15,733 and 23,394 words. Names are
persons, locations, corporations, products, creative works and groups; most of those in test occur nowhere in training,
which makes the task hard: the systems of 2017 reached an F1 of 0.26 to 0.42 with outside resources. Tags are in the
scheme IOB2, and the parts are the published ones. Source: L. Derczynski, E. Nichols, M. van Erp and N. Limsopatham,
"Results of the WNUT2017 shared task on novel and emerging entity recognition", 2017,
https://aclanthology.org/W17-4418.
"""

from functools import partial
from pathlib import Path

import pandas as pd

from seqkit.data.files.download import fetch
from seqkit.data.tagged.reading import read_tagged
from seqkit.errors import DataError

LICENCE = "CC BY 4.0"
SOURCE = "https://github.com/leondz/emerging_entities_17"
TASKS = ("tag",)
KIND = "tagged"
PROTOCOL: dict[str, object] = {}

_FILES = "https://raw.githubusercontent.com/leondz/emerging_entities_17/master"
_PARTS = {"train": "wnut17train.conll", "validation": "emerging.dev.conll", "test": "emerging.test.annotated"}
_COUNTS = {
    "wnut17train.conll": (3_394, 62_730),
    "emerging.dev.conll": (1_009, 15_733),
    "emerging.test.annotated": (1_287, 23_394),
}
"""Sentences and words of each file."""


def load() -> pd.DataFrame:
    """Returns the words of all parts: "sentence", "word", "tag" and "part".

    Raises:
        NotFoundError: A file is not in the cache and cannot be downloaded; the message says where to put it.
        DataError: A cached or downloaded file is not this data set.
    """
    columns: dict[str, list[object]] = {"sentence": [], "word": [], "tag": [], "part": []}
    number = 0
    for part, name in _PARTS.items():
        path = fetch("wnut17", name, url=f"{_FILES}/{name}", check=partial(_check, name))
        for sentence in read_tagged(path, scheme="IOB2").sentences:
            columns["sentence"] += [number] * len(sentence)
            columns["word"] += sentence.words
            columns["tag"] += sentence.tags
            columns["part"] += [part] * len(sentence)
            number += 1
    return pd.DataFrame(columns)


def _check(name: str, path: Path) -> None:
    corpus = read_tagged(path, scheme="IOB2")
    found, expected = (len(corpus), sum(map(len, corpus.sentences))), _COUNTS[name]
    if found != expected:
        raise DataError(
            f"it has {found[0]:,} sentences of {found[1]:,} words, expected {expected[0]:,} of {expected[1]:,}."
        )
