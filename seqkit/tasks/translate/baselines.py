"""What translations are scored beside: word by word, the nearest training sentence, and the source as it is."""

from collections.abc import Callable, Sequence

from seqkit.tasks.translate.ibm_model1 import WordByWord
from seqkit.tasks.translate.nearest import NearestSentence

Translate = Callable[[Sequence[str]], list[str]]

WORD_BY_WORD, NEAREST, COPY = "IBM model 1", "nearest sentence", "copy"
"""Names of the baselines."""


def fit_baselines(
    train: tuple[Sequence[str], Sequence[str]], validation: tuple[Sequence[str], Sequence[str]]
) -> dict[str, Translate]:
    """Fits the baselines on training pairs, and chooses their settings on validation pairs.

    Args:
        train: Source and target sentences of training.
        validation: Source and target sentences of validation.

    Returns:
        The functions that translate sentences, by name.
    """
    word_by_word = WordByWord.fit(*train).choose(*validation)
    nearest = NearestSentence.choose(*train, *validation)
    return {WORD_BY_WORD: word_by_word.translate, NEAREST: nearest.translate, COPY: list}
