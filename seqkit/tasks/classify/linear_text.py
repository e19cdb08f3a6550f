"""TF-IDF and logistic regression: what a model that labels texts has to beat."""

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
"""What the inverse penalty is chosen from, ascending."""

DEFAULT_STRENGTH = 4.0
"""The inverse penalty where there are no validation texts to choose it on: near the best for long and short reviews."""

MIN_LETTERS = 2_000_000
"""In texts of more letters than these, a term that stands in one text only is left out: it costs much, helps little."""

MOST_TERMS, MOST_WEIGHTS = 1_000_000, 1 << 22
"""So many terms at most, the most frequent ones; and so many weights over all classes."""

IMPOSSIBLE_LOGIT = -1e4
"""The logit of a class that no training text has: its probability is 0."""

TEXTS_AT_A_TIME = 8192

_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_WORD = re.compile(r"\w+(?:'\w+)*")
_UNSPACED = re.compile(  # Thai and Lao, Burmese, Hangul, Khmer, Kana, Han, and their extensions
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc\U00020000-\U0003ffff]"
)


@dataclass(frozen=True)
class Terms:
    """The terms of texts, and what each weighs in one.

    A term is a word or two in a row; or, where `letters`, one to three letters in a row, blanks among them. All is in
    lower case, HTML breaks are blanks. It weighs (1 + ln n)(1 + ln((1 + texts) / (1 + texts with the term))) where it
    stands n times, and the weights of a text are scaled to a Euclidean length of 1.

    Attributes:
        letters: See above; chosen where more than three tenths of the training texts' letters are of a script that sets
            no blanks between words or hangs endings on them, as Korean does.
        names: The terms.
        rarity: The second factor, float32, of shape (terms,).
    """

    letters: bool
    names: tuple[str, ...]
    rarity: np.ndarray

    @classmethod
    def fit(cls, texts: Sequence[str], most: int) -> tuple["Terms", Any]:
        """Returns the `most` frequent terms at most of training texts, and what `weigh` makes of these."""
        from sklearn.feature_extraction.text import CountVectorizer

        letters = _reads_letters(texts)
        vectorizer = CountVectorizer(
            analyzer=_runs_of_letters if letters else _words_and_pairs,
            min_df=2 if sum(map(len, texts)) > MIN_LETTERS else 1,
            dtype=np.float32,
        )
        try:
            counts = vectorizer.fit_transform(texts)
        except ValueError:  # that no term is there, or none is there twice
            terms = cls(letters, (), np.empty(0, np.float32))
            return terms, terms.weigh(texts)
        names = vectorizer.get_feature_names_out()
        if len(names) > most:  # The vectorizer could do it as well, but it would first sort all terms.
            kept = np.sort(np.argsort(-np.asarray(counts.sum(axis=0)).ravel(), kind="stable")[:most])
            counts, names = counts[:, kept], names[kept]
        with_term = np.bincount(counts.indices, minlength=len(names))
        rarity = 1 + np.log((1 + len(texts)) / (1 + with_term))
        terms = cls(letters, tuple(names.tolist()), rarity.astype(np.float32))
        return terms, terms._weighed(counts)

    def weigh(self, texts: Sequence[str]) -> Any:
        """Returns the weight of each term in each text, a sparse float32 array of shape (texts, terms)."""
        if not self.names:
            from scipy.sparse import csr_matrix

            return csr_matrix((len(texts), 0), dtype=np.float32)
        return self._weighed(self._counter.transform(texts))

    @cached_property
    def _counter(self) -> Any:
        from sklearn.feature_extraction.text import CountVectorizer

        return CountVectorizer(
            analyzer=_runs_of_letters if self.letters else _words_and_pairs,
            vocabulary={name: i for i, name in enumerate(self.names)},
            dtype=np.float32,
        )

    def _weighed(self, counts: Any) -> Any:
        from sklearn.preprocessing import normalize

        counts.data = (1 + np.log(counts.data)) * self.rarity[counts.indices]
        return normalize(counts, copy=False)


@dataclass(frozen=True)
class LinearText:
    """Logistic regression on the TF-IDF weights of terms: hard to beat where word order says little.

    S. Wang and C. D. Manning, "Baselines and bigrams: simple, good sentiment and topic classification", 2012,
    https://aclanthology.org/P12-2018

    Attributes:
        terms: What is read.
        coefficients: Of shape (classes, terms), float32.
        intercept: Of shape (classes,), float32.
        multi_label: Whether a text may carry several labels: each class then has a regression of its own.
        strength: Inverse of the penalty; scikit-learn's C.
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
        """Returns the regression fitted on training texts.

        Args:
            texts: Of training, at least one.
            y_true: Class index of each, of shape (texts,), or yes or no, of shape (texts, classes).
            classes: How many there are.
            validation: Texts and their truth, by whose log loss `strength` is chosen: from 1 on it is doubled until
                the loss grows. By default it is `DEFAULT_STRENGTH`.
        """
        terms, weights = Terms.fit(texts, min(MOST_TERMS, max(1, MOST_WEIGHTS // classes)))
        multi_label = y_true.ndim == 2
        if validation is None:
            return cls(terms, *_fit_weights(weights, y_true, classes, DEFAULT_STRENGTH), multi_label, DEFAULT_STRENGTH)
        unseen, least = terms.weigh(validation[0]), np.inf
        for strength in STRENGTHS:
            found = cls(terms, *_fit_weights(weights, y_true, classes, strength), multi_label, strength)
            loss = float(log_losses(validation[1], found._probabilities(unseen)).mean())
            if loss >= least:
                break
            best, least = found, loss
        return best

    def predict(self, texts: Sequence[str]) -> np.ndarray:
        """Returns the probability of each class, float64, of shape (texts, classes)."""
        firsts = range(0, len(texts), TEXTS_AT_A_TIME)
        parts = [self._probabilities(self.terms.weigh(texts[i : i + TEXTS_AT_A_TIME])) for i in firsts]
        return np.concatenate([np.empty((0, len(self.intercept))), *parts])

    def arrays(self) -> dict[str, np.ndarray]:
        """Returns all that `from_arrays` needs, as plain arrays; the terms as UTF-8, one a line."""
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
        """Returns what `arrays` came from.

        Raises:
            DataError: They are missing or damaged.
        """
        written = stored_array(arrays, "terms", np.uint8, None).tobytes()
        try:
            names = tuple(written.decode("utf-8", "surrogatepass").split("\n")) if written else ()
        except UnicodeDecodeError as error:
            raise DataError(f"The stored baseline is damaged: 'terms': {error}. Train the run again.") from error
        if len(set(names)) != len(names):
            raise DataError("The stored baseline is damaged: 'terms' repeat one another. Train the run again.")
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
    """Returns coefficients and intercept; where there is nothing to tell apart, the intercept alone says how often."""
    coefficients = np.zeros((classes, weights.shape[1]), np.float32)
    if y_true.ndim == 2:
        share = (y_true.sum(axis=0) + 1) / (len(y_true) + 2)
        intercept = np.log(share / (1 - share))
        for i, own in enumerate(y_true.T):
            if weights.shape[1] and own.any() and not own.all():
                (coefficients[i],), (intercept[i],) = _solve(weights, own, strength)
        return coefficients, intercept.astype(np.float32)
    present, counts = np.unique(y_true, return_counts=True)
    intercept = np.full(classes, IMPOSSIBLE_LOGIT, np.float32)
    intercept[present] = np.log(counts / len(y_true))
    if weights.shape[1] and len(present) > 1:
        told = present if len(present) > 2 else present[1:]  # Of two classes, the first has a logit of 0.
        intercept[present] = 0
        coefficients[told], intercept[told] = _solve(weights, y_true, strength)
    return coefficients, intercept


def _solve(weights: Any, y_true: np.ndarray, strength: float) -> tuple[np.ndarray, np.ndarray]:
    """Fits by Newton's method with conjugate gradients, of what was tried the fastest that comes near the minimum."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings():
        # In float32 the last step may find nothing to gain: the minimum is as near as its digits reach.
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.filterwarnings("ignore", message=".*(?i:line search)")
        model = LogisticRegression(C=strength, solver="newton-cg", tol=1e-4).fit(weights, y_true)
    return model.coef_, model.intercept_


def _reads_letters(texts: Sequence[str]) -> bool:
    sample = texts[:: max(1, len(texts) // 2000)]  # from beginning to end, where texts may be in some order
    letters = Counter("".join(sample))
    count = sum(times for letter, times in letters.items() if letter.isalpha())
    return sum(times for letter, times in letters.items() if _UNSPACED.match(letter)) > 0.3 * count


def _plain(text: str) -> str:
    return " ".join(_BREAK.sub(" ", text).lower().replace("’", "'").split())


def _words_and_pairs(text: str) -> list[str]:
    words = _WORD.findall(_plain(text))
    return words + [f"{first} {second}" for first, second in pairwise(words)]


def _runs_of_letters(text: str) -> list[str]:
    text = _plain(text)
    return [text[i : i + length] for length in (1, 2, 3) for i in range(len(text) - length + 1)]
