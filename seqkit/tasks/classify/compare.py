"""Runs that label, side by side: the best on validation first, with a paired test whether the difference is real."""

from typing import Any

from pydantic import BaseModel, Field

from seqkit.errors import DataError, UsageError
from seqkit.runs.run import Run, validated
from seqkit.stats.paired_tests import mcnemar
from seqkit.tasks.classify.inference import read_state
from seqkit.tasks.classify.scoring import read_label_errors


class _Scores(BaseModel):
    """The figures of one contender on one part; there is more in the file than is read here."""

    accuracy: float
    macro_f1: float
    log_loss: float


class _Part(BaseModel):
    """The scores on one part of the data, the model's first."""

    models: list[_Scores] = Field(min_length=1)


class _Metrics(BaseModel):
    """What `metrics.json` says."""

    validation: _Part
    test: _Part | None = None


def compare(runs: list[Run]) -> dict[str, Any]:
    """Returns the scores of runs and, of each, whether its difference to the best is real.

    The order is by accuracy on validation, which is what may be chosen by; McNemar's test is on the part that all of
    them were scored on: test, or validation where one has not been tested.

    Args:
        runs: Two or more, all of the same examples and split.

    Raises:
        UsageError: The runs answer different questions.
        DataError: A run is damaged.
    """
    _check_same_question(runs)
    metrics = [validated(_Metrics, run.read_json("metrics.json"), run.path / "metrics.json") for run in runs]
    part = "test" if all(scores.test for scores in metrics) else "validation"
    rows, outcomes = [], []
    for run, scores in zip(runs, metrics, strict=True):
        validation, test = scores.validation.models[0], scores.test.models[0] if scores.test else None
        rows.append(
            {
                **run.summary,
                "validation_accuracy": validation.accuracy,
                "test_accuracy": test.accuracy if test else None,
                "macro_f1": (test if test and part == "test" else validation).macro_f1,
                "log_loss": (test if test and part == "test" else validation).log_loss,
            }
        )
        errors = read_label_errors(run)
        outcomes.append(errors[errors["part"] == part].set_index("row")["correct"].astype(bool))
    order = sorted(range(len(rows)), key=lambda i: -rows[i]["validation_accuracy"])
    best = outcomes[order[0]]
    for i in order[1:]:
        both = best.to_frame("best").join(outcomes[i].to_frame("own"), how="inner")
        if len(both) != len(best):
            raise DataError(
                f"{rows[order[0]]['run']} and {rows[i]['run']} have other examples in errors.csv. Score both again "
                "with `seqkit evaluate`."
            )
        rows[i]["p_value"] = mcnemar(both["best"].to_numpy(), both["own"].to_numpy())[1]
    return {"task": "classify", "part": part, "runs": [rows[i] for i in order]}


def _check_same_question(runs: list[Run]) -> None:
    first = runs[0]
    for run in runs[1:]:
        states = [read_state(each) for each in (first, run)]
        for what, of_each in (
            ("labels", [state.classes for state in states]),
            ("split", [each.manifest.options.get("split") for each in (first, run)]),
        ):
            if of_each[0] != of_each[1]:
                raise UsageError(
                    f"{first.path} and {run.path} answer different questions: {what} are {of_each[0]} and "
                    f"{of_each[1]}. Compare runs of the same protocol."
                )
        if run.manifest.data.get("sha256") != first.manifest.data.get("sha256"):
            raise UsageError(
                f"{first.path} and {run.path} were trained on different examples: {first.manifest.data.get('source')} "
                f"and {run.manifest.data.get('source')}, or one of them has changed in between. "
                "Compare runs of the same data."
            )
