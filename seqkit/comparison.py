"""Runs side by side: those that answer the same question, the best on validation first."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from seqkit.errors import UsageError
from seqkit.inference import read_state
from seqkit.metrics import diebold_mariano
from seqkit.results import read_metrics
from seqkit.runs import Run, read_run


def compare(paths: Sequence[str | Path]) -> dict[str, Any]:
    """Returns the scores of runs and, of each, whether its difference to the best is real.

    The order is by validation error, which is what may be chosen by; the paired test is on the part that all of
    them were scored on: test, or validation where one has not been tested.

    Args:
        paths: Run directories, all of the same data, targets and windows' targets.

    Returns:
        `unit`, `part`, and for each run: name, recipe, parameters, seconds of training, validation and test MAE,
        and the p-value of its difference to the first.

    Raises:
        UsageError: The runs answer different questions, so that their errors cannot stand beside each other.
    """
    runs = [read_run(path) for path in paths]
    metrics = [read_metrics(run) for run in runs]
    _check_same_question(runs)
    part = "test" if all("test" in m for m in metrics) else "validation"
    rows, losses = [], []
    for run, scores in zip(runs, metrics, strict=True):
        model = {name: part["models"][0] for name, part in scores.items()}
        rows.append(
            {
                "run": str(run.path),
                "recipe": run.manifest.recipe["name"],
                "parameters": run.manifest.model["parameters"],
                "seconds": run.manifest.seconds,
                "validation_mae": model["validation"]["mae"],
                "test_mae": model["test"]["mae"] if "test" in model else None,
                "skill": model[part]["skill"],
            }
        )
        losses.append(_window_losses(run, part))
    order = np.argsort([row["validation_mae"] for row in rows])
    best = losses[order[0]]
    state = read_state(runs[0])
    for i in order[1:]:
        both = best.to_frame("best").join(losses[i].to_frame("own"), how="inner")
        by_time = both.groupby(level="origin").mean()  # several series at one time are one observation
        result = diebold_mariano(by_time["best"].to_numpy(), by_time["own"].to_numpy(), steps_overlap=state.overlap)
        rows[i]["p_value"] = result.p_value
    return {"unit": metrics[0]["validation"]["unit"], "part": part, "runs": [rows[i] for i in order]}


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
        if run.manifest.data["source"] != runs[0].manifest.data["source"]:
            raise UsageError(
                f"{runs[0].path} and {run.path} were trained on different data: {runs[0].manifest.data['source']} "
                f"and {run.manifest.data['source']}."
            )


def _window_losses(run: Run, part: str) -> "pd.Series[float]":
    """Returns the mean absolute error of each window, by series and the time of its newest row."""
    table = pd.read_csv(run.file("errors.csv"), dtype={"series": str, "origin": str})
    own = table[table["part"] == part]
    return own.set_index(["series", "origin"])["mae"]
