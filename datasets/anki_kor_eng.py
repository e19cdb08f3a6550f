"""Anki Korean-English: short sentences of everyday life with their translations, from Tatoeba.

3,798 pairs in the version of 2019, sorted by length: the English sentence, a tab, and the Korean one. Some sentences
have several translations, so that a random split asks for sentences that training has seen; published scores on such
splits are not comparable. The split here keeps pairs that share a sentence in one part.

So few pairs do not teach a language: a network learns frequent phrases. The protocol translates from Korean to English,
and keeps a tenth each for validation and test. Source: the Tatoeba project, https://tatoeba.org, prepared by https://www.manythings.org/anki/.
"""

from pathlib import Path

import pandas as pd

from seqkit.data.files.download import fetch
from seqkit.data.pairs.pair_files import read_pairs
from seqkit.errors import DataError

LICENCE = "CC BY 2.0 FR"
SOURCE = "https://www.manythings.org/anki/kor-eng.zip"
TASKS = ("translate",)
KIND = "pairs"
PROTOCOL = {"source": "kor", "target": "eng", "split": "0.8,0.1,0.1"}

_FILE = "kor.txt"
_PAIRS = 3_798
_MIN_PAIRS = 1_000


def load() -> pd.DataFrame:
    """Returns all pairs in the order of the file: "kor" and "eng".

    `attrs["notes"]` says so if the file is another version, whose scores are not comparable.

    Raises:
        NotFoundError: The file is not in the cache and cannot be downloaded; the message says where to put it.
        DataError: The cached or downloaded file is not this data set.
    """
    frame = _read(fetch("anki_kor_eng", _FILE, url=SOURCE, check=_check))
    frame.attrs = {"source": _FILE, "notes": _notes(len(frame))}
    return frame


def _read(path: Path) -> pd.DataFrame:
    frame = read_pairs([path])
    return pd.DataFrame({"kor": frame["2"], "eng": frame["1"]})


def _notes(pairs: int) -> list[str]:
    if pairs == _PAIRS:
        return []
    return [
        f"{_FILE} has {pairs:,} pairs, not the {_PAIRS:,} of 2019: do not compare scores with those on that version"
    ]


def _check(path: Path) -> None:
    pairs = len(_read(path))
    if pairs < _MIN_PAIRS:
        raise DataError(f"it has {pairs:,} pairs, expected at least {_MIN_PAIRS:,}.")
