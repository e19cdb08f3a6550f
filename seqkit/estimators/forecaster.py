"""A forecaster with scikit-learn's constructor that reads and returns frames in long format."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from seqkit.errors import UsageError
from seqkit.estimators.base import RunEstimator

if TYPE_CHECKING:
    import pandas as pd

VALIDATION = 0.15
"""Share of the times that choose epoch, penalty and share where `val_size` is None."""


class Forecaster(RunEstimator):
    """Trains a recipe on one or several series, and forecasts them.

    Frames are in long format: one row per series and time, with a column that names the series (which may be absent
    from a frame of one series), one of times, one of the target, and further numeric columns that the model reads up to
    the newest row.

    Args:
        recipe: Name of a recipe, or path of a file with a `build_model` function.
        h: Steps to forecast, at least 1.
        input_size: Steps that the model reads, at least 1. Default: that of the recipe or task.
        freq: Interval of the series as a pandas offset, such as "h" or "MS", which is checked. Default: that of the
            times.
        val_size: Times at the end of the training data that choose epoch, penalty and share, and calibrate the
            intervals. Default: 15 % of the times, and at least two horizons.
        **options: Options of the recipe, the data, the task and training, as in `seqkit.train`.
    """

    def __init__(
        self,
        recipe: str = "gru",
        h: int = 1,
        *,
        input_size: int | None = None,
        freq: str | None = None,
        val_size: int | None = None,
        **options: Any,
    ) -> None:
        self.recipe, self.h, self.input_size = recipe, h, input_size
        self.freq, self.val_size = freq, val_size
        self.options = options

    def fit(
        self,
        df: "pd.DataFrame",
        id_col: str = "unique_id",
        time_col: str = "ds",
        target_col: str = "y",
        *,
        future: Sequence[str] = (),
    ) -> Self:
        """Trains on a frame; the last `h` times are known to forecasts, and left out of training.

        Args:
            df: The frame.
            id_col: Column that names the series.
            time_col: Column of the times.
            target_col: Column of the target.
            future: Columns that are known ahead, as prices are. `predict` then needs their future values.

        Raises:
            UsageError: An option is invalid, a column is absent, or there are too few rows.
            DataError: The frame has a fault.
        """
        self._columns = {"unique_id": id_col, "ds": time_col, "y": target_col}
        self._train_checked(df, test=self.h, **({"future": tuple(future)} if future else {}))
        return self

    def predict(
        self,
        df: "pd.DataFrame | None" = None,
        *,
        level: Sequence[int] = (),
        future: "pd.DataFrame | None" = None,
    ) -> "pd.DataFrame":
        """Forecasts the `h` steps after the newest rows.

        Args:
            df: Newer rows of the same or other series, at least `input_size` of each. Default: those of training.
            level: Levels of prediction intervals in percent, such as [80, 95].
            future: Frame with the columns of series and times and those known ahead, for the predicted times; without
                that of series, it holds for all of them.

        Returns:
            Frame with the columns of series, times, the recipe's forecasts and, for each level, `<recipe>-lo-<level>`
            and `<recipe>-hi-<level>`.

        Raises:
            NotFittedError: The estimator is not fitted.
            UsageError: The run has no interval of such a level.
            DataError: A frame does not fit the run, or a future value is missing.
        """
        from seqkit.workflows.load import load

        forecaster: Any = load(self.run.path)
        return self._renamed(forecaster.forecast(df, levels=_levels(level), future=future))

    def cross_validation(
        self,
        df: "pd.DataFrame",
        n_windows: int = 1,
        step_size: int | None = None,
        *,
        refit: bool = False,
        level: Sequence[int] = (),
        id_col: str = "unique_id",
        time_col: str = "ds",
        target_col: str = "y",
    ) -> "pd.DataFrame":
        """Forecasts at several cutoffs, each from the rows up to it; the estimator itself is not fitted by it.

        Args:
            df: The frame.
            n_windows: Number of cutoffs.
            step_size: Rows between cutoffs. Default: `h`.
            refit: Whether to train again for each cutoff, instead of once on the rows before the first.
            level: As in `predict`.
            id_col: As in `fit`.
            time_col: As in `fit`.
            target_col: As in `fit`.

        Returns:
            Frame with the columns of series, times, `cutoff`, the target, the recipe and the baselines `linear`,
            `seasonal_naive` and `last_value`.

        Raises:
            UsageError: There are too few rows.
            DataError: The frame has a fault.
        """
        from sklearn.base import clone

        from seqkit.workflows.backtest import backtest

        step_size = self.h if step_size is None else step_size
        if not all(number >= 1 and np.issubdtype(type(number), np.integer) for number in (n_windows, step_size)):
            raise UsageError(
                f"n_windows and step_size must be whole numbers of at least 1, got {n_windows} and {step_size}."
            )
        fold = clone(self)
        fold._columns = {"unique_id": id_col, "ds": time_col, "y": target_col}
        fold._train_checked(df, test=self.h + step_size * (n_windows - 1))
        result = backtest(fold.run.path, df, windows=n_windows, step=step_size, refit=refit, levels=_levels(level))
        return fold._renamed(result.forecasts)

    def _train_checked(self, df: "pd.DataFrame", test: int, **roles: Any) -> None:
        """Trains on a frame whose last `test` times are left out; keeps the run if its interval is `freq`."""
        from pandas.tseries.frequencies import to_offset

        if not hasattr(df, "columns"):
            raise UsageError(
                f"Expected a DataFrame in long format, got a {type(df).__name__}. Give one with the columns "
                f"{self._columns['ds']} and {self._columns['y']}."
            )
        try:
            expected = None if self.freq is None else to_offset(self.freq)
        except ValueError as error:
            raise UsageError(f"freq is '{self.freq}', expected a pandas offset such as 'h' or 'MS'.") from error
        before = self._folder
        self._train(df, **{**self._training_options(df, test), **roles})
        found = self.run.manifest.task_state["interval"]
        if expected is not None and expected != to_offset(found):
            self._folder = before
            raise UsageError(
                f"The rows are {found} apart, expected freq '{self.freq}'. Leave freq out, or change the interval with "
                f"resample='{self.freq}'."
            )

    def _training_options(self, df: "pd.DataFrame", test: int) -> dict[str, Any]:
        """Returns the arguments of a training whose test part has `test` times."""
        _, time_col, target_col = names = tuple(self._columns.values())
        for name in names[1:]:
            if name not in df:
                raise UsageError(f"The frame has no column '{name}'. Its columns: {', '.join(map(str, df.columns))}.")
        times = df[time_col].nunique()
        validation = self.val_size or max(int(VALIDATION * times), 2 * self.h)
        if times - validation - test < 1:
            raise UsageError(
                f"The frame has {times:,} distinct times, but {validation:,} are for validation and {test:,} for the "
                "forecasts. Give more rows, a smaller val_size, or fewer windows."
            )
        series = {"id": (names[0],)} if names[0] in df else {}
        window = {} if self.input_size is None else {"window": self.input_size}
        return {
            "recipe": self.recipe,
            "task": "forecast",
            "time": (time_col,),
            "target": (target_col,),
            "horizon": self.h,
            "lead": 1,
            "split": f"{times - validation - test},{validation},{test}",
            "test": False,
            **series,
            **window,
            **self.options,
        }

    def _renamed(self, frame: "pd.DataFrame") -> "pd.DataFrame":
        """Returns a frame with the names of columns that were fitted."""
        return frame.rename(columns=self._columns)


def _levels(level: Sequence[int]) -> tuple[int, ...]:
    """Returns levels as a tuple."""
    if not hasattr(level, "__iter__"):
        raise UsageError(f"Expected a list of levels, got {level!r}. Put it in a list, such as [{level}].")
    return tuple(level)
