"""State and options of the embed task: word vectors from running text.

Training has no labels and no validation; analogies and human similarity ratings score the vectors afterwards.
"""

import re
from typing import Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from seqkit.data.labelled.ragged import Ragged
from seqkit.data.text.corpus import Corpus
from seqkit.data.text.subwords import Subwords
from seqkit.data.text.word_ids import Tokenizer
from seqkit.errors import DataError, UsageError
from seqkit.spec import Spec


class EmbedState(BaseModel):
    """Fitted state of the embed task: all that inference needs to look up words. Stored as JSON.

    Attributes:
        vocabulary: Number of words.
        kept: Number of words at the end of the vocabulary that were not trained, but have the vectors that the training
            started from.
        dim: Dimension of the vectors.
        tokenizer: "word" separates punctuation from words, "blank" splits at white space only, "bpe" splits into
            subwords, "char" into characters.
        lower: Whether the text was lower-cased.
        min_count: Minimum count of a word.
        sample: Relative frequency above which words were subsampled.
        subwords: Lengths of the shortest and longest character n-grams; None without subwords.
        buckets: Number of hash buckets for n-grams; 0 without subwords.
        ngrams: Number of n-grams of all words; 0 without subwords.
        phrases: Minimum normalised pointwise mutual information that joined two words; None without phrases.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    vocabulary: int = Field(ge=2)
    kept: int = Field(default=0, ge=0)
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
    def _check_subwords(self) -> Self:
        if self.subwords is not None and not (1 <= self.subwords[0] <= self.subwords[1] and self.buckets >= 1):
            raise ValueError("subwords need 1 <= shortest <= longest, and buckets")
        return self

    @property
    def spec(self) -> Spec:
        """Inputs and outputs of a model for this state."""
        return Spec.words(
            vocabulary=self.vocabulary - self.kept, dim=self.dim, buckets=self.buckets, ngrams=self.ngrams
        )


def prepare(
    corpus: Corpus,
    dimensions: int | None,
    kept: int,
    *,
    dim: int | None = None,
    tokenizer: Literal["word", "blank", "bpe", "char"] = "word",
    lower: bool = True,
    min_count: int = 5,
    vocabulary: int | None = None,
    sample: float = 1e-3,
    subwords: str | None = None,
    buckets: int = 200_000,
    phrases: float | None = None,
    vectors: str | None = None,
) -> tuple[EmbedState, Ragged | None]:
    """Returns the state, and the n-grams of each word with `subwords`.

    Args:
        corpus: The text, read with these options.
        dimensions: Dimension of the vectors named by `vectors`; None without them.
        kept: Number of their words that the text lacks.
        dim: Dimension of the vectors; none is 100, or that of `vectors`, [1, inf).
        tokenizer: The unit that gets a vector: a word, separated from punctuation; what stands between blanks; a
            subword (byte-pair encoding); or a character. Text without blanks between words, such as Chinese or Thai,
            needs one of the last two.
        lower: Lower-case the text.
        min_count: Minimum count of a word to get a vector, [1, inf).
        vocabulary: Maximum number of words that get a vector, the most frequent ones; none is no limit, or 20,000
            subwords, [2, inf).
        sample: Subsample words with a relative frequency above this, the more frequent the more; 0 for none, [0, 1].
        subwords: Lengths of character n-grams whose vectors are added to that of the word, as in 3-6, so that
            unknown words get a vector; none for whole words only. Hangul is decomposed into letters.
        buckets: Number of hash buckets for n-grams, with subwords, [1, inf).
        phrases: Join two consecutive words into one if their normalised pointwise mutual information is at least this,
            such as 0.5; none joins no words, (-1, 1].
        vectors: Go on from these vectors: a run of `seqkit train skipgram` or `cbow`, or a word2vec (text or binary) or
            GloVe file. New words start at random; words that the text lacks keep their vectors.

    Raises:
        UsageError: `subwords` is not a valid pair of lengths.
        DataError: The vectors have another dimension than `dim`.
    """
    hashed = hashed_ngrams(subwords, buckets)
    ngrams = None if hashed is None else hashed.ngrams(corpus.words)
    if dimensions is not None:
        if dim not in (None, dimensions):
            raise DataError(
                f"The vectors in {vectors} have {dimensions} dimensions, but --dim is {dim}. Leave --dim out."
            )
        dim = dimensions
    state = EmbedState(
        vocabulary=len(corpus.words) + kept,
        kept=kept,
        dim=100 if dim is None else dim,
        tokenizer=tokenizer,
        lower=lower,
        min_count=min_count,
        sample=sample,
        subwords=None if hashed is None else (hashed.shortest, hashed.longest),
        buckets=0 if hashed is None else buckets,
        ngrams=0 if ngrams is None else len(ngrams.values),
        phrases=phrases,
    )
    return state, ngrams


def hashed_ngrams(subwords: str | None, buckets: int) -> Subwords | None:
    """Returns the n-grams that the options ask for, None without them.

    Raises:
        UsageError: `subwords` is not a valid pair of lengths.
    """
    return None if subwords is None else Subwords(*_sizes(subwords), buckets)


def keep_probabilities(counts: np.ndarray, sample: float) -> np.ndarray:
    """Returns the probability to keep a word in subsampling, as in word2vec; 1 for rare words.

    Args:
        counts: Count of each word, of shape (words,).
        sample: Relative frequency above which words are subsampled; 0 keeps all.

    Returns:
        Probabilities of shape (words + 1,), float32; the first one, 1, is for the end of a line.

    Source: Mikolov, Sutskever, Chen, Corrado & Dean (2013), https://arxiv.org/abs/1310.4546, section 2.3, in the form
        of the authors' implementation.
    """
    probabilities = np.ones(len(counts) + 1, np.float32)
    if sample:
        ratio = counts / counts.sum() / sample
        probabilities[1:] = np.minimum((np.sqrt(ratio) + 1) / ratio, 1)
    return probabilities


def _sizes(subwords: str) -> tuple[int, int]:
    match = re.fullmatch(r"\s*(\d{1,3})(?:\s*-\s*(\d{1,3}))?\s*", subwords)
    shortest, longest = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not 1 <= shortest <= longest:
        raise UsageError(
            "Received an invalid value for --subwords, expected the shortest and longest length of n-grams, as in "
            f"3-6, got {subwords!r}."
        )
    return shortest, longest
