"""Checkpoints: the complete state of a training, from which it resumes with the same bits."""

import json
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from seqkit.errors import DataError
from seqkit.files.arrays import DAMAGED, archived_arrays, opened_archive
from seqkit.files.atomic import atomic_write
from seqkit.runs.lifecycle import CHECKPOINTS
from seqkit.runs.run import Run
from seqkit.stopwatch import spent

MAX_TO_KEEP = 2
"""Number of checkpoints to keep: if one is damaged, training resumes from the other."""

SAVE_INTERVAL_SECONDS = 60.0
"""Seconds between checkpoints within an epoch."""

MAX_STATE_BYTES = 1 << 25
"""Maximum size of a checkpoint's values other than weights."""

COPY_BYTES = 1 << 24
"""Bytes of a large variable to copy at once."""


class Checkpoints:
    """Checkpoints of a run.

    A checkpoint contains the variables of the model and the optimizer, in order and including the seeds of dropout, the
    weights of the best epoch, and the training state as JSON.

    Args:
        run: The run.
        on_message: Called with a line about each damaged checkpoint.
        should_stop: Returns whether training should stop after saving a checkpoint.
        prefix: Start of the names of the files.

    Attributes:
        should_stop: The same.
    """

    def __init__(
        self,
        run: Run,
        on_message: Callable[[str], None] = lambda line: None,
        should_stop: Callable[[], bool] = lambda: False,
        prefix: str = "",
    ) -> None:
        self._run, self._on_message, self.should_stop, self._prefix = run, on_message, should_stop, prefix
        self._folder = run.path / CHECKPOINTS
        self._saved = time.monotonic()

    def of_part(self, prefix: str) -> "Checkpoints":
        """Returns the checkpoints of one of several trainings, whose files have names that begin with `prefix`."""
        return Checkpoints(self._run, self._on_message, self.should_stop, prefix)

    def is_due(self) -> bool:
        """Whether to save a checkpoint within an epoch."""
        return self.should_stop() or time.monotonic() - self._saved >= SAVE_INTERVAL_SECONDS

    @spent("writing checkpoints")
    def save(self, variables: Sequence[Any], state: Mapping[str, Any], best_weights: Sequence[np.ndarray] = ()) -> None:
        """Writes a checkpoint atomically and deletes all but the latest two.

        Args:
            variables: Variables of the model and the optimizer.
            state: Training state; JSON values, including "epoch" and "step".
            best_weights: Weights of the best epoch.

        Raises:
            SeqkitError: The file cannot be written.
        """
        path = self._folder / f"{self._prefix}{state['epoch']:06d}-{state['step']:09d}.npz"
        with atomic_write(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
            archive.writestr("facts.json", json.dumps(dict(state)))
            for number, variable in enumerate(variables):
                _write(archive, f"variable-{number}", variable.dtype, variable.shape, _parts(variable))
            for number, weight in enumerate(best_weights):
                _write(archive, f"best-{number}", weight.dtype, weight.shape, iter([weight]))
        for old in sorted(self._folder.glob(f"{self._prefix}[0-9]*.npz"))[:-MAX_TO_KEEP]:
            old.unlink()
        self._saved = time.monotonic()

    def restore(self, variables: Sequence[Any]) -> tuple[dict[str, Any], list[np.ndarray]] | None:
        """Assigns the values of the latest undamaged checkpoint to the variables.

        Returns:
            The training state and the weights of the best epoch; None without a checkpoint.

        Raises:
            DataError: The checkpoint belongs to another model.
        """
        for path in sorted(self._folder.glob(f"{self._prefix}[0-9]*.npz"), reverse=True):
            try:
                state, arrays = self._read(path.name, 2 * _count_bytes(variables) + MAX_STATE_BYTES)
            except (DataError, *DAMAGED) as error:
                self._on_message(f"ignoring the damaged checkpoint {path} ({error})")
                continue
            values = [arrays[name] for name in _numbered(arrays, "variable")]
            if [value.shape for value in values] != [tuple(variable.shape) for variable in variables]:
                raise DataError(f"{path} does not fit the model that the recipe builds now. Train the run again.")
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)
            return state, [arrays[name] for name in _numbered(arrays, "best")]
        return None

    def _read(self, name: str, max_bytes: int) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """Reads a checkpoint of at most `max_bytes`; raises an error if it is damaged."""
        with self._run.open(f"{CHECKPOINTS}/{name}", max_bytes) as file, opened_archive(file, max_bytes) as archive:
            with archive.open("facts.json") as content:
                state = json.loads(content.read(MAX_STATE_BYTES))
            if not isinstance(state, dict):
                raise ValueError("facts.json is not a JSON object")
            return state, archived_arrays(archive)


def _count_bytes(variables: Sequence[Any]) -> int:
    return sum(int(np.prod(variable.shape)) * np.dtype(variable.dtype).itemsize for variable in variables)


def _parts(variable: Any) -> Iterator[np.ndarray]:
    """Yields the rows of a variable, a large one in parts."""
    size = int(np.prod(variable.shape)) * np.dtype(variable.dtype).itemsize
    if size <= COPY_BYTES or not variable.shape:
        yield variable.numpy()
        return
    table = variable.value if hasattr(variable, "value") else variable
    rows, step = variable.shape[0], max(variable.shape[0] * COPY_BYTES // size, 1)
    import tensorflow as tf

    for first in range(0, rows, step):
        yield tf.gather(table, tf.range(first, min(first + step, rows))).numpy()


def _write(archive: zipfile.ZipFile, name: str, dtype: Any, shape: Any, parts: Iterator[np.ndarray]) -> None:
    descr = np.lib.format.dtype_to_descr(np.dtype(dtype))
    header = {"descr": descr, "fortran_order": False, "shape": tuple(shape)}
    with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
        np.lib.format.write_array_header_1_0(file, header)
        for part in parts:
            file.write(np.ascontiguousarray(part).tobytes())


def _numbered(names: Mapping[str, Any], prefix: str) -> list[str]:
    return sorted((name for name in names if name.startswith(f"{prefix}-")), key=lambda name: int(name.split("-")[1]))
