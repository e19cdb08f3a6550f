"""Scores a classifier next to simple baselines, with a paired test of the difference.

Writes `metrics.json`, `predictions.csv` (the most confidently wrong first), `errors.csv` and `plots/`. `baselines.npz`
stores the fitted baselines, so that scoring on new examples does not need the training data.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from seqkit.data.labelled.examples import Examples
from seqkit.data.labelled.parts import Part
from seqkit.files.atomic import atomic_write
from seqkit.runs.results import read_run_arrays, write_arrays, write_errors, write_metrics
from seqkit.runs.run import Run
from seqkit.stats.paired_tests import mcnemar
from seqkit.stopwatch import spent
from seqkit.tasks.classify import plots as label_plots
from seqkit.tasks.classify import prepare as classify
from seqkit.tasks.classify.baselines import LinearText, Majority, NearestNeighbour, WarpedNeighbour
from seqkit.tasks.classify.inference import Classifier
from seqkit.tasks.classify.metrics import correct, label_summary, log_losses

MAJORITY, LINEAR = "majority class", "TF-IDF + linear"
NEAREST, WARPED = "1-nearest neighbour", "1-nearest neighbour, DTW"

ERROR_COLUMNS = {"part": str, "row": int, "correct": int, "log_loss": float}
"""Columns of `errors.csv`."""

MAX_BASELINE_BYTES = 1 << 28
"""Maximum size of `baselines.npz` in bytes: four million weights with a million terms, or 64 MiB of series."""

MAX_TEXT_LENGTH = 500
"""Maximum number of characters of a text in `predictions.csv`."""


@dataclass(frozen=True)
class LabelScores:
    """Predictions of the model and the baselines on one part of the data.

    Attributes:
        rows: Row number of each example in the data, of shape (examples,).
        y_true: Encoded labels; see `seqkit.data.labelled.parts.Part`.
        probabilities: Class probabilities of shape (examples, classes), by name of the model; the run's own first.
    """

    rows: np.ndarray
    y_true: np.ndarray
    probabilities: dict[str, np.ndarray]

    def summary(self, classes: tuple[str, ...]) -> dict[str, Any]:
        """Returns the scores as JSON: one entry for each model, the run's own first."""
        multi_label = self.y_true.ndim == 2
        model_correct = correct(self.y_true, next(iter(self.probabilities.values())))
        rows: list[dict[str, Any]] = []
        for name, probabilities in self.probabilities.items():
            row: dict[str, Any] = {"name": name}
            row |= label_summary(self.y_true, probabilities, classes, multi_label=multi_label)
            if rows:
                other_correct = correct(self.y_true, probabilities)
                statistic, p_value = mcnemar(model_correct, other_correct)
                disagreements = int((model_correct != other_correct).sum())
                row["against_model"] = {"statistic": statistic, "p_value": p_value, "disagreements": disagreements}
            rows.append(row)
        return {"task": "classify", "examples": len(self.rows), "models": rows}


class LabelEvaluator:
    """Scores a classifier and the baselines of its run on parts of labelled examples.

    Args:
        classifier: The classifier.
        examples: The examples; they need not include the training examples.
    """

    def __init__(self, classifier: Classifier, examples: Examples) -> None:
        self.classifier = classifier
        self.examples = examples
        self.baselines = _load_baselines(classifier.run)

    def score(self, part: Part) -> LabelScores:
        """Returns the predictions of the model and of every baseline on a part."""
        raw = raw_inputs(self.examples, part.rows)
        probabilities = {self.classifier.name: self.classifier.probabilities(part.inputs)}
        probabilities |= {name: baseline.predict(raw) for name, baseline in self.baselines.items()}
        return LabelScores(part.rows, part.labels, probabilities)

    def score_held_out(self, part: Part, logits: np.ndarray) -> LabelScores:
        """Returns predictions of training examples by what was fitted without them: by folds, or leaving out one.

        Args:
            part: The training examples, in the order in which the baselines were fitted.
            logits: Logits of models fitted without each example, of shape (examples, classes).
        """
        raw = raw_inputs(self.examples, part.rows)
        probabilities = {self.classifier.name: classify.decode(self.classifier.state, logits)}
        probabilities |= {name: baseline.leave_one_out(raw) for name, baseline in self.baselines.items()}
        return LabelScores(part.rows, part.labels, probabilities)


def raw_inputs(examples: Examples, rows: np.ndarray) -> Sequence[Any]:
    """Returns the texts or series of the given rows, before encoding."""
    inputs: Sequence[Any] = examples.texts if examples.texts is not None else examples.series or ()
    return [inputs[i] for i in rows]


@spent("fitting baselines")
def fit_baselines(
    run: Run, state: classify.State, examples: Examples, splits: classify.Splits, *, warped: bool = True
) -> None:
    """Fits the baselines on the training examples and writes them to `baselines.npz`.

    Args:
        run: The run.
        state: The fitted state.
        examples: The examples.
        splits: Their parts.
        warped: Whether nearest neighbours with dynamic time warping are among the baselines of series.
    """
    inputs, y_true = raw_inputs(examples, splits.train.rows), splits.train.labels
    classes = len(state.classes)
    baselines: dict[str, Any] = {}
    if isinstance(state, classify.TextState):
        validation = (raw_inputs(examples, splits.validation.rows), splits.validation.labels)
        lower = bool(run.manifest.options.get("lower", True))
        baselines[LINEAR] = LinearText.fit(inputs, y_true, classes, validation=validation, lower=lower)
    else:
        baselines[NEAREST] = NearestNeighbour.fit(inputs, y_true, classes)
        if warped:
            baselines[WARPED] = WarpedNeighbour.fit(baselines[NEAREST])
    baselines[MAJORITY] = Majority.fit(y_true, classes)
    arrays = {
        f"{name}/{key}": array for name, baseline in baselines.items() for key, array in baseline.arrays().items()
    }
    write_arrays(run, "baselines.npz", arrays, compress=True)


def write_label_results(evaluator: LabelEvaluator, parts: dict[str, LabelScores]) -> dict[str, Any]:
    """Writes the scores of the given parts, and predictions and plots of the last one.

    Args:
        evaluator: The evaluator that made the scores.
        parts: Scores of "validation", "test" or both; those of a part that is missing stay in the run.

    Returns:
        The content of `metrics.json`.
    """
    run, classes = evaluator.classifier.run, evaluator.classifier.classes
    metrics = write_metrics(run, {name: scores.summary(classes) for name, scores in parts.items()})
    name, scores = list(parts.items())[-1]
    with atomic_write(run.path / "predictions.csv") as temporary:
        predictions(evaluator, scores).to_csv(temporary, index=False)
    model = evaluator.classifier.name
    write_errors(run, {name: [_error_rows(scores, model)] for name, scores in parts.items()}, ERROR_COLUMNS)
    summary = metrics[name]["models"][0]
    if scores.y_true.ndim == 1:
        label_plots.confusion_matrix(np.array(summary["confusion"]), classes, run.path / "plots" / "confusion.png")
    label_plots.reliability(
        summary["calibration"],
        run.path / "plots" / "calibration.png",
        error=summary["calibration_error"],
        multi_label=scores.y_true.ndim == 2,
    )
    return metrics


def predictions(evaluator: LabelEvaluator, scores: LabelScores) -> pd.DataFrame:
    """Returns label and prediction of each example, the most confidently wrong first."""
    classifier, model = evaluator.classifier, evaluator.classifier.name
    probabilities = scores.probabilities[model]
    labels = classify.predicted_labels(classifier.state, probabilities)
    confidence = (
        np.abs(probabilities - 0.5).min(axis=1) + 0.5 if classifier.state.multi_label else probabilities.max(axis=1)
    )
    frame = pd.DataFrame({"row": scores.rows + 1})
    if evaluator.examples.texts is not None:
        frame["text"] = [_truncated(evaluator.examples.texts[i]) for i in scores.rows]
    frame["label"] = ["|".join(evaluator.examples.labels[i]) for i in scores.rows]
    frame["predicted"] = ["|".join(names) for names in labels]
    frame["probability"] = confidence
    frame["correct"] = correct(scores.y_true, probabilities)
    order = np.lexsort((scores.rows, -log_losses(scores.y_true, probabilities)))
    return frame.iloc[order]


def _error_rows(scores: LabelScores, model: str) -> pd.DataFrame:
    """Returns the rows of `errors.csv` for one part, from the probabilities of `model`."""
    probabilities = scores.probabilities[model]
    return pd.DataFrame(
        {
            "row": scores.rows + 1,
            "correct": correct(scores.y_true, probabilities).astype(int),
            "log_loss": log_losses(scores.y_true, probabilities),
        }
    )


def _load_baselines(run: Run) -> dict[str, Any]:
    baseline_types: dict[str, Any] = {
        LINEAR: LinearText,
        WARPED: WarpedNeighbour,
        NEAREST: NearestNeighbour,
        MAJORITY: Majority,
    }
    arrays = read_run_arrays(run, "baselines.npz", MAX_BASELINE_BYTES)
    baselines = {}
    for name, baseline_type in baseline_types.items():
        stored = {key.partition("/")[2]: array for key, array in arrays.items() if key.startswith(f"{name}/")}
        if stored:
            baselines[name] = baseline_type.from_arrays(stored)
    return baselines


def _truncated(text: str) -> str:
    return text if len(text) <= MAX_TEXT_LENGTH else text[: MAX_TEXT_LENGTH - 1] + "…"
