"""Compares forecast runs: ranked by validation error, with a paired test against the best on shared windows."""

from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel, Field

from seqkit.errors import DataError, UsageError
from seqkit.runs.results import rank_runs, read_errors, read_metrics
from seqkit.runs.run import Run
from seqkit.tasks.forecast.loss_comparison import compare_losses
from seqkit.tasks.forecast.results import error_columns
from seqkit.tasks.forecast.stored_state import read_state


class _Scores(BaseModel):
    """Errors of one model on one part; other keys of the file are ignored."""

    mae: float
    skill: float | None
    mase: float | None = None


class _PartScores(BaseModel):
    """Scores on one part of the data, the run's own model first."""

    unit: str
    models: list[_Scores] = Field(min_length=1)
    target_values: int = 0
    filled_values: int = 0


def compare(runs: list[Run]) -> dict[str, Any]:
    """Compares forecast runs by a Diebold–Mariano test; see `seqkit.workflows.compare.compare`."""
    _check_same_protocol(runs)
    part, metrics = read_metrics(runs, _PartScores)
    rows = []
    for run, scores in zip(runs, metrics, strict=True):
        validation, test = scores.validation.models[0], scores.test.models[0] if scores.test else None
        rows.append(
            {
                **run.summary,
                "validation_mae": validation.mae,
                "test_mae": test.mae if test else None,
                "skill": test.skill if test and part == "test" else validation.skill,
            }
        )
    states = [read_state(run) for run in runs]
    state, score = states[0], "mae"
    if all(each.panel for each in states) and all(each.validation.models[0].mase is not None for each in metrics):
        score = "mase"  # which no series decides by its level
        for row, scores in zip(rows, metrics, strict=True):
            row["validation_mase"] = scores.validation.models[0].mase
            row["test_mase"] = scores.test.models[0].mase if scores.test else None

    def paired_test(pairs: pd.DataFrame) -> dict[str, Any]:
        by_time = pairs.groupby(level="origin").mean()  # several series at one time are one observation
        outcome = compare_losses(by_time["best"].to_numpy(), by_time["other"].to_numpy(), state)
        return {name: value for name, value in outcome.items() if name != "statistic"}

    ranked = rank_runs(
        rows,
        [_window_losses(run, part, score) for run in runs],
        paired_test,
        by=f"validation_{score}",
        larger_is_better=False,
        items="windows",
        all_items=False,
    )
    scored = getattr(metrics[0], part)
    counts = {"target_values": scored.target_values, "filled_values": scored.filled_values}
    return {"task": "forecast", "unit": metrics[0].validation.unit, "part": part, **counts, "runs": ranked}


def _check_same_protocol(runs: list[Run]) -> None:
    first = read_state(runs[0])
    for run in runs[1:]:
        state = read_state(run)
        for name in ("targets", "interval", "horizon", "lead", "sampling_rate", "borders", "scores"):
            if getattr(state, name) != getattr(first, name):
                raise UsageError(
                    f"{runs[0].path} and {run.path} answer different questions: {name} is "
                    f"{getattr(first, name)} and {getattr(state, name)}. Compare runs of the same protocol."
                )
        if run.manifest.data["targets_sha256"] != runs[0].manifest.data["targets_sha256"]:
            raise UsageError(
                f"{runs[0].path} and {run.path} were trained on different data, or on data mended differently: the "
                f"targets of {runs[0].manifest.data['source']} and of {run.manifest.data['source']} differ."
            )


def _window_losses(run: Run, part: str, score: str) -> "pd.Series[float]":
    """Returns the error of each window, by series and the time (or count) of its newest row.

    Args:
        run: The run.
        part: Name of the part.
        score: "mae", or "mase" for the error in relation to that of the series' season, of series that have one.

    Raises:
        DataError: `errors.csv` is missing or damaged.
    """
    path, errors = run.path / "errors.csv", read_errors(run, error_columns(read_state(run)))
    try:
        losses = errors[errors["part"] == part].set_index(["series", "origin"])[score].astype(float)
        losses = losses.dropna() if score == "mase" else losses
    except ValueError as error:
        raise DataError(f"{path} is damaged: {error}. Train the run again.") from error
    if losses.empty or not np.isfinite(losses).all():
        raise DataError(f"{path} is damaged: it lacks errors of the {part} part. Train the run again.")
    counted = all(origin.removeprefix("-").isdigit() for _, origin in losses.index)
    return losses.rename(int, level="origin") if counted else losses  # as text, 10 would sort before 9
