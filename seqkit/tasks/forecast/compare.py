"""Forecast runs side by side, with a paired test on the windows they share."""

from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel, Field

from seqkit.errors import DataError, UsageError
from seqkit.runs.run import Run, validated
from seqkit.tasks.forecast.inference import read_state
from seqkit.tasks.forecast.results import read_errors
from seqkit.tasks.forecast.scoring import compare_losses


class _Scores(BaseModel):
    """The errors of one contender on one part; there is more in the file than is read here."""

    mae: float
    skill: float | None


class _Part(BaseModel):
    """The scores on one part of the data, the model's first."""

    unit: str
    models: list[_Scores] = Field(min_length=1)


class _Metrics(BaseModel):
    """What `metrics.json` says."""

    validation: _Part
    test: _Part | None = None


def compare(runs: list[Run]) -> dict[str, Any]:
    """Compares forecast runs; see `seqkit.workflows.compare.compare`."""
    _check_same_question(runs)
    metrics = [validated(_Metrics, run.read_json("metrics.json"), run.path / "metrics.json") for run in runs]
    part = "test" if all(scores.test for scores in metrics) else "validation"
    rows, losses = [], []
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
        losses.append(_window_losses(run, part))
    order = np.argsort([row["validation_mae"] for row in rows])
    best = losses[order[0]]
    state = read_state(runs[0])
    for i in order[1:]:
        both = best.to_frame("best").join(losses[i].to_frame("own"), how="inner")
        if both.empty:
            raise DataError(
                f"{rows[order[0]]['run']} and {rows[i]['run']} have no window in common in errors.csv. Score both "
                "again with `seqkit evaluate`."
            )
        by_time = both.groupby(level="origin").mean()  # several series at one time are one observation
        rows[i]["p_value"] = compare_losses(by_time["best"].to_numpy(), by_time["own"].to_numpy(), state)["p_value"]
    return {"task": "forecast", "unit": metrics[0].validation.unit, "part": part, "runs": [rows[i] for i in order]}


def _check_same_question(runs: list[Run]) -> None:
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


def _window_losses(run: Run, part: str) -> "pd.Series[float]":
    """Returns the mean absolute error of each window, by series and the time (or count) of its newest row.

    Raises:
        DataError: `errors.csv` is missing or damaged.
    """
    path, errors = run.path / "errors.csv", read_errors(run)
    try:
        own = errors[errors["part"] == part].set_index(["series", "origin"])["mae"].astype(float)
    except ValueError as error:
        raise DataError(f"{path} is damaged: {error}. Train the run again.") from error
    if own.empty or not np.isfinite(own).all():
        raise DataError(f"{path} is damaged: it lacks errors of the {part} part. Train the run again.")
    counted = all(origin.removeprefix("-").isdigit() for _, origin in own.index)
    return own.rename(int, level="origin") if counted else own  # As text, 10 would stand before 9.
