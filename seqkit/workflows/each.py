"""Trains a model for each series of a long table, one after another."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqkit.errors import DataError, InterruptedTraining, SeqkitError, UsageError
from seqkit.files.atomic import finite, write_bytes, write_json
from seqkit.progress import Callbacks
from seqkit.runs.lifecycle import free_path
from seqkit.runs.run import Run
from seqkit.sources import DataSource
from seqkit.workflows.settings import Plan
from seqkit.workflows.train import train_plan

if TYPE_CHECKING:
    import pandas as pd

SUMMARY = "each.csv"
"""Table of all series in the folder of the runs."""

SCORES = ("mae", "rmse", "mase", "skill")
"""Scores of the summary."""


@dataclass(frozen=True)
class SeriesRun:
    """The training of one series.

    Attributes:
        series: Its name.
        path: The run directory.
        scores: Scores of its model on the test part, or on validation without one; empty if it failed.
        baselines: MAE of the baselines by name.
        error: Why the training failed; None if it did not.
    """

    series: str
    path: Path
    scores: Mapping[str, float | None]
    baselines: Mapping[str, float]
    error: str | None = None


def train_each(
    plan: Plan,
    data: Any,
    column: str,
    options: Mapping[str, Any],
    *,
    out: str | Path | None = None,
    overwrite: bool = False,
    test: bool = True,
    callbacks: Callbacks | None = None,
) -> tuple[Path, list[SeriesRun]]:
    """Trains a model for each series, and writes a summary beside the runs. A series that fails is named.

    Args:
        plan: The plan of a forecast, from `plan_training`.
        data: The data as given by the user.
        column: Column that names the series.
        options: The options given by the user.
        out: Folder of the runs. Default: a free name in `runs/`.
        overwrite: Replace existing runs in the folder.
        test: Whether to score the test parts.
        callbacks: Called with progress and messages.

    Returns:
        The folder, and the trainings in the order of the file.

    Raises:
        UsageError: The task is not a forecast, the column does not exist, or the folder exists.
        DataError: The training of every series failed.
        InterruptedTraining: A training was interrupted.
    """
    from seqkit.data.tables.columns import find_column

    callbacks = callbacks or Callbacks()
    if plan.task.name != "forecast":
        raise UsageError(f"--each trains forecasts, but the data is for the task {plan.task.name}. Leave it out.")
    folder = free_path(Path("runs"), f"{plan.recipe.name}-each") if out is None else Path(out)
    if folder.exists() and not overwrite:
        raise UsageError(f"{folder} exists. Choose another --out, or replace the runs in it with --overwrite.")
    chosen = plan.choose(options)
    frame = plan.source.read(chosen["data"])
    named = find_column(column, list(map(str, frame.columns)), "--each")
    settings = {**plan.source.protocol, **{name: v for name, v in options.items() if name not in chosen["data"]}}
    settings["id"] = tuple(name for name in chosen["table"]["id"] if name not in (column, named))
    results = []
    for name, rows, directory in _series(frame, named):
        rows.attrs = {
            **frame.attrs,
            "source": f"The series '{name}' of {frame.attrs.get('source', 'the table')}",
            "row_numbering": "Row 1 is the first row of the series.",
        }
        source = DataSource("frame", frame=rows)
        callbacks.on_message(f"series '{name}': {len(rows):,} rows")
        path = folder / directory
        try:
            run = train_plan(
                replace(plan, source=source),
                rows,
                settings,
                out=path,
                overwrite=overwrite,
                test=test,
                callbacks=callbacks,
            )
        except InterruptedTraining:
            raise
        except SeqkitError as error:
            callbacks.on_message(f"series '{name}' failed: {error}")
            results.append(SeriesRun(name, path, {}, {}, str(error)))
        else:
            results.append(_result(name, run))
    if not any(result.error is None for result in results):
        raise DataError(f"The training of every series failed; of '{results[0].series}': {results[0].error}")
    _write(folder, results)
    return folder, results


def _series(frame: "pd.DataFrame", column: str) -> "Iterator[tuple[str, pd.DataFrame, str]]":
    """Yields name, rows and directory of each series, in the order of the file.

    Raises:
        UsageError: The column has a blank cell.
    """
    blank = frame[column].isna() | (frame[column].astype(str).str.strip() == "")
    if blank.any():
        raise UsageError(
            f"{int(blank.sum()):,} rows have no name of a series in '{column}', the first is row "
            f"{int(blank.to_numpy().argmax()) + 1}. Fill them, or leave out --each."
        )
    used: set[str] = set()
    for name, rows in frame.groupby(column, sort=False):
        directory = base = re.sub(r"[^\w-]+", "_", str(name)).strip("_") or "series"
        number = 1
        while directory.casefold() in used:
            number += 1
            directory = f"{base}_{number}"
        used.add(directory.casefold())
        yield str(name), rows.drop(columns=column).reset_index(drop=True), directory


def _result(name: str, run: Run) -> SeriesRun:
    metrics = finite(run.read_json("metrics.json"))
    model, *others = (metrics.get("test") or metrics["validation"])["models"]
    return SeriesRun(
        name, run.path, {key: model[key] for key in SCORES}, {other["name"]: other["mae"] for other in others}
    )


def _write(folder: Path, results: list[SeriesRun]) -> None:
    """Writes the summary as CSV, and as JSON for programs."""
    from seqkit.tasks.forecast.text import csv_lines

    columns: dict[str, list[object]] = {"unique_id": [result.series for result in results]}
    columns["run"] = [result.path.name if result.error is None else "" for result in results]
    for score in SCORES:
        columns[score] = [result.scores.get(score, "") for result in results]
    columns["error"] = [result.error or "" for result in results]
    write_bytes(folder / SUMMARY, csv_lines(columns).encode())
    write_json(folder / "each.json", [as_json(result) for result in results])


def as_json(result: SeriesRun) -> dict[str, Any]:
    """Returns the training of a series as JSON content."""
    return {
        "unique_id": result.series,
        "run": str(result.path),
        **{score: result.scores.get(score) for score in SCORES},
        "baselines": dict(result.baselines),
        "error": result.error,
    }
