"""Anki French-English: short sentences of everyday life with their translations, from Tatoeba.

142,787 pairs in the version of 2017, sorted by length: the English sentence, a tab, and the French one. Many sentences
have several translations, so that a random split asks for sentences that training has seen; published scores on such
splits are not comparable. The split here keeps pairs that share a sentence in one part.

The protocol translates from French to English. It draws 50,000 of the pairs with a fixed seed, and keeps 1,000 each for
validation and test. Source: the Tatoeba project, https://tatoeba.org, prepared by https://www.manythings.org/anki/.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from seqkit.data.files.download import fetch
from seqkit.data.pairs.pair_files import read_pairs
from seqkit.errors import DataError, UsageError

LICENCE = "CC BY 2.0 FR"
SOURCE = "https://www.manythings.org/anki/fra-eng.zip"
TASKS = ("translate",)
KIND = "pairs"
PROTOCOL = {"source": "fra", "target": "eng", "split": "0.96,0.02,0.02", "epochs": 8}

_FILE = "fra.txt"
_PAIRS = 142_787
_MIN_PAIRS = 100_000
_SEED = 0


def load(*, pairs: int = 50_000) -> pd.DataFrame:
    """Returns pairs drawn at random, in the order of the file: "fra" and "eng".

    `attrs["notes"]` says so if the file is another version, whose scores are not comparable.

    Args:
        pairs: Number of pairs, [100, 1000000]; all of them, if there are fewer.

    Raises:
        UsageError: `pairs` is out of range.
        NotFoundError: The file is not in the cache and cannot be downloaded; the message says where to put it.
        DataError: The cached or downloaded file is not this data set.
    """
    if not 100 <= pairs <= 1_000_000:
        raise UsageError(f"Received an invalid value for `pairs`, expected 100 to 1000000, got {pairs!r}.")
    frame = _read(fetch("anki_fra_eng", _FILE, url=SOURCE, check=_check))
    chosen = np.sort(np.random.default_rng(_SEED).permutation(len(frame))[:pairs])
    drawn = frame.iloc[chosen].reset_index(drop=True)
    drawn.attrs = {"source": _FILE, "notes": _notes(len(frame))}
    return drawn


def _read(path: Path) -> pd.DataFrame:
    frame = read_pairs([path])
    return pd.DataFrame({"fra": frame["2"], "eng": frame["1"]})


def _notes(pairs: int) -> list[str]:
    if pairs == _PAIRS:
        return []
    return [
        f"{_FILE} has {pairs:,} pairs, not the {_PAIRS:,} of 2017: do not compare scores with those on that version"
    ]


def _check(path: Path) -> None:
    pairs = len(_read(path))
    if pairs < _MIN_PAIRS:
        raise DataError(f"it has {pairs:,} pairs, expected at least {_MIN_PAIRS:,}.")
