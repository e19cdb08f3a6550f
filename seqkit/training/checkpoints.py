"""Checkpoints: the whole state of a training on disk, so that it goes on, to the bit, from where it was cut off."""

import json
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from seqkit.errors import DataError
from seqkit.files.arrays import DAMAGED, archived_arrays, opened_archive
from seqkit.files.atomic import atomic_write
from seqkit.runs.lifecycle import CHECKPOINTS
from seqkit.runs.run import Run
from seqkit.stopwatch import spent

KEPT = 2
"""Checkpoints that are kept, so that a torn one leaves another."""

SAVE_INTERVAL_SECONDS = 60.0
"""Seconds within an epoch after which a further one is written."""

FACTS_BYTES = 1 << 25
"""Bytes of a checkpoint beside the variables and the weights of the best epoch: what is known of each epoch."""

PART = 1 << 24
"""Bytes of a table that are copied at once on their way to disk."""


class Checkpoints:
    """The newest states of a run's training.

    A state is the values of variables and some facts. The variables are those of the model and of the optimizer, by
    their order, so that dropout's seeds are among them; weights apart from these are those of the best epoch.

    Args:
        run: The run.
        note: Told of a checkpoint that is torn.
        stops: Whether the training is to stop as soon as it can go on later.

    Attributes:
        stops: The same.
    """

    def __init__(
        self,
        run: Run,
        note: Callable[[str], None] = lambda line: None,
        stops: Callable[[], bool] = lambda: False,
    ) -> None:
        self._run, self._note, self.stops = run, note, stops
        self._folder = run.path / CHECKPOINTS
        self._saved = time.monotonic()

    def is_due(self) -> bool:
        """Whether one is to be written within an epoch."""
        return self.stops() or time.monotonic() - self._saved >= SAVE_INTERVAL_SECONDS

    @spent("writing checkpoints")
    def save(self, variables: Sequence[Any], facts: Mapping[str, Any], best_weights: Sequence[np.ndarray] = ()) -> None:
        """Writes a state, whole or not at all, and leaves the newest two.

        Args:
            variables: Of the model and the optimizer.
            facts: What else there is to know, as JSON; "epoch" and "step" say how far the training came.
            best_weights: Of the best epoch.

        Raises:
            SeqkitError: It cannot be written.
        """
        path = self._folder / f"{facts['epoch']:06d}-{facts['step']:09d}.npz"
        with atomic_write(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
            archive.writestr("facts.json", json.dumps(dict(facts)))
            for number, variable in enumerate(variables):
                _write(archive, f"variable-{number}", variable.dtype, variable.shape, _parts(variable))
            for number, weight in enumerate(best_weights):
                _write(archive, f"best-{number}", weight.dtype, weight.shape, iter([weight]))
        for old in sorted(self._folder.glob("[0-9]*.npz"))[:-KEPT]:
            old.unlink()
        self._saved = time.monotonic()

    def restore(self, variables: Sequence[Any]) -> tuple[dict[str, Any], list[np.ndarray]] | None:
        """Gives the variables the values of the newest whole checkpoint.

        Returns:
            The facts and the weights of the best epoch; None where there is no checkpoint.

        Raises:
            DataError: It is of another model.
        """
        for path in sorted(self._folder.glob("[0-9]*.npz"), reverse=True):
            try:
                facts, arrays = self._read(path.name, 2 * _bytes_of(variables) + FACTS_BYTES)
            except (DataError, *DAMAGED) as error:
                self._note(f"{path} is not whole and is left out ({error})")
                continue
            values = [arrays[name] for name in _numbered(arrays, "variable")]
            if [value.shape for value in values] != [tuple(variable.shape) for variable in variables]:
                raise DataError(f"{path} is of another model than the recipe now builds. Train the run again.")
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)
            return facts, [arrays[name] for name in _numbered(arrays, "best")]
        return None

    def _read(self, name: str, most: int) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """Returns what a checkpoint holds, `most` bytes; whatever is torn or changed in it raises an error."""
        with self._run.open(f"{CHECKPOINTS}/{name}", most) as file, opened_archive(file, most) as archive:
            with archive.open("facts.json") as told:
                facts = json.loads(told.read(FACTS_BYTES))
            if not isinstance(facts, dict):
                raise ValueError("its facts are none")
            return facts, archived_arrays(archive)


def _bytes_of(variables: Sequence[Any]) -> int:
    return sum(int(np.prod(variable.shape)) * np.dtype(variable.dtype).itemsize for variable in variables)


def _parts(variable: Any) -> Iterator[np.ndarray]:
    """Yields the rows of a variable, some at a time where it is large."""
    size = int(np.prod(variable.shape)) * np.dtype(variable.dtype).itemsize
    if size <= PART or not variable.shape:
        yield variable.numpy()
        return
    table = variable.value if hasattr(variable, "value") else variable
    rows, step = variable.shape[0], max(variable.shape[0] * PART // size, 1)
    for first in range(0, rows, step):
        yield tf.gather(table, tf.range(first, min(first + step, rows))).numpy()


def _write(archive: zipfile.ZipFile, name: str, kind: Any, shape: Any, parts: Iterator[np.ndarray]) -> None:
    descr = np.lib.format.dtype_to_descr(np.dtype(kind))
    header = {"descr": descr, "fortran_order": False, "shape": tuple(shape)}
    with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
        np.lib.format.write_array_header_1_0(file, header)
        for part in parts:
            file.write(np.ascontiguousarray(part).tobytes())


def _numbered(names: Mapping[str, Any], kind: str) -> list[str]:
    return sorted((name for name in names if name.startswith(f"{kind}-")), key=lambda name: int(name.split("-")[1]))
