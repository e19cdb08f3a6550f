"""Backtests a run or a recipe: forecasts at several past times, trained once or again for each."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.errors import UsageError, listed
from seqkit.progress import Callbacks
from seqkit.registry import find_recipe, recipes
from seqkit.runs.run import Run, read_run
from seqkit.sources import find_source
from seqkit.tasks import check_task, task_of_run

if TYPE_CHECKING:
    import pandas as pd

    from seqkit.tasks.forecast.backtest import Backtest

AUTO = "auto"
"""Name in the place of a recipe: one is chosen at each cutoff."""

VALIDATION = 0.15
"""Share of the times in the validation part of a backtest of a recipe, at least two horizons."""

Train = Callable[[str, Path], Run]
"""Trains on the parts of a split, and writes the run to a directory."""


def backtest(
    run: "str | Path",
    data: "str | Path | pd.DataFrame | None" = None,
    *,
    windows: int = 5,
    step: int | None = None,
    refit: bool = False,
    levels: Sequence[int] = (),
    adaptive: bool = False,
    callbacks: Callbacks | None = None,
    **options: Any,
) -> "Backtest":
    """Forecasts at several past times (cutoffs) and scores the forecasts beside those of the baselines.

    The last cutoff lies just before the newest rows that a forecast predicts, the others `step` rows before each other,
    as in the cross-validation of other libraries. Without `refit`, all of them must lie after the validation part of
    the run, as only then the run has seen nothing of what it predicts; a recipe is trained once, on the rows up to the
    first cutoff. On the training data of a run, its picture `plots/backtest.png` is drawn.

    Args:
        run: The run directory of a forecast; or the name of a recipe, the path of a recipe file, or "auto".
        data: The training data or the same series with newer rows: name of a dataset, a file or a frame. Default: the
            data the run was trained on; for a recipe, simulated data.
        windows: Number of cutoffs, at least 1.
        step: Rows between cutoffs, at least 1. Default: the rows that a forecast spans, so that no value is predicted
            twice.
        refit: Whether to train the recipe again for each cutoff, with the options of the run, on the rows up to it: the
            validation part, as long as that of the run, ends at the cutoff. Everything is fitted anew.
        levels: Levels of prediction intervals in percent, such as (80, 95).
        adaptive: Whether the intervals follow the coverage that was observed up to each cutoff, which keeps it near the
            level where the data drifts; see `seqkit.tasks.forecast.adaptive`.
        callbacks: Called with progress and messages.
        **options: Options of a recipe, the data, the task and training, as in `seqkit.train`; none of a run.

    Returns:
        The forecasts and their scores.

    Raises:
        NotFoundError: The run, the recipe or the data does not exist.
        UsageError: The run is of another task, a number is below 1, the data has too few rows for the cutoffs, or
            options are given for a run.
        DataError: The data has changed since training, or a cutoff lies in what the run was trained or chosen on.
    """
    from seqkit.tasks.forecast.intervals import check_levels

    callbacks, levels = callbacks or Callbacks(), check_levels(levels)
    for name, value in (("windows", windows), ("step", step)):
        if value is not None and (value < 1 or not np.issubdtype(type(value), np.integer)):
            raise UsageError(
                f"Received an invalid value for {name}, expected a whole number of at least 1, got {value}."
            )
    if adaptive and not levels:
        raise UsageError("Adaptive intervals need --levels, such as 80,95. Give them, or leave --adaptive out.")
    if names_recipe(run):
        with tempfile.TemporaryDirectory() as folder:
            train, split = _recipe_training(str(run), data, options, windows, step, callbacks)
            finished = train(split, Path(folder) / "run")
            data = finished.manifest.call["data"] if data is None else data
            label = AUTO if str(run) == AUTO else None
            return _backtest(
                finished, data, windows, step, levels, adaptive, train if refit else None, callbacks, label
            )
    finished = read_run(run)
    check_task(finished, "forecast")
    if options:
        raise UsageError(
            f"The run {run} has the options it was trained with. Leave out {listed(options)}, or name a recipe instead "
            "of the run."
        )

    def train_again(split: str, path: Path) -> Run:
        return _train_again(finished, data, split, path, callbacks)

    return _backtest(finished, data, windows, step, levels, adaptive, train_again if refit else None, callbacks)


def names_recipe(run: "str | Path") -> bool:
    """Whether the argument of a backtest names a recipe: it is no directory, but a known name or a recipe file."""
    name = str(run)
    return not Path(name).is_dir() and (name.endswith(".py") or name in (*recipes(), AUTO))


def _backtest(
    finished: Run,
    data: Any,
    windows: int,
    step: int | None,
    levels: Sequence[int],
    adaptive: bool,
    train: Train | None,
    callbacks: Callbacks,
    name: str | None = None,
) -> "Backtest":
    """Backtests a run; `train` trains again for each cutoff, maybe another recipe: then the model has the `name`."""
    import pandas as pd

    from seqkit.tasks.forecast.adaptive import AdaptiveLevels, drift_notes
    from seqkit.tasks.forecast.backtest import (
        FIXED,
        cutoff_text,
        draw,
        find_cutoffs,
        forecast_at,
        named,
        split_at,
        summarise,
    )
    from seqkit.tasks.forecast.encode import times_of, value_column
    from seqkit.tasks.forecast.evaluate import open_evaluator

    evaluator, on_training_data = open_evaluator(finished, data, callbacks.on_message)
    times, state = evaluator.times, evaluator.state
    model = value_column(evaluator.forecaster.name if name is None else name)
    frames = []
    following = AdaptiveLevels(levels, model) if adaptive else None
    for number, cutoff in enumerate(find_cutoffs(times, state, windows, step), 1):
        shares = following.at(times_of(evaluator.table, np.array([cutoff]))[0]) if following else None
        if train is None:
            forecasts = forecast_at(evaluator, cutoff, levels, shares)
            recipe = evaluator.forecaster.name
        else:
            split = split_at(times, state, cutoff)
            callbacks.on_message(f"training {number} of {windows}, on the rows up to {cutoff_text(cutoff)}")
            with tempfile.TemporaryDirectory() as folder:
                fold, _ = open_evaluator(train(split, Path(folder) / "run"), data, lambda line: None)
                forecasts, recipe = forecast_at(fold, cutoff, levels, shares), fold.forecaster.name
        frames.append(forecasts if name is None else named(forecasts, recipe, name))
        if following:
            following.add(frames[-1])
    forecasts = pd.concat(frames, ignore_index=True)
    for line in drift_notes(forecasts, FIXED if adaptive else f"{model}-", levels, adaptive=adaptive):
        callbacks.on_message(line)
    result = summarise(forecasts, evaluator, levels, _unit(finished, state.targets), name)
    if on_training_data:
        draw(result, evaluator, levels, finished.path / "plots" / "backtest.png")
    return result


def _recipe_training(
    recipe: str, data: Any, options: Mapping[str, Any], windows: int, step: int | None, callbacks: Callbacks
) -> tuple[Train, str]:
    """Returns what trains a recipe on a split, and the split whose test part has all cutoffs.

    Raises:
        UsageError: The recipe does not forecast, `split` is given, or the data has too few rows.
    """
    from seqkit.data.tables.regularise import regularise
    from seqkit.workflows.auto import plan_auto, train_auto
    from seqkit.workflows.settings import plan_training
    from seqkit.workflows.train import train_plan

    if "split" in options:
        raise UsageError("A backtest splits the data at its cutoffs. Leave --split out, or set --windows and --step.")
    settings = {name: value for name, value in options.items() if name != "budget"}
    plan = plan_auto(data, tuple(settings)) if recipe == AUTO else plan_training(find_recipe(recipe), data, options)
    if plan.task.name != "forecast":
        raise UsageError(f"A backtest needs a forecast, but {plan.source.name} is data of the task {plan.task.name}.")
    chosen, _ = plan.choose_for_data(settings)
    shape = chosen["forecast"]
    times = len(np.unique(regularise(plan.source.peek(chosen["data"]), **chosen["table"]).time))
    ahead = shape["sampling_rate"] * (shape["lead"] + shape["horizon"] - 1)
    test = ahead + (ahead if step is None else step) * (windows - 1)
    validation = max(round(VALIDATION * (times - test)), min(2 * ahead, (times - test) // 4), ahead)
    if times - test <= validation:
        raise UsageError(
            f"{windows} cutoffs and forecasts of {ahead} rows span {test:,} rows, and validation {validation:,}, but "
            f"the data has {times:,} distinct times. Use fewer --windows, a smaller --step or a shorter --horizon."
        )
    fixed = {**options, "horizon": shape["horizon"]}

    def train(split: str, path: Path) -> Run:
        settings = {**fixed, "split": split}
        if recipe == AUTO:
            return train_auto(data, out=path, test=False, callbacks=callbacks, **settings)
        return train_plan(plan, data, settings, out=path, test=False, callbacks=callbacks)

    return train, f"{times - test - validation},{validation},{test}"


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
