"""The data that a run was trained on, read again as `run.json` names it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from seqkit.errors import DataError, NotFoundError, SeqkitError, UsageError
from seqkit.runs.files import check_named
from seqkit.runs.run import Run
from seqkit.sources import DataSource, find_source


def reading_options(run: Run, source: DataSource) -> dict[str, Any]:
    """Returns the reading options of the training data, as far as `source` has the same ones.

    Raises:
        DataError: `run.json` holds a value that the option does not take.
    """
    options = run.manifest.options
    try:
        return {o.name: o.check(options[o.name]) for o in source.options if o.name in options}
    except UsageError as error:
        raise DataError(f"{run.path / 'run.json'} is damaged: options: {error}") from error


@contextmanager
def contents_hidden(run: Run, source: DataSource) -> Iterator[None]:
    """Hides the contents of a file named by `run.json` from messages; it may not be the training data."""
    try:
        yield
    except SeqkitError as error:
        if source.dataset is not None:
            raise
        raise DataError(
            f"{source.name}, on which the run {run.path} says it was trained, cannot be read as it was then. Give the "
            "data with --data; what is wrong in it is told then."
        ) from error


def training_source(run: Run, which: str, kind: str) -> DataSource:
    """Returns the data that a run was trained on.

    Args:
        run: The run.
        which: "source", or "test_source" for test examples given as a file of their own.
        kind: Kind of the data.

    Raises:
        DataError: `run.json` names no data that can be read again.
        NotFoundError: The data is gone.
    """
    file, name = run.path / "run.json", run.manifest.data.get(which)
    if not isinstance(name, str):
        raise DataError(f"{file} is damaged: data.{which}: it is no name. Train the run again.")
    check_named(file, name)
    if name in ("frame", "-"):
        raise DataError(f"The run {run.path} was trained on data without a name. Give it again with --data.")
    try:
        return find_source(name, kind=kind)
    except NotFoundError as error:
        raise NotFoundError(
            f"The run {run.path} was trained on '{name}', which is not there any more. Give the data with --data."
        ) from error
