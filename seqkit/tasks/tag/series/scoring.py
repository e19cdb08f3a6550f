"""Scores a tagger of series next to simple baselines, with a paired bootstrap by recording or by block of time.

Writes `metrics.json`, `predictions.csv` (every row with both labels), `errors.csv` (counts of each recording or block)
and `plots/`.
"""

from typing import Any

import numpy as np
import pandas as pd

from seqkit.data.tagged_series.rows import LabelledRows
from seqkit.errors import DataError
from seqkit.files.atomic import atomic_write
from seqkit.runs.results import write_errors, write_metrics
from seqkit.tasks.tag.decoding import Decoding
from seqkit.tasks.tag.series import plots
from seqkit.tasks.tag.series.inference import SeriesTagger
from seqkit.tasks.tag.series.prepare import renumbered, rows_with_labels
from seqkit.tasks.tag.series.scores import SeriesScores, items_of

REGRESSION, MAJORITY = "smoothed regression", "majority label"

ERROR_COLUMNS = {
    "part": str,
    "item": int,
    "correct": int,
    "predicted": int,
    "true": int,
    "right": int,
    "rows": int,
}
"""Columns of `errors.csv`: segments that are correct, predicted and true, rows with the right label, and rows."""


def score(tagger: SeriesTagger, rows: LabelledRows, pieces: np.ndarray, *, network: Any = None) -> SeriesScores:
    """Labels the rows of some pieces with the model and the baselines.

    Args:
        tagger: The tagger.
        rows: The labelled rows.
        pieces: Ranges of rows [first, end), of shape (pieces, 2).
        network: Result of `tagger.score` for these pieces, if it is known already.

    Raises:
        DataError: No row has a label.
    """
    known = tagger.state.labels
    names = known + tuple(name for name in rows.names if name not in known)
    of_rows = renumbered(rows, names)
    chosen, piece = rows_with_labels(of_rows, pieces)
    if not len(chosen):
        raise DataError("The data has no row with a label to score. Give rows with labels, or label them with `tag`.")
    scores = tagger.score(rows.table, pieces) if network is None else network
    kept = of_rows[np.concatenate([np.arange(first, end) for first, end in pieces.tolist()])] >= 0
    labels = {tagger.name: tagger.decoded(scores)[kept]}
    if tagger.decoding.share < 1:
        labels[f"{tagger.name} alone"] = tagger.decoded(scores, Decoding())[kept]
    labels[REGRESSION] = tagger.decoded(scores, Decoding(share=0.0))[kept]
    labels[MAJORITY] = np.full(len(chosen), tagger.regression.majority)
    true = of_rows[chosen]
    items, item = items_of(rows.table.series_of(chosen), true, piece)
    return SeriesScores(chosen, piece, items, item, true, labels, tagger.probabilities(scores)[kept], names)


def write_scores(tagger: SeriesTagger, rows: LabelledRows, parts: dict[str, SeriesScores]) -> dict[str, Any]:
    """Writes the scores of the given parts, and rows and plots of the last one.

    Args:
        tagger: The tagger.
        rows: The labelled rows.
        parts: Scores of "validation", "test" or both; those of a part that is missing stay in the run.

    Returns:
        The content of `metrics.json`.
    """
    run = tagger.run
    metrics = write_metrics(run, {name: scores.summary() for name, scores in parts.items()})
    write_errors(run, {name: [_error_rows(scores, tagger.name)] for name, scores in parts.items()}, ERROR_COLUMNS)
    name, scores = list(parts.items())[-1]
    with atomic_write(run.path / "predictions.csv") as temporary:
        _predictions(rows, scores).to_csv(temporary, index=False, float_format="%.6g")
    folder = run.path / "plots"
    plots.scores_by_label(metrics[name]["models"], folder / "labels.png")
    plots.stretch(rows.table, tagger.state, scores, name, folder / "stretch.png")
    return metrics


def _predictions(rows: LabelledRows, scores: SeriesScores) -> pd.DataFrame:
    """Returns each row with its label and the model's."""
    table, names = rows.table, np.array(scores.names, object)
    recordings = np.array(table.ids, object)[table.series_of(scores.rows)]
    return pd.DataFrame(
        {
            **({} if table.id_column is None else {"recording": recordings}),
            "time": table.time[scores.rows],
            "label": names[scores.true],
            "predicted": names[next(iter(scores.labels.values()))],
            "probability": scores.probabilities,
        }
    )


def _error_rows(scores: SeriesScores, name: str) -> pd.DataFrame:
    """Returns the rows of `errors.csv` for one part."""
    counts = scores.counts(name)
    names = list(ERROR_COLUMNS)[2:]
    return pd.DataFrame({"item": np.arange(1, len(counts) + 1), **dict(zip(names, counts.T, strict=True))})
