"""Roles of the columns of a forecast: known up to its time, or known ahead."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from seqkit.data.tables.columns import find_column
from seqkit.errors import UsageError, listed

if TYPE_CHECKING:
    import pandas as pd

    from seqkit.data.series.table import Table


@dataclass(frozen=True)
class Roles:
    """The columns that were given a role.

    Attributes:
        past: Columns known up to the time of the forecast.
        future: Columns known ahead.
    """

    past: tuple[str, ...] = ()
    future: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All columns with a role."""
        return self.past + self.future

    def reading(self, options: dict[str, Any]) -> dict[str, Any]:
        """Returns the options of reading the table, with the columns of a role among its features.

        Args:
            options: Options of `seqkit.data.tables.regularise.regularise`.
        """
        if not self.past and not options["features"]:
            return options  # all numeric columns are read
        return {**options, "features": tuple(dict.fromkeys((*options["features"], *self.names)))}

    def assign(self, table: "Table") -> "Table":
        """Returns a table with the roles.

        Raises:
            UsageError: A column with a role is a target, too.
        """
        for option, names in (("--past", self.past), ("--future", self.future)):
            if both := [name for name in names if name in table.targets]:
                raise UsageError(
                    f"The column {listed(both)} is the target and cannot be given with {option} too. Leave it out of "
                    f"{option}."
                )
        return replace(table, future=self.future)


def find_roles(frame: "pd.DataFrame", *, past: tuple[str, ...] = (), future: tuple[str, ...] = ()) -> Roles:
    """Returns the columns of each role.

    Args:
        frame: The table as read.
        past: Columns that are known up to the time of a forecast; all numeric columns without another role by default.
        future: Columns that are also known for the predicted steps, such as prices, holidays or weather forecasts. The
            model reads them ahead, and `seqkit forecast` needs them in --future FILE. Scores use their values in the
            data, as if they had been known exactly.

    Raises:
        UsageError: A column does not exist (the message suggests the nearest), or has two roles.
    """
    columns = [str(column) for column in frame.columns]
    roles = Roles()
    for name, given in (("past", past), ("future", future)):
        found = tuple(dict.fromkeys(find_column(column, columns, f"--{name}") for column in given))
        if both := [column for column in found if column in roles.names]:
            raise UsageError(
                f"The column {listed(both)} has two roles, one of them --{name}. Give each column with one option only."
            )
        roles = replace(roles, **{name: found})
    return roles
