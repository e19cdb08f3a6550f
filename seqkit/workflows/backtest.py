"""Backtests a finished run: forecasts at several past times, with the run as it is or trained again for each."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.errors import UsageError
from seqkit.progress import Callbacks
from seqkit.runs.run import Run, read_run
from seqkit.sources import find_source
from seqkit.tasks import check_task, task_of_run

if TYPE_CHECKING:
    import pandas as pd

    from seqkit.tasks.forecast.backtest import Backtest


def backtest(
    run: "str | Path",
    data: "str | Path | pd.DataFrame | None" = None,
    *,
    windows: int = 5,
    step: int | None = None,
    refit: bool = False,
    levels: Sequence[int] = (),
    callbacks: Callbacks | None = None,
) -> "Backtest":
    """Forecasts at several past times (cutoffs) and scores the forecasts beside those of the baselines.

    The last cutoff lies just before the newest rows that a forecast predicts, the others `step` rows before each other,
    as in the cross-validation of other libraries. Without `refit`, all of them must lie after the validation part of
    the run, as only then the run has seen nothing of what it predicts. On the training data, the picture
    `plots/backtest.png` of the run is drawn.

    Args:
        run: The run directory of a forecast.
        data: The training data or the same series with newer rows: name of a dataset, a file or a frame. Default: the
            data the run was trained on.
        windows: Number of cutoffs, at least 1.
        step: Rows between cutoffs, at least 1. Default: the rows that a forecast spans, so that no value is predicted
            twice.
        refit: Whether to train the recipe again for each cutoff, with the options of the run, on the rows up to it: the
            validation part, as long as that of the run, ends at the cutoff. Everything is fitted anew.
        levels: Levels of prediction intervals in percent, such as (80, 95).
        callbacks: Called with progress and messages.

    Returns:
        The forecasts and their scores.

    Raises:
        NotFoundError: The run or the data does not exist.
        UsageError: The run is of another task, a number is below 1, or the data has too few rows for the cutoffs.
        DataError: The data has changed since training, or a cutoff lies in what the run was trained or chosen on.
    """
    import pandas as pd

    callbacks = callbacks or Callbacks()
    finished = read_run(run)
    check_task(finished, "forecast")
    for name, value in (("windows", windows), ("step", step)):
        if value is not None and (value < 1 or not np.issubdtype(type(value), np.integer)):
            raise UsageError(
                f"Received an invalid value for {name}, expected a whole number of at least 1, got {value}."
            )
    from seqkit.tasks.forecast.backtest import cutoff_text, draw, find_cutoffs, forecast_at, split_at, summarise
    from seqkit.tasks.forecast.evaluate import open_evaluator
    from seqkit.tasks.forecast.intervals import check_levels

    levels = check_levels(levels)
    evaluator, on_training_data = open_evaluator(finished, data, callbacks.on_message)
    times, state = evaluator.times, evaluator.state
    frames = []
    for number, cutoff in enumerate(find_cutoffs(times, state, windows, step), 1):
        if not refit:
            frames.append(forecast_at(evaluator, cutoff, levels))
            continue
        split = split_at(times, state, cutoff)
        callbacks.on_message(f"training {number} of {windows}, on the rows up to {cutoff_text(cutoff)}")
        with tempfile.TemporaryDirectory() as folder:
            again = _train_again(finished, data, split, Path(folder) / "run", callbacks)
            fold, _ = open_evaluator(again, data, lambda line: None)
            frames.append(forecast_at(fold, cutoff, levels))
    result = summarise(pd.concat(frames, ignore_index=True), evaluator, levels, _unit(finished, state.targets))
    if on_training_data:
        draw(result, evaluator, levels, finished.path / "plots" / "backtest.png")
    return result


def _train_again(run: Run, data: Any, split: str, path: Path, callbacks: Callbacks) -> Run:
    """Trains the recipe of a run again with its options and another split."""
    from seqkit.workflows.resume import read_call
    from seqkit.workflows.settings import Plan
    from seqkit.workflows.train import train_plan

    recipe, call = read_call(run)
    data = call["data"] if data is None else data
    options = {**run.manifest.options, "split": split}
    plan = Plan(recipe, task_of_run(run), find_source(data, options, kind=call["kind"]))
    return train_plan(plan, data, options, out=path, test=False, callbacks=callbacks)


def _unit(run: Run, targets: tuple[str, ...]) -> str:
    """Returns the unit of the targets, if it is known and the same for all."""
    units = {run.manifest.units.get(target, "") for target in targets}
    return units.pop() if len(units) == 1 else ""
