"""Evaluates a forecast run on its test part or on newer rows."""

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from seqkit.data.series.table import fingerprint
from seqkit.errors import DataError
from seqkit.progress import Note
from seqkit.runs.run import Run
from seqkit.runs.training_data import hide_contents, reading_options, training_source
from seqkit.sources import find_source

if TYPE_CHECKING:
    from seqkit.tasks.forecast.scoring import Evaluator


def evaluate(run: Run, data: Any, note: Note) -> dict[str, Any]:
    """Evaluates a run on its test part, or on the rows of `data` after its validation part; see `seqkit.evaluate`."""
    from seqkit.tasks.forecast.results import score_unit, write_results

    evaluator, on_training_data = open_evaluator(run, data, note)
    state = evaluator.state
    if not len(evaluator.splits.test):
        measured = "" if evaluator.table.measured(evaluator.table.targets) is None else ", and were measured"
        raise DataError(
            "The data has no window whose targets lie after the validation part, which ends at "
            f"{str(state.borders[1]).removesuffix('.000000000')}{measured}. Give newer rows with --data."
        )
    part = evaluator.score(evaluator.splits.test)
    if on_training_data:
        scores: dict[str, Any] = write_results(evaluator, {"test": part})["test"]
        return scores
    return evaluator.summary("test", part, score_unit(run.manifest.units, state.scores, state.targets))


def open_evaluator(run: Run, data: Any, note: Note) -> "tuple[Evaluator, bool]":
    """Returns the evaluator of a run on its training data or on other rows, and whether it is on the training data.

    Args:
        run: The run.
        data: The data, as given by the user; None for the training data.
        note: Called with one line for each correction made while reading the data.

    Raises:
        DataError: The training data has changed, or the data does not fit the run.
    """
    from seqkit.tasks.forecast.inference import open_run
    from seqkit.tasks.forecast.scoring import Evaluator
    from seqkit.tasks.forecast.series_notes import unknown_notes

    forecaster, manifest, on_training_data = open_run(run), run.manifest, data is None
    source = training_source(run, "source", "table") if on_training_data else find_source(data, kind="table")
    reading = reading_options(run, source)
    with hide_contents(run, source) if on_training_data else nullcontext():
        table = forecaster.table(source.read(reading))
    if on_training_data and fingerprint(table, table.columns) != manifest.data["sha256"]:
        raise DataError(
            f"{source.name} has changed since the run {run.path} was trained. Give it with --data to evaluate the run "
            "on all rows after its validation part."
        )
    for line in [*table.notes, *unknown_notes(forecaster.state, table)]:
        note(line)
    return Evaluator(forecaster, table, open_end=not on_training_data), on_training_data
