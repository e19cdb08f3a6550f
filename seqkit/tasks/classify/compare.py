"""Compares classification runs: ranked by validation accuracy, with a paired test against the best."""

from typing import Any

import pandas as pd
from pydantic import BaseModel, Field

from seqkit.errors import UsageError
from seqkit.runs.results import rank_runs, read_errors, read_metrics, score_rows
from seqkit.runs.run import Run
from seqkit.stats.paired_tests import mcnemar
from seqkit.tasks.classify.inference import read_state
from seqkit.tasks.classify.rules import rules_of
from seqkit.tasks.classify.scoring import ERROR_COLUMNS


class _Scores(BaseModel):
    """Scores of one model on one part; other keys of the file are ignored."""

    accuracy: float
    macro_f1: float
    log_loss: float


class _PartScores(BaseModel):
    """Scores on one part of the data, the run's own model first."""

    models: list[_Scores] = Field(min_length=1)


def compare(runs: list[Run]) -> dict[str, Any]:
    """Compares classification runs by McNemar's exact test; see `seqkit.workflows.compare.compare`."""
    _check_same_protocol(runs)
    part, metrics = read_metrics(runs, _PartScores)
    rows = score_rows(runs, part, metrics, "accuracy", "macro_f1", "log_loss")
    ranked = rank_runs(
        rows,
        [_outcomes(run, part) for run in runs],
        lambda pairs: {"p_value": mcnemar(pairs["best"].to_numpy(), pairs["other"].to_numpy())[1]},
        by="validation_accuracy",
        larger_is_better=True,
        items="examples",
        all_items=True,
    )
    return {"task": "classify", "part": part, "runs": ranked}


def _check_same_protocol(runs: list[Run]) -> None:
    first = runs[0]
    for run in runs[1:]:
        pair = (first, run)
        for name, values in (
            ("labels", [read_state(each).classes for each in pair]),
            ("split", [each.manifest.options.get("split") for each in pair]),
        ):
            if values[0] != values[1]:
                raise UsageError(
                    f"{first.path} and {run.path} answer different questions: {name} are {values[0]} and {values[1]}. "
                    "Compare runs of the same protocol."
                )
        if rules_of(run) != rules_of(first):
            raise UsageError(
                f"{first.path} and {run.path} were trained by versions of seqkit that draw the test part differently. "
                "Train the older one again."
            )
        if run.manifest.data.get("sha256") != first.manifest.data.get("sha256"):
            raise UsageError(
                f"{first.path} and {run.path} were trained on different examples: {first.manifest.data.get('source')} "
                f"and {run.manifest.data.get('source')}, or a file that has changed in between. "
                "Compare runs of the same data."
            )


def _outcomes(run: Run, part: str) -> "pd.Series[bool]":
    """Returns whether the model labelled each example of a part correctly, by row."""
    errors = read_errors(run, ERROR_COLUMNS)
    return errors[errors["part"] == part].set_index("row")["correct"].astype(bool)
