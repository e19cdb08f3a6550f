"""Google's 19,544 English analogy questions in 14 sections, such as Athens Greece Baghdad Iraq.

Five sections are semantic (capitals, currencies, cities of states, families; 8,869 questions), nine are syntactic
(comparatives, plurals, past tenses; 10,675). Names are capitalised. The fourth word of each question is the answer;
many questions share words, and a few sections have hundreds of questions about the same few dozen words.

It evaluates word vectors and is not a training set. Source: Mikolov, Chen, Corrado and Dean, "Efficient Estimation of
Word Representations in Vector Space", 2013, https://arxiv.org/abs/1301.3781.
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
    """Returns the 19,544 questions in file order: "section", and "a", "b", "c", "d" of "a is to b as c is to d".

    Raises:
        NotFoundError: The file is not in the cache and cannot be downloaded; the message says where to put it.
        DataError: The cached or downloaded file is not this data set.
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
