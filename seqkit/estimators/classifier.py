"""A classifier of texts or series with the interface of scikit-learn."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from scipy.sparse import issparse
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d, validate_data

from seqkit.errors import UsageError
from seqkit.estimators.base import RunEstimator, value_errors

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

SPLIT = "0.85,0.1,0.05"
"""Parts for training, for the choice of the epoch, and for the test, which is not scored."""

MIN_EXAMPLES, SMALL_SPLIT = 20, "0.8,0.1,0.1"
"""Fewer examples than `MIN_EXAMPLES` are split so that each part has one of ten."""


class Classifier(ClassifierMixin, RunEstimator):
    """Trains a recipe on labelled texts or series, and labels others.

    Args:
        recipe: Name of a recipe, or path of a file with a `build_model` function.
        **options: Options of the recipe, the data, the task and training, as in `seqkit.train`. Default of `split`:
            85 % of the examples for training, 10 % choose the epoch, 5 % are left out.

    Attributes:
        classes_: Labels, ascending, in the order of the probabilities.
    """

    def __init__(self, recipe: str = "dense", **options: Any) -> None:
        self.recipe = recipe
        self.options = options

    def fit(self, X: "Sequence[Any] | np.ndarray", y: "ArrayLike") -> Self:
        """Trains on labelled examples.

        Args:
            X: Texts; or series, each of shape (steps,) or (steps, channels), such as the rows of an array.
            y: Labels, of shape (examples,).

        Raises:
            UsageError: There are no examples, their number differs from that of labels, a label is missing, or an
                option is invalid.
            DataError: There are too few examples.
        """
        with value_errors():
            return self._fit(X, y)

    def _fit(self, X: "Sequence[Any] | np.ndarray", y: "ArrayLike") -> Self:
        import pandas as pd

        examples = self._examples(X, reset=True)
        if y is None:
            raise UsageError("fit requires y to be passed, but the target y is None. Give a label for each example.")
        labels = np.asarray(y)
        if labels.ndim == 2 and labels.shape[1] == 1:
            labels = column_or_1d(labels, warn=True)
        if labels.shape != (len(examples),):
            raise UsageError(
                f"Expected one label for each of the {len(examples):,} examples, got labels of shape {labels.shape}. "
                "Give as many labels as examples."
            )
        missing = np.flatnonzero(pd.isna(labels))
        if len(missing):
            raise UsageError(
                f"{len(missing):,} examples have no label, the first at position {missing[0]:,}. Leave them out."
            )
        if not examples:
            raise UsageError("There are no examples. Give texts or series, and a label for each.")
        check_classification_targets(labels)
        self.classes_ = np.unique(labels)
        if len(self.classes_) < 2:
            raise UsageError(
                f"A classifier needs labels of at least two classes, but there is only 1 class: {self.classes_[0]!r}. "
                "Give examples of another one."
            )
        names = np.array([str(label) for label in self.classes_])
        column = "text" if examples and isinstance(examples[0], str) else "series"
        values = examples if column == "text" else [np.asarray(example) for example in examples]
        frame = pd.DataFrame({column: values, "label": names[np.searchsorted(self.classes_, labels)]})
        split = SPLIT if len(examples) >= MIN_EXAMPLES else SMALL_SPLIT
        options = {"recipe": self.recipe, "task": "classify", "split": split, "test": False, **self.options}
        self._train(frame, **options)
        return self

    def predict(self, X: "Sequence[Any] | np.ndarray") -> np.ndarray:
        """Returns the most probable label of each example, of shape (examples,).

        Args:
            X: As in `fit`.

        Raises:
            NotFittedError: The estimator is not fitted.
            UsageError: X is a single text or a DataFrame.
            DataError: An example does not fit the run.
        """
        probabilities = self.predict_proba(X)
        labels: np.ndarray = self.classes_[probabilities.argmax(axis=1)]
        return labels

    def predict_proba(self, X: "Sequence[Any] | np.ndarray") -> np.ndarray:
        """Returns the probabilities of `classes_`, of shape (examples, classes).

        Args:
            X: As in `fit`.

        Raises:
            NotFittedError, UsageError, DataError: As in `predict`.
        """
        from seqkit.workflows.load import load

        classifier: Any = load(self.run.path)
        with value_errors():
            probabilities = classifier.predict_proba(self._examples(X, reset=False))
        known = list(classifier.classes)
        result = np.zeros((len(probabilities), len(self.classes_)))
        for position, label in enumerate(self.classes_):
            if str(label) in known:
                result[:, position] = probabilities[:, known.index(str(label))]
        return result

    def _examples(self, X: "Sequence[Any] | np.ndarray", *, reset: bool) -> list[Any]:
        """Returns the examples as a list; numbers in rows are checked as scikit-learn does.

        Args:
            X: As in `fit`.
            reset: Whether the number of columns is that of the fit, rather than to be compared with it.

        Raises:
            UsageError: X is a single text, or a DataFrame.
            ValueError: Rows of numbers are empty, sparse, complex, not finite, or have another number of columns.
        """
        if (issparse(X) or hasattr(X, "__array__")) and not hasattr(X, "columns"):
            array: Any = X if issparse(X) else np.asarray(X)
            is_text = array.dtype.kind in "UT" or (array.dtype.kind == "O" and array.ndim == 1)
            if issparse(X) or not (is_text or array.ndim > 2):
                checked: np.ndarray = validate_data(self, X, reset=reset, dtype=np.float64)
                return list(checked)
        return _examples(X)


def _examples(X: "Sequence[Any] | np.ndarray") -> list[Any]:
    """Returns the examples as a list.

    Raises:
        UsageError: It is a single text, or a DataFrame, which is a sequence of its columns.
    """
    if isinstance(X, str) or hasattr(X, "columns"):
        raise UsageError(
            f"Expected texts or series for X, got a {type(X).__name__}. Give a list, such as one column of a DataFrame."
        )
    return list(X)
