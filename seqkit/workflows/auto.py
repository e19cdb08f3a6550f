"""Chooses a recipe and its options for a table: trains a few within a budget of time, and keeps the best."""

import csv
import io
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqkit.data.kinds import kinds
from seqkit.errors import InterruptedTraining, SeqkitError, UsageError, listed, nearest
from seqkit.files.atomic import write_bytes
from seqkit.options import Option, with_current_names
from seqkit.progress import Callbacks, Progress
from seqkit.registry import find_recipe, recipes
from seqkit.runs.lifecycle import check_writable, free_path
from seqkit.runs.run import Run
from seqkit.sources import find_source
from seqkit.tasks import tasks, tasks_that_read
from seqkit.workflows.settings import Plan, tasks_of

if TYPE_CHECKING:
    import pandas as pd

TASK, FIRST = "forecast", "autoregression"

SECTIONS = ("data", "table", "roles", "forecast")
"""Sections of options that all recipes have in common."""

TRIED = "tried.csv"

MEASURED_SECONDS = 3.0
"""Seconds of training after which its whole duration is estimated."""

DONE = "done"


@dataclass
class Trial:
    """A recipe that was tried.

    Attributes:
        recipe: Name of the recipe.
        options: Its options beside those that all have in common.
        score: Validation error; None if it was not scored.
        seconds: Duration.
        outcome: "done", or why there is no score.
    """

    recipe: str
    options: dict[str, Any]
    score: float | None = None
    seconds: float = 0.0
    outcome: str = DONE


class _TooSlow(Exception):
    """A training would exceed its time; `share` is the part of its epochs that would fit."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share


def plan_auto(data: Any = None, given: Sequence[str] = ()) -> Plan:
    """Returns the plan of the first recipe that is tried, whose data and task all have in common.

    Args:
        data: As in `seqkit.train`.
        given: Names of the given options.

    Raises:
        NotFoundError: The data does not exist.
        UsageError: The data is no table over time.
    """
    task = tasks()[TASK]
    source = find_source(task.demo if data is None else data, given)
    if source.kind not in task.reads:
        title = kinds()[source.kind].title
        names = {card.name for card in tasks_that_read(source.kind)}
        suitable = [name for name, recipe in recipes().items() if names & set(tasks_of(recipe))]
        raise UsageError(
            f"auto chooses among recipes for tables over time, but {source.name} contains {title}. Train one of the "
            f"recipes for it: {listed(suitable)}."
        )
    return Plan(find_recipe(FIRST), task, source)


def auto_options(plan: Plan) -> list[Option]:
    """Returns the options that all recipes have in common, and the seed."""
    common = [option for key in SECTIONS for option in plan.sections[key]]
    return common + [option for option in plan.sections["training"] if option.name == "seed"]


def train_auto(
    data: "str | Path | pd.DataFrame | None" = None,
    *,
    budget: float = 120.0,
    out: str | Path | None = None,
    overwrite: bool = False,
    test: bool = True,
    callbacks: Callbacks | None = None,
    **options: Any,
) -> Run:
    """Tries a few recipes on a table, and trains the one with the lowest validation error.

    Linear recipes come first, then networks, as long as the budget lasts. Of short series the errors are means over
    several past times before the test part. What was tried is listed in `tried.csv` of the run.

    Args:
        data: Name of a dataset, a file or a frame: a table over time. Default: simulated weather.
        budget: Seconds for the search, above 0. The first recipe is tried in any case; the chosen one is trained again
            after the search.
        out: As in `seqkit.train`.
        overwrite: As in `seqkit.train`.
        test: Whether to score the test part at the end.
        callbacks: Called with messages, and with the progress of the last training.
        **options: Options of the data and the task, and `seed`; those given are kept in all trials.

    Returns:
        The run of the chosen recipe, as from `seqkit.train`.

    Raises:
        UsageError: An option is unknown or invalid, or the data is no table.
        DataError: The data is invalid.
        InterruptedTraining: The search was interrupted before the first recipe was done.
    """
    from seqkit.workflows.train import train_plan

    callbacks, began = callbacks or Callbacks(), time.perf_counter()
    if not budget > 0:
        raise UsageError(f"Received an invalid value for budget, expected a number of seconds above 0, got {budget}.")
    if not isinstance(test, bool):
        raise UsageError(
            "The test part of a forecast is the end of its table: set its size with --split instead of --test."
        )
    options = with_current_names(options)
    plan = plan_auto(data, tuple(options))
    names = [option.name for option in auto_options(plan)]
    for name in options:
        if name not in names:
            raise UsageError(f"auto has no option `{name}`. {nearest(name, names)}")
    path = Path(out) if out is not None else free_path(Path("runs"), f"auto-{plan.source.label}")
    check_writable(path, overwrite=overwrite)
    found = plan.task.module("candidates").candidates(
        plan.source, plan.choose(options), {*options, *plan.source.protocol}
    )
    for line in found.notes:
        callbacks.on_message(line)
    common = {**found.options, **options}
    trials, score_name = _search(plan, data, common, found, began + budget, callbacks)
    best = min((trial for trial in trials if trial.score is not None), key=lambda trial: trial.score or 0.0)
    for line in table_lines(trials, score_name):
        callbacks.on_message(line)
    callbacks.on_message(f"chosen: {best.recipe} {flags(best.options)}".rstrip())
    chosen = replace(plan, recipe=find_recipe(best.recipe))
    run = train_plan(
        chosen, data, {**common, **best.options}, out=path, overwrite=overwrite, test=test, callbacks=callbacks
    )
    write_bytes(run.path / TRIED, _csv(trials, score_name).encode())
    return run


def _search(
    plan: Plan, data: Any, common: Mapping[str, Any], found: Any, deadline: float, callbacks: Callbacks
) -> tuple[list[Trial], str]:
    """Returns what was tried, and the name of the score.

    Raises:
        InterruptedTraining: Nothing was scored before the interruption.
        SeqkitError: No recipe could be trained; the error is that of the first.
    """
    trials = [Trial(name, settings) for name, settings in found.tried if name in recipes()]
    score_name, interrupted, first_error = "MAE", None, None
    for trial in trials:
        start = time.perf_counter()
        if interrupted is not None or (start >= deadline and trial is not trials[0]):
            trial.outcome = "interrupted" if interrupted is not None else "not tried: the budget is spent"
            continue
        candidate = replace(plan, recipe=find_recipe(trial.recipe))
        try:
            score_name, trial.score = _validate(candidate, data, {**common, **trial.options}, found.splits, deadline)
        except _TooSlow:
            trial.outcome = "left out: too slow for the budget"
        except (InterruptedTraining, KeyboardInterrupt) as error:
            interrupted, trial.outcome = error, "interrupted"
        except SeqkitError as error:
            first_error, trial.outcome = first_error or error, f"failed: {error}"
        trial.seconds = time.perf_counter() - start
        score = f"validation {score_name} {trial.score:.4g}" if trial.score is not None else trial.outcome
        callbacks.on_message(f"{trial.recipe} {flags(trial.options)}: {score} in {trial.seconds:.1f} s")
    if all(trial.score is None for trial in trials):
        if interrupted is not None:
            raise InterruptedTraining("Interrupted before the first recipe was done; there is no run.") from interrupted
        raise first_error or UsageError("No recipe was scored within the budget. Give a larger --budget.")
    return trials, score_name


def _validate(
    plan: Plan, data: Any, options: Mapping[str, Any], splits: Sequence[str], deadline: float
) -> tuple[str, float]:
    """Returns name and value of the validation error of a recipe: of one training, or the mean over several splits."""
    folds = [{**options, "split": split} for split in splits] or [dict(options)]
    scores = []
    for number, settings in enumerate(folds):
        remaining = (deadline - time.perf_counter()) / (len(folds) - number)
        metrics = _train_in_time(plan, data, settings, remaining, test=bool(splits))
        model = metrics["test" if splits else "validation"]["models"][0]
        scores.append({name: model[name] for name in ("mase", "mae")})
    name = "mae" if any(score["mase"] is None for score in scores) else "mase"
    return name.upper(), sum(score[name] for score in scores) / len(scores)


def _train_in_time(plan: Plan, data: Any, options: dict[str, Any], seconds: float, *, test: bool) -> dict[str, Any]:
    """Returns the metrics of a training, with fewer epochs than usual if all would take longer than `seconds`.

    Raises:
        _TooSlow: Not even one epoch would fit.
    """
    from seqkit.workflows.train import train_plan

    for _ in range(2):
        with tempfile.TemporaryDirectory() as folder:
            guarded = Callbacks(on_progress=_Guard(seconds))
            try:
                run = train_plan(plan, data, options, out=Path(folder) / "run", test=test, callbacks=guarded)
                metrics: dict[str, Any] = run.read_json("metrics.json")
                return metrics
            except _TooSlow as error:
                epochs = plan.choose(options)["training"].get("epochs", 1)
                options, share = {**options, "epochs": max(1, int(epochs * error.share))}, error.share
                if epochs * share < 1:
                    raise
    raise _TooSlow(0.0)


class _Guard:
    """Raises `_TooSlow` when the estimated duration of a training exceeds a number of seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._began = seconds, 0.0

    def __call__(self, progress: Progress) -> None:
        if progress.loss is None:  # solved in closed form
            return
        now = time.perf_counter()
        self._began = self._began or now
        elapsed = now - self._began
        done = progress.epoch - 1 + progress.step / max(progress.steps, 1)
        if elapsed < MEASURED_SECONDS or done <= 0:
            return
        estimate = elapsed / done * progress.epochs
        if estimate > 1.1 * self._seconds and elapsed < 0.5 * estimate:
            raise _TooSlow(max(self._seconds - elapsed, 0.0) / estimate)


def flags(options: Mapping[str, Any]) -> str:
    """Returns options as they are written on the command line."""
    written = []
    for name, value in options.items():
        flag = name.replace("_", "-")
        if isinstance(value, bool):
            written.append(f"--{flag}" if value else f"--no-{flag}")
        else:
            written.append(f"--{flag} {value}")
    return " ".join(written)


def table_lines(trials: Sequence[Trial], score_name: str) -> list[str]:
    """Returns a table of what was tried, best first."""
    ranked = sorted(trials, key=lambda trial: float("inf") if trial.score is None else trial.score)
    rows = [("recipe", "options", f"validation {score_name}", "seconds")]
    for trial in ranked:
        score = trial.outcome if trial.score is None else f"{trial.score:.4g}"
        rows.append((trial.recipe, flags(trial.options), score, f"{trial.seconds:.1f}"))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return [
        f"{recipe:<{widths[0]}}  {options:<{widths[1]}}  {score:>{widths[2]}}  {seconds:>7}"
        for recipe, options, score, seconds in rows
    ]


def _csv(trials: Sequence[Trial], score_name: str) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["recipe", "options", f"validation_{score_name.lower()}", "seconds", "outcome"])
    for trial in trials:
        score = "" if trial.score is None else repr(trial.score)
        writer.writerow([trial.recipe, flags(trial.options), score, f"{trial.seconds:.2f}", trial.outcome])
    return text.getvalue()
