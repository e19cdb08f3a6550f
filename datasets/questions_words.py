"""Google's analogy questions: 19,544 of them in 14 sections, in English, such as Athens Greece Baghdad Iraq.

Five sections ask what one knows of the world (capitals, currencies, cities of states, families), 8,869 questions; nine
ask for forms of words (comparatives, plurals, past tenses), 10,675. Names have capital letters. Of each question the
fourth word is the answer; many questions share their words, and a few sections hold hundreds of questions about the
same few dozen words.

It is what word vectors are asked, and not what they learn from. Source: Mikolov, Chen, Corrado and Dean, "Efficient
Estimation of Word Representations in Vector Space", 2013, https://arxiv.org/abs/1301.3781.
"""

from pathlib import Path

import pandas as pd

from seqkit.data.files.download import fetch
from seqkit.data.vectors.analogies import read_analogies
from seqkit.errors import DataError

LICENCE = "Apache 2.0"
SOURCE = "https://raw.githubusercontent.com/tmikolov/word2vec/master/questions-words.txt"
TASKS = ("embed",)
KIND = "analogies"

_QUESTIONS, _SECTIONS = 19_544, 14


def load() -> pd.DataFrame:
    """Returns the 19,544 questions in their order: "section", and "a", "b", "c", "d" of "a is to b as c is to d".

    Raises:
        NotFoundError: The file is not in the cache and cannot be downloaded; the message says where to put it.
        DataError: The file in the cache, or the one that came, is not this set.
    """
    sections = read_analogies(fetch("questions_words", "questions-words.txt", url=SOURCE, check=_check))
    rows = [(section.name, *question) for section in sections for question in section.questions]
    return pd.DataFrame(rows, columns=["section", "a", "b", "c", "d"])


def _check(path: Path) -> None:
    sections = read_analogies(path)
    questions = sum(len(section.questions) for section in sections)
    if (questions, len(sections)) != (_QUESTIONS, _SECTIONS):
        raise DataError(
            f"it has {questions:,} questions in {len(sections):,} sections, expected {_QUESTIONS:,} in {_SECTIONS}."
        )
