"""WikiText-2: 720 good and featured articles of the English Wikipedia, 2 million words for training.

600 articles for training and 60 each for validation and test: 2,051,910, 213,886 and 241,211 words in 23,767, 2,461 and
2,891 lines that are not blank, a paragraph or a heading each. The text is divided into words by blanks, with capital
letters, marks as words of their own, `@-@`, `@,@` and `@.@` for marks inside words and numbers; whatever occurred fewer
than three times is `<unk>`.

Figures for word vectors from it are low: it is a small corpus, good for trying things out. The protocol reads words
between blanks, as they were divided. Source: Merity, Xiong, Bradbury and Socher, "Pointer Sentinel Mixture Models",
ICLR 2017, https://arxiv.org/abs/1609.07843.
"""

from pathlib import Path
from typing import Literal

import pandas as pd

from seqkit.data.files.download import fetch
from seqkit.errors import DataError

LICENCE = "CC BY-SA, as Wikipedia"
SOURCE = "https://raw.githubusercontent.com/pytorch/examples/main/word_language_model/data/wikitext-2"
TASKS = ("embed",)
KIND = "corpus"
PROTOCOL = {"tokenizer": "blank"}

_FILES = {"train": "train.txt", "validation": "valid.txt", "test": "test.txt"}
_WORDS = {"train.txt": 2_051_910, "valid.txt": 213_886, "test.txt": 241_211}


def load(*, part: Literal["train", "validation", "test"] = "train") -> pd.DataFrame:
    """Returns the lines of a part that are not blank, in their order: "text".

    Args:
        part: Which of the three.

    Raises:
        NotFoundError: The file is not in the cache and cannot be downloaded; the message says where to put it.
        DataError: The file in the cache, or the one that came, is not this set.
    """
    name = _FILES[part]
    path = fetch("wikitext2", name, url=f"{SOURCE}/{name}", check=lambda found: _check(found, _WORDS[name]))
    lines = (line.strip() for line in _text(path).split("\n"))
    return pd.DataFrame({"text": [line for line in lines if line]})


def _check(path: Path, expected: int) -> None:
    words = len(_text(path).split())
    if words != expected:
        raise DataError(f"it has {words:,} words, expected {expected:,}.")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DataError("it is not UTF-8, which was expected.") from error
