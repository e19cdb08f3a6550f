"""A classifier of texts or series with the interface of scikit-learn."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import ClassifierMixin

from seqkit.errors import UsageError
from seqkit.estimators.base import RunEstimator

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

SPLIT = "0.85,0.1,0.05"
"""Parts for training, for the choice of the epoch, and for the test, which is not scored."""


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
        import pandas as pd

        examples, labels = _examples(X), np.asarray(y)
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
        self.classes_ = np.unique(labels)
        names = np.array([str(label) for label in self.classes_])
        column = "text" if examples and isinstance(examples[0], str) else "series"
        values = examples if column == "text" else [np.asarray(example) for example in examples]
        frame = pd.DataFrame({column: values, "label": names[np.searchsorted(self.classes_, labels)]})
        options = {"recipe": self.recipe, "task": "classify", "split": SPLIT, "test": False, **self.options}
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
        probabilities = classifier.predict_proba(_examples(X))
        known = list(classifier.classes)
        result = np.zeros((len(probabilities), len(self.classes_)))
        for position, label in enumerate(self.classes_):
            if str(label) in known:
                result[:, position] = probabilities[:, known.index(str(label))]
        return result


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
