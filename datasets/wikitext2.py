"""WikiText-2: 720 good and featured articles of the English Wikipedia, 2 million training words.

600 articles for training and 60 each for validation and test: 2,051,910, 213,886 and 241,211 words in 23,767, 2,461 and
2,891 non-blank lines, each a paragraph or a heading. The text is already tokenized: spaces separate words and
punctuation marks, case is preserved, `@-@`, `@,@` and `@.@` are marks inside words and numbers, and words that occur
fewer than three times are `<unk>`.

It is a small corpus for experiments: word vectors learnt from it score low. The protocol splits only at spaces, as the
text is tokenized. Source: Merity, Xiong, Bradbury and Socher, "Pointer Sentinel Mixture Models", ICLR 2017,
https://arxiv.org/abs/1609.07843.
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
    """Returns the non-blank lines of a part in order: "text".

    Args:
        part: Part of the data set.

    Raises:
        NotFoundError: The file is not in the cache and cannot be downloaded; the message says where to put it.
        DataError: The cached or downloaded file is not this data set.
    """
    name = _FILES[part]
    path = fetch("wikitext2", name, url=f"{SOURCE}/{name}", check=lambda file: _check(file, _WORDS[name]))
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
        raise DataError("it must be UTF-8.") from error
