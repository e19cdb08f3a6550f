"""Embed: a vector for each word, such that words which stand among like words have like vectors.

There is no right answer to score in training: the vectors are judged afterwards, by analogies and by how alike people
find two words.
"""

import re
from typing import Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from seqkit.data.labelled.ragged import Ragged
from seqkit.data.text.corpus import Corpus
from seqkit.data.text.subwords import Subwords
from seqkit.data.text.word_ids import Tokenizer
from seqkit.errors import UsageError
from seqkit.spec import Spec


class EmbedState(BaseModel):
    """All that is needed to look up words as training read them, as JSON.

    Attributes:
        vocabulary: Words there are.
        dim: Length of their vectors.
        tokenizer: What a word is: "word" also parts punctuation from words, "blank" takes what stands between blanks.
        lower: Whether capital letters became small ones.
        min_count: How often a word had to occur.
        sample: Share of the text from which on a word was left out at random, the more often the more frequent.
        subwords: Characters of the shortest and the longest n-grams that vectors are made of; None without.
        buckets: Vectors that the n-grams share, 0 without.
        ngrams: N-grams of all words together.
        phrases: Normalised pointwise mutual information from which on two words became one; None without.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    vocabulary: int = Field(ge=2)
    dim: int = Field(ge=1)
    tokenizer: Tokenizer
    lower: bool
    min_count: int = Field(ge=1)
    sample: float = Field(ge=0)
    subwords: tuple[int, int] | None = None
    buckets: int = Field(default=0, ge=0)
    ngrams: int = Field(default=0, ge=0)
    phrases: float | None = None

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.subwords is not None and not (1 <= self.subwords[0] <= self.subwords[1] and self.buckets >= 1):
            raise ValueError("subwords need 1 <= shortest <= longest, and buckets")
        return self

    @property
    def spec(self) -> Spec:
        """What a model for this state takes in and gives out."""
        return Spec.words(vocabulary=self.vocabulary, dim=self.dim, buckets=self.buckets, ngrams=self.ngrams)


def prepare(
    corpus: Corpus,
    *,
    dim: int = 100,
    tokenizer: Literal["word", "blank"] = "word",
    lower: bool = True,
    min_count: int = 5,
    sample: float = 1e-3,
    subwords: str | None = None,
    buckets: int = 200_000,
    phrases: float | None = None,
) -> tuple[EmbedState, Ragged | None]:
    """Returns the state, and the n-grams of each word where these have vectors.

    Args:
        corpus: The text, read with these options.
        dim: Length of the vectors, [1, inf).
        tokenizer: What a word is: "word" parts punctuation marks from words, "blank" takes what stands between blanks.
        lower: Whether capital letters become small ones.
        min_count: How often a word must occur to get a vector, [1, inf).
        sample: Words that are more than this share of the text are left out at random, the more often the more frequent
            they are; 0 leaves out none, [0, 1].
        subwords: Lengths of the n-grams of letters that vectors are made of, too, as in 3-6, so that words which
            training never saw get one; none makes a vector of the whole word alone. Hangul is parted into its letters.
        buckets: Vectors that the n-grams share, with subwords, [1, inf).
        phrases: Make one word of two that stand side by side more often than by chance: the least normalised pointwise
            mutual information, such as 0.5; none joins no words, (-1, 1].

    Raises:
        UsageError: `subwords` is no pair of lengths.
    """
    vocabulary = len(corpus.words)
    sizes = None if subwords is None else _sizes(subwords)
    ngrams = None if sizes is None else Subwords(*sizes, buckets).ngrams(corpus.words)
    state = EmbedState(
        vocabulary=vocabulary,
        dim=dim,
        tokenizer=tokenizer,
        lower=lower,
        min_count=min_count,
        sample=sample,
        subwords=sizes,
        buckets=buckets if sizes else 0,
        ngrams=0 if ngrams is None else len(ngrams.values),
        phrases=phrases,
    )
    return state, ngrams


def keep_probabilities(counts: np.ndarray, sample: float) -> np.ndarray:
    """Returns with which chance each word is kept, in the way of word2vec: rare words always.

    Args:
        counts: How often each word occurs, of shape (words,).
        sample: Share of the text from which on a word is left out at times; 0 keeps all.

    Returns:
        Chances of shape (words + 1,), float32; the first is that of the line end, which always stays.

    Source: Mikolov, Sutskever, Chen, Corrado & Dean (2013), https://arxiv.org/abs/1310.4546, section 2.3, in the form
        that its authors' program has.
    """
    kept = np.ones(len(counts) + 1, np.float32)
    if sample:
        share = counts / counts.sum() / sample
        kept[1:] = np.minimum((np.sqrt(share) + 1) / share, 1)
    return kept


def _sizes(subwords: str) -> tuple[int, int]:
    found = re.fullmatch(r"\s*(\d{1,3})(?:\s*-\s*(\d{1,3}))?\s*", subwords)
    shortest, longest = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not 1 <= shortest <= longest:
        raise UsageError(f"--subwords takes the lengths of n-grams, shortest-longest, as in 3-6; got {subwords!r}.")
    return shortest, longest
