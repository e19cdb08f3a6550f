"""What the estimators share: parameters as scikit-learn reads them, and a run that is kept and pickled by its files."""

import io
import shutil
import tempfile
import weakref
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError

from seqkit.errors import DataError, UsageError
from seqkit.runs.run import Run


class InvalidArgument(UsageError, ValueError):
    """A `UsageError` that programs for scikit-learn recognise, as they expect a ValueError."""


class InvalidInput(DataError, ValueError):
    """A `DataError` that is a ValueError, too."""


@contextmanager
def value_errors() -> Iterator[None]:
    """Turns errors of arguments and data into ValueErrors of the same message."""
    try:
        yield
    except (InvalidArgument, InvalidInput):
        raise
    except UsageError as error:
        raise InvalidArgument(str(error)) from error
    except DataError as error:
        raise InvalidInput(str(error)) from error


class RunEstimator(BaseEstimator):
    """An estimator that trains a recipe, and answers from the finished run.

    The run is written to a temporary directory, which is removed with the estimator; a pickled estimator contains the
    files of its run, and no code.

    Attributes:
        options: Further options of the training, by name.
    """

    options: dict[str, Any]
    _folder: Path | None = None

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Returns all parameters, with the further options."""
        return {**super().get_params(deep), **self.options}

    def set_params(self, **params: Any) -> Self:
        """Sets parameters and further options."""
        own = super().get_params(deep=False)
        for name, value in params.items():
            if name in own:
                setattr(self, name, value)
            else:
                self.options = {**self.options, name: value}
        return self

    @property
    def run(self) -> Run:
        """The finished run.

        Raises:
            NotFittedError: The estimator is not fitted.
        """
        from seqkit.runs.run import read_run

        if self._folder is None:
            raise NotFittedError(f"This {type(self).__name__} is not fitted yet. Call `fit` first.")
        return read_run(self._folder / "run")

    def __sklearn_is_fitted__(self) -> bool:
        """Whether the estimator is fitted."""
        return self._folder is not None

    def __getstate__(self) -> dict[str, Any]:
        """Returns the parameters, and the files of the run as a ZIP archive."""
        state = {name: value for name, value in vars(self).items() if name != "_folder"}
        if self._folder is not None:
            archive, root = io.BytesIO(), self._folder
            with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as files:
                for path in sorted(root.rglob("*")):
                    if path.is_file():
                        files.write(path, path.relative_to(root).as_posix())
            state["_files"] = archive.getvalue()
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restores the parameters, and the files of the run in a new temporary directory."""
        files = state.pop("_files", None)
        for name, value in state.items():
            setattr(self, name, value)
        if files is not None:
            with zipfile.ZipFile(io.BytesIO(files)) as archive:
                archive.extractall(self._new_folder())

    def _train(self, data: Any, **options: Any) -> None:
        """Trains on data, and keeps the run.

        Raises:
            UsageError: An option is set by the estimator itself, or is invalid.
        """
        from seqkit.workflows.train import train

        fixed = sorted({"out", "data"} & set(options))
        if fixed:
            raise UsageError(f"`{fixed[0]}` is no option of a {type(self).__name__}, which sets it. Leave it out.")
        before = self._folder
        try:
            train(options.pop("recipe"), data, out=self._new_folder() / "run", **options)
        except BaseException:
            self._folder = before
            raise

    def _new_folder(self) -> Path:
        """Returns a new folder for the run, which is removed with the estimator."""
        self._folder = Path(tempfile.mkdtemp(prefix="seqkit-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        return self._folder
