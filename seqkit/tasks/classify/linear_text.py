"""Baseline for texts: TF-IDF weights and logistic regression."""

import re
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from seqkit.errors import DataError
from seqkit.files.arrays import stored_array
from seqkit.tasks.classify.metrics import log_losses

STRENGTHS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
"""Candidates for the inverse regularisation strength, ascending."""

DEFAULT_STRENGTH = 4.0
"""Inverse regularisation strength without validation texts: close to the best for long and for short reviews."""

MIN_LETTERS = 2_000_000
"""Above this number of letters in the training texts, terms that occur in only one text are dropped to save time."""

MAX_TERMS, MAX_WEIGHTS = 1_000_000, 1 << 22
"""Maximum number of terms, of which the most frequent stay, and of weights over all classes."""

IMPOSSIBLE_LOGIT = -1e4
"""Logit of a class that no training text has: its probability is 0."""

BATCH_SIZE = 8192
"""Number of texts predicted at a time."""

_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_WORD = re.compile(r"\w+(?:'\w+)*")
_UNSPACED = re.compile(  # Thai and Lao, Burmese, Hangul, Khmer, Kana, Han, and their extensions
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc\U00020000-\U0003ffff]"
)


@dataclass(frozen=True)
class Terms:
    """A TF-IDF vectorizer for words and pairs of words, or for character n-grams.

    A term is a word or two consecutive words; if `letters`, one to three consecutive characters, including spaces.
    Texts are lower-cased, and HTML line breaks count as spaces. A term that occurs n times in a text has the weight
    (1 + ln n)(1 + ln((1 + texts) / (1 + texts with the term))); the weights of a text are scaled to unit L2 norm.

    Attributes:
        letters: Whether terms are character n-grams. This is chosen if more than 30 % of the letters in the training
            texts are of a script without spaces between words, or with suffixes attached to them, as in Korean.
        names: The terms.
        rarity: Inverse document frequency, the second factor, float32, of shape (terms,).
    """

    letters: bool
    names: tuple[str, ...]
    rarity: np.ndarray

    @classmethod
    def fit(cls, texts: Sequence[str], max_terms: int) -> tuple["Terms", Any]:
        """Returns the `max_terms` most frequent terms of the training texts, and the weights of these texts."""
        from sklearn.feature_extraction.text import CountVectorizer

        letters = _needs_characters(texts)
        vectorizer = CountVectorizer(
            analyzer=_character_ngrams if letters else _words_and_pairs,
            min_df=2 if sum(map(len, texts)) > MIN_LETTERS else 1,
            dtype=np.float32,
        )
        try:
            counts = vectorizer.fit_transform(texts)
        except ValueError:  # no term occurs, or none occurs in two texts
            terms = cls(letters, (), np.empty(0, np.float32))
            return terms, terms.transform(texts)
        names = vectorizer.get_feature_names_out()
        if len(names) > max_terms:  # the vectorizer's own `max_features` sorts all terms first
            columns = np.sort(np.argsort(-np.asarray(counts.sum(axis=0)).ravel(), kind="stable")[:max_terms])
            counts, names = counts[:, columns], names[columns]
        document_counts = np.bincount(counts.indices, minlength=len(names))
        rarity = 1 + np.log((1 + len(texts)) / (1 + document_counts))
        terms = cls(letters, tuple(names.tolist()), rarity.astype(np.float32))
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
            analyzer=_character_ngrams if self.letters else _words_and_pairs,
            vocabulary={name: i for i, name in enumerate(self.names)},
            dtype=np.float32,
        )

    def _weights(self, counts: Any) -> Any:
        from sklearn.preprocessing import normalize

        counts.data = (1 + np.log(counts.data)) * self.rarity[counts.indices]
        return normalize(counts, copy=False)


@dataclass(frozen=True)
class LinearText:
    """Logistic regression on TF-IDF weights: hard to beat if word order matters little.

    S. Wang and C. D. Manning, "Baselines and bigrams: simple, good sentiment and topic classification", 2012,
    https://aclanthology.org/P12-2018

    Attributes:
        terms: The vectorizer.
        coefficients: Weights of shape (classes, terms), float32.
        intercept: Intercepts of shape (classes,), float32.
        multi_label: Whether a text may have several labels; each class then has its own binary regression.
        strength: Inverse regularisation strength, `C` in scikit-learn.
    """

    terms: Terms
    coefficients: np.ndarray
    intercept: np.ndarray
    multi_label: bool
    strength: float

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        y_true: np.ndarray,
        classes: int,
        *,
        validation: tuple[Sequence[str], np.ndarray] | None = None,
    ) -> "LinearText":
        """Fits vectorizer and regression on the training texts.

        Args:
            texts: Training texts, at least one.
            y_true: Class indices of shape (texts,), or booleans of shape (texts, classes).
            classes: Number of classes.
            validation: Texts and labels whose log loss chooses `strength`: it doubles, starting from 1, until the loss
                increases. Default: `DEFAULT_STRENGTH`.
        """
        terms, weights = Terms.fit(texts, min(MAX_TERMS, max(1, MAX_WEIGHTS // classes)))
        multi_label = y_true.ndim == 2
        if validation is None:
            return cls(terms, *_fit_weights(weights, y_true, classes, DEFAULT_STRENGTH), multi_label, DEFAULT_STRENGTH)
        validation_weights, best_loss = terms.transform(validation[0]), np.inf
        for strength in STRENGTHS:
            model = cls(terms, *_fit_weights(weights, y_true, classes, strength), multi_label, strength)
            loss = float(log_losses(validation[1], model._probabilities(validation_weights)).mean())
            if loss >= best_loss:
                break
            best, best_loss = model, loss
        return best

    def predict(self, texts: Sequence[str]) -> np.ndarray:
        """Returns the class probabilities, float64, of shape (texts, classes)."""
        starts = range(0, len(texts), BATCH_SIZE)
        batches = [self._probabilities(self.terms.transform(texts[i : i + BATCH_SIZE])) for i in starts]
        return np.concatenate([np.empty((0, len(self.intercept))), *batches])

    def arrays(self) -> dict[str, np.ndarray]:
        """Returns the fitted baseline as arrays, for `from_arrays`; the terms as UTF-8, one per line."""
        names = "\n".join(self.terms.names).encode("utf-8", "surrogatepass")
        return {
            "letters": np.array(self.terms.letters),
            "terms": np.frombuffer(names, np.uint8),
            "rarity": self.terms.rarity,
            "coefficients": self.coefficients,
            "intercept": self.intercept,
            "several": np.array(self.multi_label),
            "strength": np.array(self.strength),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "LinearText":
        """Restores a fitted baseline from `arrays`.

        Raises:
            DataError: An array is missing or damaged.
        """
        content = stored_array(arrays, "terms", np.uint8, None).tobytes()
        try:
            names = tuple(content.decode("utf-8", "surrogatepass").split("\n")) if content else ()
        except UnicodeDecodeError as error:
            raise DataError(f"The stored baseline is damaged: 'terms': {error}. Train the run again.") from error
        if len(set(names)) != len(names):
            raise DataError("The stored baseline is damaged: 'terms' contains duplicates. Train the run again.")
        intercept = stored_array(arrays, "intercept", np.floating, None)
        return cls(
            terms=Terms(
                letters=bool(stored_array(arrays, "letters", np.bool_)),
                names=names,
                rarity=stored_array(arrays, "rarity", np.floating, len(names)),
            ),
            coefficients=stored_array(arrays, "coefficients", np.floating, len(intercept), len(names)),
            intercept=intercept,
            multi_label=bool(stored_array(arrays, "several", np.bool_)),
            strength=float(stored_array(arrays, "strength", np.floating)),
        )

    @cached_property
    def _columns(self) -> np.ndarray:
        return np.ascontiguousarray(self.coefficients.T)

    def _probabilities(self, weights: Any) -> np.ndarray:
        logits = (weights @ self._columns).astype(np.float64) + self.intercept  # (texts, classes)
        if self.multi_label:
            return np.exp(-np.logaddexp(0, -logits))
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _fit_weights(weights: Any, y_true: np.ndarray, classes: int, strength: float) -> tuple[np.ndarray, np.ndarray]:
    """Returns coefficients and intercepts; for a constant label, the intercept alone gives the class prior."""
    coefficients = np.zeros((classes, weights.shape[1]), np.float32)
    if y_true.ndim == 2:
        priors = (y_true.sum(axis=0) + 1) / (len(y_true) + 2)
        intercept = np.log(priors / (1 - priors))
        for i, has_label in enumerate(y_true.T):
            if weights.shape[1] and has_label.any() and not has_label.all():
                (coefficients[i],), (intercept[i],) = _solve(weights, has_label, strength)
        return coefficients, intercept.astype(np.float32)
    present, counts = np.unique(y_true, return_counts=True)
    intercept = np.full(classes, IMPOSSIBLE_LOGIT, np.float32)
    intercept[present] = np.log(counts / len(y_true))
    if weights.shape[1] and len(present) > 1:
        fitted = present if len(present) > 2 else present[1:]  # with two classes, the logit of the first one is 0
        intercept[present] = 0
        coefficients[fitted], intercept[fitted] = _solve(weights, y_true, strength)
    return coefficients, intercept


def _solve(weights: Any, y_true: np.ndarray, strength: float) -> tuple[np.ndarray, np.ndarray]:
    """Fits a regression by `newton-cg`, the fastest of the solvers tried that come close to the minimum."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings():
        # In float32 the line search may fail at the minimum, where no step improves the loss any more.
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.filterwarnings("ignore", message=".*(?i:line search)")
        model = LogisticRegression(C=strength, solver="newton-cg", tol=1e-4).fit(weights, y_true)
    return model.coef_, model.intercept_


def _needs_characters(texts: Sequence[str]) -> bool:
    """Whether more than 30 % of the letters are of a script for which words make poor terms."""
    sample = texts[:: max(1, len(texts) // 2000)]  # evenly spaced, as texts may be sorted
    counts = Counter("".join(sample))
    total = sum(count for character, count in counts.items() if character.isalpha())
    return sum(count for character, count in counts.items() if _UNSPACED.match(character)) > 0.3 * total


def _normalised(text: str) -> str:
    return " ".join(_BREAK.sub(" ", text).lower().replace("’", "'").split())


def _words_and_pairs(text: str) -> list[str]:
    words = _WORD.findall(_normalised(text))
    return words + [f"{first} {second}" for first, second in pairwise(words)]


def _character_ngrams(text: str) -> list[str]:
    text = _normalised(text)
    return [text[i : i + length] for length in (1, 2, 3) for i in range(len(text) - length + 1)]
