"""How good a finished run truly is, on rows that neither training nor validation has seen."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from seqkit.errors import DataError, NotFoundError, UsageError
from seqkit.inference import load
from seqkit.results import score_unit, write_results
from seqkit.scoring import Evaluator
from seqkit.sources import DataSource, find_source, fingerprint


def evaluate(
    run: str | Path,
    data: str | Path | pd.DataFrame | None = None,
    *,
    note: Callable[[str], None] = lambda line: None,
) -> dict[str, Any]:
    """Scores a finished run on rows that neither training nor validation has seen.

    Without `data`, the test part of the data it was trained on is scored, and the run keeps the result:
    `metrics.json`, `predictions.csv` and `plots/`. With newer data, all that lies after the validation part is scored,
    and nothing is written.

    Args:
        run: The run directory.
        data: A dataset's name, a file or a frame. Default: the data the run was trained on.
        note: Told in one line each what was mended in reading the data.

    Returns:
        Windows, first and last time, and for each thing compared its errors, the model first; see `Part.summary`.

    Raises:
        NotFoundError: The run or the data is not there.
        DataError: The data has changed since training, or has no window after the validation part.
    """
    forecaster = load(run)
    manifest = forecaster.run.manifest
    own = data is None
    source = _training_source(forecaster.run.path, manifest.data["source"]) if data is None else find_source(data)
    try:
        reading = {o.name: o.check(manifest.options[o.name]) for o in source.options if o.name in manifest.options}
    except UsageError as error:
        raise DataError(f"{forecaster.run.path / 'run.json'} is damaged: options: {error}") from error
    table = forecaster.table(source.read(reading))
    for line in table.notes:
        note(line)
    if own and fingerprint(table, table.frame.columns) != manifest.data["sha256"]:
        raise DataError(
            f"{source.name} has changed since the run {forecaster.run.path} was trained. Give it with --data to score "
            "the run on all rows after its validation part."
        )
    evaluator = Evaluator(forecaster, table, open_end=not own)
    if not len(evaluator.splits.test):
        raise DataError(
            f"The data has no window whose targets lie after the validation part, which ends at "
            f"{str(forecaster.state.borders[1]).removesuffix('.000000000')}."
        )
    part = evaluator.score(evaluator.splits.test)
    if own:
        scores: dict[str, Any] = write_results(evaluator, {"test": part})["test"]
        return scores
    state = forecaster.state
    return part.summary(table, state, score_unit(forecaster.run, state.scores, state.targets))


def _training_source(run: Path, name: str) -> DataSource:
    if name in ("frame", "-"):
        raise DataError(f"The run {run} was trained on data without a name. Give it again with --data.")
    try:
        return find_source(name)
    except NotFoundError as error:
        raise NotFoundError(
            f"The run {run} was trained on '{name}', which is not there any more. Give the data with --data."
        ) from error
