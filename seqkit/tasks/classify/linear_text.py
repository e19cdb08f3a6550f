"""Baseline for texts: TF-IDF weights and logistic regression."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from seqkit.errors import DataError
from seqkit.files.arrays import stored_array
from seqkit.tasks.classify.metrics import log_losses
from seqkit.tasks.classify.terms import Terms

STRENGTHS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
"""Candidates for the inverse regularisation strength, ascending."""

DEFAULT_STRENGTH = 4.0
"""Inverse regularisation strength without validation texts: close to the best for long and for short reviews."""

MAX_TERMS, MAX_WEIGHTS = 1_000_000, 1 << 22
"""Maximum number of terms, of which the most frequent stay, and of weights over all classes."""

IMPOSSIBLE_LOGIT = -1e4
"""Logit of a class that no training text has: its probability is 0."""

BATCH_SIZE = 8192
"""Number of texts predicted at a time."""


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
        lower: bool = True,
    ) -> "LinearText":
        """Fits vectorizer and regression on the training texts.

        Args:
            texts: Training texts, at least one.
            y_true: Class indices of shape (texts,), or booleans of shape (texts, classes).
            classes: Number of classes.
            validation: Texts and labels whose log loss chooses `strength`: it doubles, starting from 1, until the loss
                increases. Default: `DEFAULT_STRENGTH`.
            lower: Whether to lower-case the texts, as the tokenizer of the model does.
        """
        terms, weights = Terms.fit(texts, min(MAX_TERMS, max(1, MAX_WEIGHTS // classes)), lower=lower)
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
            **({} if self.terms.lower is None else {"lower": np.array(self.terms.lower)}),
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
                lower=bool(stored_array(arrays, "lower", np.bool_)) if "lower" in arrays else None,
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
