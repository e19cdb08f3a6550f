"""Finds the training data that `run.json` names."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from seqkit.errors import DataError, NotFoundError, SeqkitError, UsageError
from seqkit.runs.files import check_data_path
from seqkit.runs.run import Run
from seqkit.sources import DataSource, find_source


def reading_options(run: Run, source: DataSource) -> dict[str, Any]:
    """Returns the reading options of the training data that also apply to `source`.

    Raises:
        DataError: A value in `run.json` is invalid.
    """
    options = run.manifest.options
    try:
        return {o.name: o.check(options[o.name]) for o in source.options if o.name in options}
    except UsageError as error:
        raise DataError(f"{run.path / 'run.json'} is damaged: options: {error}") from error


@contextmanager
def hide_contents(run: Run, source: DataSource) -> Iterator[None]:
    """Hides the contents of a file named by `run.json` from messages; it may not be the training data."""
    try:
        yield
    except SeqkitError as error:
        if source.dataset is not None:
            raise
        raise DataError(
            f"{source.name}, the training data that {run.path / 'run.json'} names, cannot be read with the options of "
            "the run. Give the data with --data to see the reason."
        ) from error


def training_source(run: Run, which: str, kind: str) -> DataSource:
    """Returns the data that a run was trained on.

    Args:
        run: The run.
        which: "source", or "test_source" for test examples in a separate file.
        kind: Kind of the data.

    Raises:
        DataError: `run.json` does not name data that can be read again.
        NotFoundError: The data no longer exists.
    """
    file, name = run.path / "run.json", run.manifest.data.get(which)
    if not isinstance(name, str):
        raise DataError(f"{file} is damaged: data.{which} is not a name. Train the run again.")
    check_data_path(file, name)
    if name in ("frame", "-"):
        raise DataError(
            f"The run {run.path} was trained on a data frame or standard input. Give the data again with --data."
        )
    try:
        return find_source(name, kind=kind)
    except NotFoundError as error:
        raise NotFoundError(
            f"The run {run.path} was trained on '{name}', which no longer exists. Give the data with --data."
        ) from error
