"""Labels the rows of series with a finished run, on ONNX Runtime and NumPy."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime

from seqkit.data.files.frame_index import with_index_columns
from seqkit.data.labelled.ragged import batches_by_length
from seqkit.data.series.table import Table
from seqkit.data.tagged_series.rows import LabelledRows, label_rows, recording_columns, regular_rows
from seqkit.data.tagged_series.windows import covering_windows
from seqkit.errors import DataError, UsageError
from seqkit.inference.linear_chain import marginals, most_likely
from seqkit.inference.sessions import open_session, run_batches
from seqkit.options import module_options, resolve
from seqkit.runs.results import read_run_arrays
from seqkit.runs.run import Run, validated
from seqkit.spec import SERIES_PAD
from seqkit.tasks import check_task
from seqkit.tasks.tag.decoding import Decoding
from seqkit.tasks.tag.model_entry import model_entry
from seqkit.tasks.tag.series.baselines import SmoothedRegression
from seqkit.tasks.tag.series.state import SeriesState, encode
from seqkit.tasks.tag.tag_scores import Batch, Transitions, mixed

if TYPE_CHECKING:
    import pandas as pd

BATCH, STEPS = 64, 1 << 16
"""Maximum number of windows or stretches, and of their rows in total, per batch."""

MAX_BASELINE_BYTES = 1 << 28
"""Maximum size of `baselines.npz` in bytes."""


@dataclass(frozen=True)
class RowScores:
    """Scores of the labels of rows, by stretch.

    Attributes:
        pieces: Ranges of rows [first, end) of the stretches, int64 of shape (stretches, 2).
        network: Logits of the rows of all stretches, one after another, float32 of shape (rows, labels).
        regression: Logits by the baseline, of the same shape.
    """

    pieces: np.ndarray
    network: np.ndarray
    regression: np.ndarray

    @property
    def offsets(self) -> np.ndarray:
        """Start of each stretch in the logits, and end of the last one, of shape (stretches + 1,)."""
        return np.append(0, np.cumsum(self.pieces[:, 1] - self.pieces[:, 0]))


class SeriesTagger:
    """Labels the rows of series with a finished run. Created by `seqkit.load`.

    Attributes:
        run: The run.
        state: State fitted on the training rows.
        regression: The baseline, which the labels may be mixed with.
        decoding: Weights of network and baseline.
    """

    def __init__(
        self,
        run: Run,
        state: SeriesState,
        weights: np.ndarray,
        session: onnxruntime.InferenceSession,
        regression: SmoothedRegression,
        decoding: Decoding,
    ) -> None:
        self.run, self.state, self.regression, self.decoding = run, state, regression, decoding
        self._session = session
        self._transitions = Transitions(np.zeros_like(weights), weights, regression.transitions)

    @property
    def name(self) -> str:
        """Name of the recipe."""
        return str(self.run.manifest.recipe["name"])

    def tag(self, data: "pd.DataFrame") -> "pd.DataFrame":
        """Labels every row of a frame.

        Args:
            data: Rows with the columns and the interval of the training data; those of several recordings need the
                column that names them. A column of labels is not read.

        Returns:
            The frame with two more columns: `predicted`, the label of each row, and `probability`, that of the label.
            Where the frame has columns of these names already, these are `predicted_2` and `probability_2`. A row that
            the options of the run leave out, such as a duplicate, has no label.

        Raises:
            DataError: The data lacks a column, has another interval, or has a fault.
        """
        table = self.table(data)
        codes, probabilities = self.predict(table)
        origin = np.arange(len(table)) if table.origin is None else table.origin
        is_row = origin >= 0
        labels = np.full(len(data), None, object)
        labels[origin[is_row]] = np.array(self.state.labels, object)[codes[is_row]]
        certain = np.full(len(data), np.nan)
        certain[origin[is_row]] = probabilities[is_row]
        columns = {"predicted": labels, "probability": certain}
        return data.assign(**{_free(name, list(data.columns)): values for name, values in columns.items()})

    def table(self, data: "pd.DataFrame") -> Table:
        """Parses a frame with the options that were used for the training data.

        Raises:
            DataError: The columns or the interval differ from those of the training data, or the data has a fault.
        """
        frame = with_index_columns(data)
        with self._reading_errors():
            return regular_rows(frame, self._options(frame))

    def labelled(self, data: "pd.DataFrame") -> LabelledRows:
        """Parses a frame with labels, with the options that were used for the training data.

        Raises:
            DataError: As `table`; or there is no column of labels, or it has none.
        """
        frame = with_index_columns(data)
        label = self.state.label_column
        if label not in map(str, frame.columns):
            raise DataError(
                f"The data has no column '{label}', which has the labels of the training data. Rename the column of "
                "labels, or label the rows with `seqkit tag`."
            )
        with self._reading_errors():
            return label_rows(frame, self._options(frame), label=label, min_labels=1)

    def _options(self, frame: "pd.DataFrame") -> dict[str, Any]:
        """Returns the options of reading a frame: those of the training data, with its columns and interval."""
        names = list(map(str, frame.columns))
        absent = [name for name in self.state.columns if name not in names]
        if absent:
            raise DataError(
                f"The data lacks {', '.join(map(repr, absent))}, which the model was trained on. Its columns: "
                f"{', '.join(names)}. Add the columns, or rename them."
            )
        options = read_options(self.run)
        if not set(options["id"]) <= set(names):
            options["id"] = ()  # a single recording
        options["id"] = options["id"] or recording_columns(frame, [*self.state.columns, self.state.label_column])
        return {**options, "features": self.state.columns, "interval": self.state.interval}

    @contextmanager
    def _reading_errors(self) -> Iterator[None]:
        """Reports an option of the run that does not fit the data as an error of the data."""
        try:
            yield
        except UsageError as error:
            raise DataError(f"The data cannot be read with the options of the run {self.run.path}: {error}") from error

    def predict(self, table: Table) -> tuple[np.ndarray, np.ndarray]:
        """Returns the label of each row of a table, int64 of shape (rows,), and its probability.

        Args:
            table: From `table`.

        Raises:
            DataError: A value is too far from those of training, or the model fails.
        """
        scores = self.score(table, table.segments)
        rows = np.concatenate([np.arange(first, end) for first, end in table.segments.tolist()])
        codes, probabilities = np.zeros(len(table), np.int64), np.zeros(len(table))
        codes[rows], probabilities[rows] = self.decoded(scores), self.probabilities(scores)
        return codes, probabilities

    def score(self, table: Table, pieces: np.ndarray) -> RowScores:
        """Returns the scores of the labels of rows by the network and the baseline.

        Args:
            table: The table.
            pieces: Ranges of rows [first, end) without a gap, of one recording each, of shape (pieces, 2).
        """
        values = encode(self.state, table)
        windows = covering_windows(pieces, self.state.window)
        count = int((pieces[:, 1] - pieces[:, 0]).sum())
        network = np.empty((count, len(self.state.labels)), np.float32)
        batches = list(batches_by_length(windows[:, 1], sequences=BATCH, steps=STEPS)) if len(windows) else []
        outputs = run_batches(self._session, batches, lambda rows: _padded(values, windows[rows])) if batches else []
        place = np.append(0, np.cumsum(windows[:, 3] - windows[:, 2]))  # each row is answered once, in order
        for rows, logits in zip(batches, outputs, strict=True):
            if not np.isfinite(logits).all():
                raise DataError(
                    f"The model of the run {self.run.path} returned a number that is not finite. Train it again."
                )
            for row, of_window in zip(rows.tolist(), logits, strict=True):
                first, _, answered, end = windows[row]
                network[place[row] : place[row + 1]] = of_window[answered - first : end - first]
        regression = [self.regression.logits(values[first:end]) for first, end in pieces.tolist()]
        return RowScores(pieces, network, np.concatenate([*regression, np.zeros((0, network.shape[1]))]))

    def decoded(self, scores: RowScores, decoding: Decoding | None = None) -> np.ndarray:
        """Returns the most likely label of each row of the stretches, one after another, int64 of shape (rows,).

        Args:
            scores: From `score`.
            decoding: Weights of network and baseline. Default: those of the run.
        """
        result = np.zeros(len(scores.network), np.int64)
        for batch, places in _batches(scores):
            logits, pairs = mixed(batch, self._transitions, decoding or self.decoding)
            labels = most_likely(logits, batch.lengths, pairs)
            result[places] = labels[np.arange(labels.shape[1]) < batch.lengths[:, None]]
        return result

    def probabilities(self, scores: RowScores) -> np.ndarray:
        """Returns the probability of the most likely label of each row, of shape (rows,); see `decoded`."""
        result = np.zeros(len(scores.network))
        for batch, places in _batches(scores):
            logits, pairs = mixed(batch, self._transitions, self.decoding)
            labels, is_row = (
                most_likely(logits, batch.lengths, pairs),
                np.arange(logits.shape[1]) < batch.lengths[:, None],
            )
            by_label = marginals(logits, batch.lengths, pairs)
            chosen = np.take_along_axis(by_label, np.maximum(labels, 0)[:, :, None], axis=2)[:, :, 0]
            result[places] = chosen[is_row]
        return result


def open_series(run: Run) -> SeriesTagger:
    """Returns the tagger of a run of series, finished or not."""
    model = model_entry(run)
    return open_with(run, Decoding(model.share))


def open_with(run: Run, decoding: Decoding) -> SeriesTagger:
    """Returns the tagger of a run with other weights of network and baseline."""
    state = read_state(run)
    model_entry(run)
    session = open_session(run, state.spec.ends)
    return SeriesTagger(run, state, _read_weights(run, state), session, read_regression(run, state), decoding)


def is_series(run: Run) -> bool:
    """Whether a run of this task is a tagger of series.

    Raises:
        UsageError: The run is of another task.
    """
    check_task(run, "tag")
    return run.manifest.task_state.get("kind") == "series"


def read_state(run: Run) -> SeriesState:
    """Returns the fitted state of a run.

    Raises:
        UsageError: The run is of another task.
        DataError: `run.json` is damaged.
    """
    check_task(run, "tag")
    return validated(SeriesState, run.manifest.task_state, run.path / "run.json", "task_state")


def read_regression(run: Run, state: SeriesState) -> SmoothedRegression:
    """Returns the baseline of a run.

    Raises:
        DataError: `baselines.npz` is missing or damaged.
    """
    arrays = read_run_arrays(run, "baselines.npz", MAX_BASELINE_BYTES)
    return SmoothedRegression.from_arrays(arrays, labels=len(state.labels), features=len(state.columns))


def read_options(run: Run) -> dict[str, Any]:
    """Returns the checked options the training table was read with.

    Raises:
        DataError: `run.json` is damaged.
    """
    known = [o for o in module_options("seqkit.data.tables.regularise", "regularise") if o.name in run.manifest.reading]
    try:
        options = resolve(known, run.manifest.reading)
    except UsageError as error:
        raise DataError(f"{run.path / 'run.json'} is damaged: reading: {error} Train the run again.") from error
    return {"id": (), **options}


def _padded(values: np.ndarray, windows: np.ndarray) -> np.ndarray:
    """Returns the values of some windows, padded at their ends, of shape (windows, time, features)."""
    steps = np.arange(int(windows[:, 1].max()))
    is_step = steps < windows[:, 1, None]
    rows = np.where(is_step, windows[:, :1] + steps, 0)
    return np.where(is_step[:, :, None], values[rows], np.float32(SERIES_PAD))


def _batches(scores: RowScores) -> "list[tuple[Batch, np.ndarray]]":
    """Returns stretches of similar length in batches, each with the places of their rows in the scores."""
    offsets = scores.offsets
    lengths = np.diff(offsets)
    batches = []
    for chosen in batches_by_length(lengths, sequences=BATCH, steps=STEPS) if len(lengths) else ():
        of_batch = lengths[chosen]
        is_row = np.arange(int(of_batch.max())) < of_batch[:, None]
        places = (offsets[:-1][chosen, None] + np.arange(is_row.shape[1]))[is_row]
        network = np.zeros((*is_row.shape, scores.network.shape[1]), np.float32)
        regression = np.zeros_like(network)
        network[is_row], regression[is_row] = scores.network[places], scores.regression[places]
        batches.append((Batch(chosen, of_batch, network, regression), places))
    return batches


def _free(name: str, taken: list[Any]) -> str:
    return next(n for n in (name, *(f"{name}_{i}" for i in range(2, len(taken) + 3))) if n not in taken)


def _read_weights(run: Run, state: SeriesState) -> np.ndarray:
    """Returns the network's weights of pairs of labels."""
    size = len(state.labels) + 1
    if state.decoder == "softmax":
        return np.zeros((size, size))
    path = run.path / "transitions.npz"
    weights = read_run_arrays(run, path.name, size * size * 8 + 4096).get("weights")
    if weights is None or weights.shape != (size, size) or weights.dtype.kind != "f" or not np.isfinite(weights).all():
        raise DataError(f"{path} does not match run.json. Train the run again.")
    return weights
