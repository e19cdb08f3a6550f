"""Roles of the columns of a forecast: known up to its time, known ahead, or the same at all times of a series."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.series.holidays import Holidays
from seqkit.data.tables.columns import find_column
from seqkit.data.tables.findings import Choices
from seqkit.data.tables.numbers.reading import numeric_columns
from seqkit.data.tables.times.choice import choose_time
from seqkit.errors import UsageError, listed
from seqkit.tasks.forecast.categories import Categories, find_categories, indicator, with_indicators
from seqkit.tasks.forecast.holidays import with_holidays

if TYPE_CHECKING:
    import pandas as pd

    from seqkit.data.series.table import Table


@dataclass(frozen=True)
class Roles:
    """The columns that were given a role.

    Attributes:
        past: Columns known up to the time of the forecast.
        future: Columns known ahead.
        static: Columns that are constant within each series.
        holidays: Countries whose public holidays are features known ahead.
        categories: Categories of the columns that have some.
    """

    past: tuple[str, ...] = ()
    future: tuple[str, ...] = ()
    static: tuple[str, ...] = ()
    holidays: tuple[str, ...] = ()
    categories: Categories = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """All columns with a role."""
        return self.past + self.future + self.static

    def inputs(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        """Returns the names of the inputs of some columns: themselves, or their categories."""
        nested = [
            [indicator(name, category) for category in self.categories[name]] if name in self.categories else [name]
            for name in columns
        ]
        return tuple(name for names in nested for name in names)

    def read(self, frame: "pd.DataFrame", options: dict[str, Any]) -> "Table":
        """Returns the regular table of a frame, with the roles.

        Args:
            frame: The table as read.
            options: Options of `seqkit.data.tables.regularise.regularise`.

        Raises:
            UsageError: A column with a role is a target, too; a static one varies within a series, or there is only
                one series; or a country of `holidays` is unknown.
            DataError: The table has a fault.
            MissingExtraError: Holidays need a package that is not installed.
        """
        from seqkit.data.tables.regularise import regular_table

        hidden: tuple[str, ...] = ()
        if self.categories:
            frame, _ = with_indicators(frame, self.categories, options)
        if self.past or options["features"]:  # otherwise, all numeric columns are read
            given = tuple(name for name in options["features"] if name not in self.categories)
            named = self.inputs(tuple(dict.fromkeys((*self.names, *self.categories))))
            options = {**options, "features": tuple(dict.fromkeys((*given, *named)))}
            hidden = ("features",)  # flags that fix the table are added to those of the roles, which name them
        table = regular_table(frame, Choices(**options, hidden=hidden))
        for option, names in (("--past", self.past), ("--future", self.future), ("--static", self.static)):
            if both := [name for name in names if name in table.targets]:
                raise UsageError(
                    f"The column {listed(both)} is the target and cannot be given with {option} too. Leave it out of "
                    f"{option}."
                )
        for name in self.static:
            self._check_constant(table, name)
        table = replace(table, future=self.inputs(self.future), categories=self.categories)
        if not self.holidays:
            return table
        return with_holidays(table, Holidays(self.holidays, options["timezone"] if table.utc else None))

    def _check_constant(self, table: "Table", name: str) -> None:
        """Refuses a static column that varies within a series, or if there is only one."""
        if len(table.ids) == 1:
            raise UsageError(
                f"The column '{name}' is given with --static, which tells several series apart, but there is only one. "
                "Leave it out, or name the series with --id."
            )
        for column in self.inputs((name,)):
            values = table.columns[column]
            low, high = (extreme.reduceat(values, table.starts[:-1]) for extreme in (np.minimum, np.maximum))
            if (low < high).any():
                series = int((low < high).argmax())
                raise UsageError(
                    f"The column '{name}' is given with --static, but varies within the series '{table.ids[series]}'. "
                    "Give it with --past or --future instead."
                )


def find_roles(
    frame: "pd.DataFrame",
    reading: dict[str, Any],
    *,
    past: tuple[str, ...] = (),
    future: tuple[str, ...] = (),
    static: tuple[str, ...] = (),
    category: tuple[str, ...] = (),
    holidays: tuple[str, ...] = (),
) -> Roles:
    """Returns the columns of each role.

    Args:
        frame: The table as read.
        reading: Options of `seqkit.data.tables.regularise.regularise`.
        past: Columns that are known up to the time of a forecast; all numeric columns without another role by default.
            Texts are read as categories.
        future: Columns that are also known for the predicted steps, such as prices, holidays or weather forecasts. The
            model reads them ahead, and `seqkit forecast` needs them in --future FILE. Scores use their values in the
            data, as if they had been known exactly.
        static: Columns that are the same in all rows of a series, such as its region or size, which tell series apart.
        category: Columns of numbers that are codes, to be read as categories. Without another role, they are known up
            to the time of a forecast.
        holidays: Countries whose public holidays are a feature known ahead, as ISO codes such as KR, or with a
            subdivision, DE-BY. Needs the extra `holidays`.

    Raises:
        UsageError: A column does not exist (the message suggests the nearest), has two roles, or holds the times; or
            the table is wide, so that all its columns are targets.
        DataError: A column has too many categories.
    """
    given_names = {"--past": past, "--future": future, "--static": static, "--category": category}
    for option, names in given_names.items():
        if names and reading["wide"] != "none":
            raise UsageError(
                f"--wide {reading['wide']} predicts all columns, so {option} names nothing. Leave it out, or save the "
                "table in long form, with a column for each feature."
            )
    columns = [str(column) for column in frame.columns]
    found: dict[str, tuple[str, ...]] = {}
    for name, given in (("past", past), ("future", future), ("static", static)):
        resolved = tuple(dict.fromkeys(find_column(column, columns, f"--{name}") for column in given))
        if both := [column for column in resolved if any(column in others for others in found.values())]:
            raise UsageError(
                f"The column {listed(both)} has two roles, one of them --{name}. Give each column with one option only."
            )
        found[name] = resolved
    roles = Roles(found["past"], found["future"], found["static"], tuple(dict.fromkeys(holidays)))
    codes = tuple(dict.fromkeys(find_column(column, columns, "--category") for column in category))
    if roles.names or codes:
        _refuse_times(frame, reading, {**found, "category": codes})
    numeric = numeric_columns(frame, Choices(**reading)) if roles.names else ()
    texts = tuple(name for name in roles.names if name not in numeric and name not in codes)
    return replace(roles, categories=find_categories(frame, texts + codes))


def _refuse_times(frame: "pd.DataFrame", reading: dict[str, Any], columns: dict[str, tuple[str, ...]]) -> None:
    """Refuses the time column as a feature.

    Args:
        frame: The table as read.
        reading: Options of `seqkit.data.tables.regularise.regularise`.
        columns: Columns by name of their option.

    Raises:
        UsageError: One of the columns holds the times.
    """
    times = choose_time(frame, Choices(**reading)).columns
    for option, names in columns.items():
        if both := [name for name in names if name in times]:
            raise UsageError(
                f"The column {listed(both)} is given with --{option}, but holds the times of the rows. Leave it out: "
                "--calendar auto makes features of them."
            )
