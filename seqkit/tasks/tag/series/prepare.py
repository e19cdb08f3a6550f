"""Prepares labelled rows for a tagger: splits them into parts, and fits the state on the training rows."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from seqkit.data.labelled.splits import PARTS
from seqkit.data.series.scaling import statistics
from seqkit.data.tagged_series.rows import NO_LABEL, LabelledRows
from seqkit.data.tagged_series.splits import split_rows
from seqkit.data.tagged_series.windows import pieces_of
from seqkit.errors import DataError, UsageError
from seqkit.tasks.tag.series.metrics import segments_of
from seqkit.tasks.tag.series.state import SeriesState

_SEGMENTS_PER_WINDOW, _MULTIPLE = 4, 16
_MIN_WINDOW, _MAX_WINDOW = 64, 512
"""Bounds of the window that is chosen where none is given."""


@dataclass(frozen=True)
class Splits:
    """The parts of labelled rows.

    Attributes:
        pieces: Ranges of rows [first, end) of each part, by its name: without a gap, each of one recording.
        labels: Number of the label of each row in the state's labels, int64 of shape (rows,); `NO_LABEL` for a row
            without one. Labels that no training row has follow those of the state.
        names: All labels: those of the state, then those that no training row has.
        notes: Messages about the data, one line each.
    """

    pieces: dict[str, np.ndarray]
    labels: np.ndarray
    names: tuple[str, ...]
    notes: list[str]


def prepare_series(
    rows: LabelledRows,
    *,
    decoder: Literal["crf", "softmax"] = "crf",
    window: int | None = None,
    split: str = "0.7,0.15,0.15",
    split_by: Literal["auto", "recording", "time"] = "auto",
) -> tuple[SeriesState, Splits]:
    """Splits labelled rows, and fits the state on the training rows.

    Args:
        rows: The labelled rows.
        decoder: How the labels of rows are found. `crf`: together, by a conditional random field with a weight for each
            pair of consecutive labels. `softmax`: each row on its own.
        window: Rows that are read at once; by default four times the median length of a training segment, from 64 to
            512, [1, 1048576].
        split: Fractions of training, validation and test, of recordings or of time; by time also three numbers of rows,
            or the two dates at which validation and test start. A column of parts, such as `part`, comes first.
        split_by: `recording`: a recording goes to one part as a whole. `time`: the parts follow one another. `auto`: by
            recording if there are at least five.

    Raises:
        UsageError: The split does not fit the rows.
        DataError: A part has no row with a label, or the training rows have a single label.
    """
    parts, notes = split_rows(rows, split, split_by)
    table = rows.table
    pieces = {part: pieces_of(table.segments, parts, number) for number, part in enumerate(PARTS)}
    known = np.unique(rows.labels[(parts == 0) & (rows.labels >= 0)])
    for number, part in enumerate(PARTS):
        if not ((parts == number) & (rows.labels >= 0)).any():
            raise UsageError(
                f"There is no row with a label in the {part} part. Choose another --split or --split-by, or give more "
                "rows with labels."
            )
    if len(known) < 2:
        raise DataError(
            f"The training rows have the label '{rows.names[known[0]]}' alone, and a tagger needs at least two. Choose "
            "another --split or --split-by, so that training has other labels, too."
        )
    names = tuple(rows.names[code] for code in known)
    unknown = tuple(name for name in rows.names if name not in names)
    if unknown:
        notes.append(f"no training row has these labels, which are never found: {', '.join(unknown[:5])}")
    all_names = names + unknown
    labels = renumbered(rows, all_names)
    mean, deviation = _fit_scale(rows, pieces["train"])
    state = SeriesState(
        columns=tuple(map(str, table.columns)),
        mean=mean,
        deviation=deviation,
        labels=names,
        label_column=rows.label_column,
        decoder=decoder,
        window=window or _usual_window(labels, pieces["train"]),
        interval=table.interval,
    )
    short = sum(int((piece[:, 1] - piece[:, 0] < state.window).sum()) for piece in pieces.values())
    total = sum(map(len, pieces.values()))
    if short:
        notes.append(f"shorter than a window, and read as they are: {short:,} of {total:,} stretches of rows")
    return state, Splits(pieces, labels, all_names, notes)


def renumbered(rows: LabelledRows, names: tuple[str, ...]) -> np.ndarray:
    """Returns the position in `names` of the label of each row, which has all labels; `NO_LABEL` without one."""
    number = {name: position for position, name in enumerate(names)}
    position = np.array([number[name] for name in rows.names] + [NO_LABEL], np.int64)
    return position[rows.labels]


def rows_with_labels(labels: np.ndarray, pieces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the rows of some pieces that have a label, ascending, and the number of the piece of each."""
    lengths = pieces[:, 1] - pieces[:, 0]
    piece = np.repeat(np.arange(len(pieces)), lengths)
    rows = np.repeat(pieces[:, 0] - (np.cumsum(lengths) - lengths), lengths) + np.arange(lengths.sum())
    has_label = labels[rows] >= 0
    return rows[has_label], piece[has_label]


def _usual_window(labels: np.ndarray, pieces: np.ndarray) -> int:
    rows, piece = rows_with_labels(labels, pieces)
    segments = segments_of(labels[rows], piece)
    median = float(np.median(segments.ranges[:, 1] - segments.ranges[:, 0]))
    window = int(-(-_SEGMENTS_PER_WINDOW * median // _MULTIPLE)) * _MULTIPLE
    return int(np.clip(window, _MIN_WINDOW, _MAX_WINDOW))


def _fit_scale(rows: LabelledRows, pieces: np.ndarray) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Returns mean and standard deviation of each column over the training rows."""
    means, deviations = [], []
    for name, values in rows.table.columns.items():
        fitted = statistics(values, pieces, rows.table.filled.get(name))
        means.append(fitted.mean)
        deviations.append(1.0 if fitted.constant else fitted.deviation)
    return tuple(means), tuple(deviations)
