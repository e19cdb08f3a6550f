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
    names = _names(run, name) if which == "source" else [name]
    for each in names:
        check_data_path(file, each)
    if "frame" in names or "-" in names:
        raise DataError(
            f"The run {run.path} was trained on a data frame or standard input. Give the data again with --data."
        )
    try:
        return find_source(names, kind=kind)
    except NotFoundError as error:
        raise NotFoundError(
            f"The run {run.path} was trained on '{name}', which no longer exists. Give the data with --data."
        ) from error


def _names(run: Run, name: str) -> list[str]:
    """Returns the names of several files that together are the training data, or the only name.

    Raises:
        DataError: `run.json` does not list the files that its name consists of.
    """
    files = run.manifest.data.get("sources")
    if not isinstance(files, list) or len(files) < 2:
        return [name]
    if not all(isinstance(file, str) for file in files) or ", ".join(files) != name:
        raise DataError(
            f"{run.path / 'run.json'} is damaged: data.sources are not the files of data.source. Train again."
        )
    return files
