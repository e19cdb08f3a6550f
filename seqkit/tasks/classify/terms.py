"""TF-IDF terms of texts: words and pairs of words, or character n-grams."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
from itertools import chain, pairwise
from typing import Any

import numpy as np

from seqkit.data.text.invisible import JOINERS, REMOVED, ZERO_WIDTH_SPACE

MIN_LETTERS = 2_000_000
"""Above this number of letters in the training texts, terms that occur in only one text are dropped to save time."""

_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_FORMER_WORD = re.compile(r"\w+(?:'\w+)*")
_ASCII_TOKEN = re.compile(r"\w+(?:'\w+)*|[^\w\s]")
_REMOVED = re.compile(f"[{REMOVED}]+")
_UNSPACED = re.compile(  # Thai and Lao, Burmese, Hangul, Khmer, Kana, Han, and their extensions
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc\U00020000-\U0003ffff]"
)
_MARK_BLOCKS = (range(0x20000), range(0xE0100, 0xE01F0))


@dataclass(frozen=True)
class Terms:
    """A TF-IDF vectorizer for words and pairs of words, or for character n-grams.

    Texts are normalised and split as the word tokenizer does: a term is a word or a punctuation mark, or two
    consecutive ones; if `letters`, one to three consecutive characters, including spaces. A term that occurs n times in
    a text has the weight (1 + ln n)(1 + ln((1 + texts) / (1 + texts with the term))); the weights of a text are scaled
    to unit L2 norm.

    Attributes:
        letters: Whether terms are character n-grams. This is chosen if more than 30 % of the letters in the training
            texts are of a script without spaces between words, or with suffixes attached to them, as in Korean.
        names: The terms.
        rarity: Inverse document frequency, the second factor, float32, of shape (terms,).
        lower: Whether texts are lower-cased; None for terms of an earlier version, which cut words at combining marks
            and left out all other signs.
    """

    letters: bool
    names: tuple[str, ...]
    rarity: np.ndarray
    lower: bool | None = True

    @classmethod
    def fit(cls, texts: Sequence[str], max_terms: int, *, lower: bool = True) -> tuple["Terms", Any]:
        """Returns the `max_terms` most frequent terms of the training texts, and the weights of these texts."""
        from sklearn.feature_extraction.text import CountVectorizer

        letters = _needs_characters(texts)
        vectorizer = CountVectorizer(
            analyzer=_analyzer(letters, lower),
            min_df=2 if sum(map(len, texts)) > MIN_LETTERS else 1,
            dtype=np.float32,
        )
        try:
            counts = vectorizer.fit_transform(texts)
        except ValueError:  # no term occurs, or none occurs in two texts
            terms = cls(letters, (), np.empty(0, np.float32), lower)
            return terms, terms.transform(texts)
        names = vectorizer.get_feature_names_out()
        if len(names) > max_terms:  # the vectorizer's own `max_features` sorts all terms first
            columns = np.sort(np.argsort(-np.asarray(counts.sum(axis=0)).ravel(), kind="stable")[:max_terms])
            counts, names = counts[:, columns], names[columns]
        document_counts = np.bincount(counts.indices, minlength=len(names))
        rarity = 1 + np.log((1 + len(texts)) / (1 + document_counts))
        terms = cls(letters, tuple(names.tolist()), rarity.astype(np.float32), lower)
        return terms, terms._weights(counts)

    def transform(self, texts: Sequence[str]) -> Any:
        """Returns the weight of each term in each text, a sparse float32 array of shape (texts, terms)."""
        if not self.names:
            from scipy.sparse import csr_matrix

            return csr_matrix((len(texts), 0), dtype=np.float32)
        return self._weights(self._vectorizer.transform(texts))

    @cached_property
    def _vectorizer(self) -> Any:
        from sklearn.feature_extraction.text import CountVectorizer

        return CountVectorizer(
            analyzer=_analyzer(self.letters, self.lower),
            vocabulary={name: i for i, name in enumerate(self.names)},
            dtype=np.float32,
        )

    def _weights(self, counts: Any) -> Any:
        from sklearn.preprocessing import normalize

        counts.data = (1 + np.log(counts.data)) * self.rarity[counts.indices]
        return normalize(counts, copy=False)


def split_words(text: str, *, lower: bool = True) -> list[str]:
    """Returns the words and punctuation marks of a text, normalised and split as by a tokenizer of kind "word"."""
    text = _normalised(text, lower)
    return (_ASCII_TOKEN if text.isascii() else _token()).findall(text)


def _analyzer(letters: bool, lower: bool | None) -> Callable[[str], list[str]]:
    if lower is None:
        return _former_ngrams if letters else _former_terms
    return partial(_character_ngrams if letters else _words_and_pairs, lower=lower)


def _needs_characters(texts: Sequence[str]) -> bool:
    """Whether more than 30 % of the letters are of a script for which words make poor terms."""
    sample = texts[:: max(1, len(texts) // 2000)]  # evenly spaced, as texts may be sorted
    counts = Counter("".join(sample))
    total = sum(count for character, count in counts.items() if character.isalpha())
    return sum(count for character, count in counts.items() if _UNSPACED.match(character)) > 0.3 * total


@cache
def _token() -> re.Pattern[str]:
    """Returns the pattern of words and signs: unlike in Python's own, a word includes its combining marks."""
    characters = map(chr, chain(*_MARK_BLOCKS))
    marks = "".join(c for c in characters if unicodedata.category(c) in ("Mn", "Mc", "Me", "Pc"))
    word = rf"[\w{marks}]"
    return re.compile(rf"{word}+(?:['{JOINERS}]{word}+)*|\S")


def _normalised(text: str, lower: bool) -> str:
    if not text.isascii():
        text = _REMOVED.sub("", unicodedata.normalize("NFKC", text)).replace("’", "'").replace(ZERO_WIDTH_SPACE, " ")
    if lower:
        text = text.replace("Σ", "σ").lower()  # at the end of a word, Python would make another letter of it
    return " ".join((_BREAK.sub(" ", text) if "<" in text else text).split())


def _words_and_pairs(text: str, lower: bool) -> list[str]:
    return _with_pairs(split_words(text, lower=lower))


def _character_ngrams(text: str, lower: bool) -> list[str]:
    return _ngrams(_normalised(text, lower))


def _former_terms(text: str) -> list[str]:
    return _with_pairs(_FORMER_WORD.findall(_formerly_normalised(text)))


def _former_ngrams(text: str) -> list[str]:
    return _ngrams(_formerly_normalised(text))


def _formerly_normalised(text: str) -> str:
    return " ".join(_BREAK.sub(" ", text).lower().replace("’", "'").split())


def _with_pairs(words: list[str]) -> list[str]:
    return words + [f"{first} {second}" for first, second in pairwise(words)]


def _ngrams(text: str) -> list[str]:
    return [text[i : i + length] for length in (1, 2, 3) for i in range(len(text) - length + 1)]
