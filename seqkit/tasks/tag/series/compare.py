"""Compares taggers of the same series: ranked by validation, with a paired bootstrap against the best."""

from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel, Field

from seqkit.errors import UsageError
from seqkit.runs.results import rank_runs, read_errors, read_metrics
from seqkit.runs.run import Run
from seqkit.tasks.tag.series.inference import read_state
from seqkit.tasks.tag.series.scores import compare_counts
from seqkit.tasks.tag.series.scoring import ERROR_COLUMNS

_COUNTS = ["correct", "predicted", "true"]


class _Scores(BaseModel):
    """Scores of one model on one part; other keys of the file are ignored."""

    f1_50: float
    accuracy: float
    macro_f1: float


class _PartScores(BaseModel):
    """Scores on one part of the rows, the run's own model first."""

    item: str = Field(default="recording", max_length=40)
    models: list[_Scores] = Field(min_length=1)


def compare_series(runs: list[Run]) -> dict[str, Any]:
    """Compares taggers of series by a paired bootstrap; see `seqkit.workflows.compare.compare`."""
    first = runs[0]
    for run in runs:
        read_state(run)
        keys = [{str(each.manifest.options.get(name)) for each in (first, run)} for name in ("split", "split_by")]
        keys.append({str(each.manifest.data.get("sha256")) for each in (first, run)})
        if any(len(values) > 1 for values in keys):
            raise UsageError(
                f"{first.path} and {run.path} answer different questions: their rows, labels or splits differ. Compare "
                "runs of the same data, --split and --split-by."
            )
    part, metrics = read_metrics(runs, _PartScores)
    item = (metrics[0].test if part == "test" and metrics[0].test else metrics[0].validation).item
    rows = []
    for run, scores in zip(runs, metrics, strict=True):
        validation, test = scores.validation.models[0], scores.test.models[0] if scores.test else None
        compared = test if test and part == "test" else validation
        rows.append(
            {
                **run.summary,
                "validation_f1_50": validation.f1_50,
                "test_f1_50": test.f1_50 if test else None,
                "accuracy": compared.accuracy,
                "macro_f1": compared.macro_f1,
            }
        )

    def test_pairs(pairs: pd.DataFrame) -> dict[str, Any]:
        best, other = (np.array(pairs[name].tolist(), float) for name in ("best", "other"))
        return {"p_value": compare_counts(best, other, item)["p_value"]}

    ranked = rank_runs(
        rows,
        [_counts(run, part) for run in runs],
        test_pairs,
        by="validation_f1_50",
        larger_is_better=True,
        items=f"{item}s",
        all_items=True,
    )
    return {"task": "tag", "kind": "series", "part": part, "runs": ranked}


def _counts(run: Run, part: str) -> "pd.Series[Any]":
    """Returns the counts of each recording or block of a part as tuples, by its number."""
    errors = read_errors(run, ERROR_COLUMNS)
    errors = errors[errors["part"] == part].set_index("item")
    return pd.Series(list(errors[_COUNTS].itertuples(index=False, name=None)), index=errors.index, dtype=object)
