"""Compares taggers of the same sentences: ranked by validation, with a paired bootstrap against the best."""

from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel, Field

from seqkit.errors import UsageError
from seqkit.runs.results import rank_runs, read_errors, read_metrics, score_rows
from seqkit.runs.run import Run
from seqkit.tasks.tag.inference import read_state
from seqkit.tasks.tag.metrics import accuracy, f1
from seqkit.tasks.tag.prepare import PLAIN
from seqkit.tasks.tag.scoring import ERROR_COLUMNS, compare_counts
from seqkit.tasks.tag.series.compare import compare_series
from seqkit.tasks.tag.series.inference import is_series

_SPANS, _WORDS = ["correct", "predicted", "true"], ["right", "words"]


class _Scores(BaseModel):
    """Scores of one model on one part; other keys of the file are ignored."""

    f1: float | None = None
    precision: float | None = None
    recall: float | None = None
    token_accuracy: float


class _PartScores(BaseModel):
    """Scores on one part of the sentences, the run's own model first."""

    models: list[_Scores] = Field(min_length=1)


def compare(runs: list[Run]) -> dict[str, Any]:
    """Compares taggers by a paired bootstrap over sentences; see `seqkit.workflows.compare.compare`."""
    if any(map(is_series, runs)):
        return compare_series(runs)
    first, states = runs[0], [read_state(run) for run in runs]
    for run, state in zip(runs[1:], states[1:], strict=True):
        pair = (first, run)
        same = (
            len({str(each.manifest.data.get("sha256")) for each in pair}) == 1
            and len({str(each.manifest.options.get("split")) for each in pair}) == 1
            and state.scheme == states[0].scheme
        )
        if not same:
            raise UsageError(
                f"{first.path} and {run.path} answer different questions: sentences, split or scheme differ. Compare "
                "runs of the same data and --split."
            )
    is_plain = states[0].scheme == PLAIN
    key, columns, score = ("token_accuracy", _WORDS, accuracy) if is_plain else ("f1", _SPANS, f1)
    part, metrics = read_metrics(runs, _PartScores)
    rows = score_rows(runs, part, metrics, key, "precision", "recall", "token_accuracy")
    rows = [{**row, f"validation_{key}": row[f"validation_{key}"] or 0.0} for row in rows]  # of no span, None

    def test_pairs(pairs: pd.DataFrame) -> dict[str, Any]:
        best, other = (np.array(pairs[name].tolist(), float) for name in ("best", "other"))
        return {"p_value": compare_counts(best, other, score)["p_value"]}

    ranked = rank_runs(
        rows,
        [_counts(run, part, columns) for run in runs],
        test_pairs,
        by=f"validation_{key}",
        larger_is_better=True,
        items="sentences",
        all_items=True,
    )
    return {"task": "tag", "part": part, "score": key, "runs": ranked}


def _counts(run: Run, part: str, columns: list[str]) -> "pd.Series[Any]":
    """Returns the counts of each sentence of a part as tuples, by sentence."""
    errors = read_errors(run, ERROR_COLUMNS)
    errors = errors[errors["part"] == part].set_index("sentence")
    return pd.Series(list(errors[columns].itertuples(index=False, name=None)), index=errors.index, dtype=object)
