"""Compares translations of the same pairs: ranked by validation, with a paired bootstrap against the best."""

from typing import Any

import pandas as pd
from pydantic import BaseModel, Field

from seqkit.errors import UsageError
from seqkit.runs.results import rank_runs, read_errors, read_metrics, score_rows
from seqkit.runs.run import Run
from seqkit.tasks.translate.inference import read_state
from seqkit.tasks.translate.metrics import compare_translations
from seqkit.tasks.translate.scoring import ERROR_COLUMNS, STATISTICS


class _Scores(BaseModel):
    """Scores of one model on one part; other keys of the file are ignored."""

    bleu: float
    chrf: float


class _PartScores(BaseModel):
    """Scores on one part, the run's own model first."""

    models: list[_Scores] = Field(min_length=1)


def compare(runs: list[Run]) -> dict[str, Any]:
    """Compares translations by a paired bootstrap over sentences; see `seqkit.workflows.compare.compare`."""
    first = runs[0]
    for run in runs:
        read_state(run)
        same_data = run.manifest.data.get("sha256") == first.manifest.data.get("sha256")
        if not same_data or run.manifest.options.get("split") != first.manifest.options.get("split"):
            raise UsageError(
                f"{first.path} and {run.path} answer different questions: pairs or split differ. Compare runs of the "
                "same pairs and --split."
            )
    part, metrics = read_metrics(runs, _PartScores)
    rows = score_rows(runs, part, metrics, "bleu", "chrf")
    errors = [_statistics(run, part) for run in runs]
    ranked = rank_runs(
        rows, errors, _compare, by="validation_bleu", larger_is_better=True, items="pairs", all_items=True
    )
    return {"task": "translate", "part": part, "runs": ranked}


def _statistics(run: Run, part: str) -> "pd.Series[Any]":
    """Returns the counts of BLEU of each pair of a part, as tuples by row."""
    errors = read_errors(run, ERROR_COLUMNS)
    errors = errors[errors["part"] == part].set_index("row")
    return pd.Series(list(errors[list(STATISTICS)].itertuples(index=False, name=None)), index=errors.index)


def _compare(pairs: pd.DataFrame) -> dict[str, Any]:
    import numpy as np

    best, other = (np.array(pairs[name].tolist()) for name in ("best", "other"))
    return compare_translations(best, other)
