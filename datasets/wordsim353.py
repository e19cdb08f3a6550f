"""WordSim-353: similarity and relatedness of 353 pairs of English words, rated from 0 to 10 by 13 to 16 people.

Tiger and cat have 7.35, king and cabbage 0.23. The ratings mix similarity (tiger, cat) and relatedness (computer,
keyboard). One pair, money and cash, occurs twice with different ratings, and tiger is compared with itself.

It evaluates word vectors and is not a training set. Source: Finkelstein et al., "Placing Search in Context: The Concept
Revisited", ACM Transactions on Information Systems 20, 2002, https://doi.org/10.1145/503104.503110.
"""

from pathlib import Path

import pandas as pd

from seqkit.data.files.download import fetch
from seqkit.data.vectors.pairs import read_pairs
from seqkit.errors import DataError

LICENCE = "offered for research, cite the paper"
SOURCE = "https://raw.githubusercontent.com/mfaruqui/eval-word-vectors/master/data/word-sim/EN-WS-353-ALL.txt"
TASKS = ("embed",)
KIND = "word_pairs"

_PAIRS = 353


def load() -> pd.DataFrame:
    """Returns the 353 pairs in file order: "word", "other" and "score", the mean rating in [0, 10].

    Raises:
        NotFoundError: The file is not in the cache and cannot be downloaded; the message says where to put it.
        DataError: The cached or downloaded file is not this data set.
    """
    path = fetch("wordsim353", "EN-WS-353-ALL.txt", url=SOURCE, check=_check)
    return pd.DataFrame(read_pairs(path), columns=["word", "other", "score"])


def _check(path: Path) -> None:
    scores = [score for _, _, score in read_pairs(path)]
    if len(scores) != _PAIRS or not 0 <= min(scores) <= max(scores) <= 10:
        raise DataError(
            f"it has {len(scores):,} pairs rated {min(scores):g} to {max(scores):g}, expected {_PAIRS} rated 0 to 10."
        )
