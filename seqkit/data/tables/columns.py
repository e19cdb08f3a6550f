"""Which column is what: time, series, target, inputs; a name that is not written quite right finds its column too."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seqkit.data.tables.findings import Choices, Finding
from seqkit.data.tables.numbers import varies
from seqkit.errors import UsageError, listed, nearest

if TYPE_CHECKING:
    import pandas

TIME_NAMES = ("ds", "timestamp", "datetime", "date", "time", "month", "quarter", "week", "year", "day", "index")
ID_NAMES = ("unique_id", "item_id", "series_id")
TARGET_NAMES = ("y", "target")
_DAMAGED = "\ufffd"


@dataclass(frozen=True)
class Roles:
    """The columns by what they are for.

    Attributes:
        time: The columns that make up the time; none where the rows are counted.
        id: The column that names the series, or None where there is one series.
        targets: What is to be predicted, in the order it was asked for.
        inputs: All columns that are read, the targets among them, in the order of the file.
        chosen_target: Whether somebody or a usual name chose the target; otherwise it is the last column
            that is not constant.
        findings: What there is to say about the names.
    """

    time: tuple[str, ...]
    id: str | None
    targets: tuple[str, ...]
    inputs: tuple[str, ...]
    chosen_target: bool
    findings: tuple[Finding, ...]


def find_column(name: str, columns: list[str], option: str) -> str:
    """Returns the column that `name` means: written so, or the only one that differs in case, damage or unit.

    Args:
        name: What the user wrote.
        columns: The columns there are.
        option: The option it was given for, for messages.

    Raises:
        UsageError: No column is like it (the nearest are named), or several are.
    """
    if name in columns:
        return name
    damaged = {column: re.escape(_plain(column)).replace(_DAMAGED, ".{0,3}") for column in columns}
    attempts = (
        [c for c in columns if _plain(c) == _plain(name)],
        [c for c in columns if re.fullmatch(damaged[c], _plain(name))],
        [c for c in columns if _without_unit(c) == _without_unit(name)],
    )
    for found in attempts:
        if len(found) == 1:
            return found[0]
        if found:
            raise UsageError(f"{option} '{name}' could be any of {listed(found)}. Write the whole name.")
    raise UsageError(f"There is no column '{name}' for {option}. {nearest(name, columns)}")


def find_roles(
    frame: pandas.DataFrame, choices: Choices, numeric: tuple[str, ...], times: tuple[str, ...], *, must_choose: bool
) -> Roles:
    """Returns the roles that were chosen, or that the usual names and types tell.

    Args:
        frame: The table as it was read.
        choices: What the user chose.
        numeric: The columns that hold numbers, in the order of the file.
        times: The columns that could be the time, the likeliest first.
        must_choose: Whether it is an error that no target is told; otherwise the last column that is not constant
            stands in for it.

    Raises:
        UsageError: A chosen column is not there, or no target is told and there are several columns of numbers.
    """
    columns = [str(column) for column in frame.columns]
    time = tuple(find_column(name, columns, "--time") for name in choices.time) or times[:1]
    name_of_id = choices.id and find_column(choices.id, columns, "--id")
    name_of_id = name_of_id or next((c for c in columns if c.lower() in ID_NAMES and c not in time), None)
    taken = {*time, name_of_id}
    counters = [c for c in numeric if c not in taken and _counts_rows(frame, c)]
    left = [c for c in numeric if c not in taken and not (c in counters and c.startswith("Unnamed: "))]
    features = {find_column(name, columns, "--features"): None for name in choices.features}
    if choices.target == ("all",) and "all" not in columns:
        targets = [c for c in left if not features or c in features]
    else:
        targets = list(dict.fromkeys(find_column(name, columns, "--target") for name in choices.target))
    targets = (
        targets or [c for c in columns if c.lower() in TARGET_NAMES and c not in taken][:1] or left[: len(left) == 1]
    )
    chosen = bool(targets)
    if not chosen and not left:
        raise UsageError(f"There is no column of numbers to predict; the columns are {listed(columns, 40)}. Add one.")
    if not chosen and must_choose:
        raise UsageError(f"Which column is to be predicted? Say --target with one of {listed(left, 40)}, or 'all'.")
    targets = targets or [_stand_in(frame, choices, left, counters)]
    for name in (*targets, *features):
        if name == name_of_id or (name in time and name in targets):
            role = "names the series" if name == name_of_id else "tells the time"
            raise UsageError(
                f"The column '{name}' {role} and cannot be read as numbers too. "
                "Leave it out of --target and --features."
            )
    wanted = set(features or left) | set(targets)
    return Roles(
        time=time,
        id=name_of_id,
        targets=tuple(targets),
        inputs=tuple(c for c in columns if c in wanted),
        chosen_target=chosen,
        findings=(*_damaged_names(columns), *_row_numbers(counters, wanted - set(targets), bool(features))),
    )


def time_rank(name: str) -> int | None:
    """Returns how likely a name is to be that of the time, 0 being the likeliest, or None."""
    plain = re.sub(r"[^a-z]", "", name.lower())
    plain = {"datetimeutc": "datetime", "timeutc": "time", "utc": "datetime", "dateutc": "date"}.get(plain, plain)
    return TIME_NAMES.index(plain) if plain in TIME_NAMES else None


def _stand_in(frame: pandas.DataFrame, choices: Choices, left: list[str], counters: list[str]) -> str:
    """Returns the last column that is not constant, one that does not count the rows if there is one."""
    varying = [c for c in left if varies(frame[c], choices)]
    return ([c for c in varying if c not in counters] or varying or left)[-1]


def _damaged_names(columns: list[str]) -> list[Finding]:
    message = "it holds U+FFFD, the sign for a lost letter; write ? for it, or leave out the unit"
    return [Finding("damaged name", message, column=column) for column in columns if _DAMAGED in column]


def _row_numbers(counters: list[str], inputs: set[str], explicit: bool) -> list[Finding]:
    found = []
    for column in counters:
        if column in inputs:
            message = "it rises by 1 from row to row and says nothing about rows to come; it is read as an input"
        elif column.startswith("Unnamed: ") and not explicit:
            message = "it has no name and counts the rows; it is left out"
        else:
            continue
        found.append(Finding(kind="row number", column=column, message=message))
    return found


def _plain(name: str) -> str:
    return re.sub(r"\s+", " ", name).strip().casefold()


def _without_unit(name: str) -> str:
    return re.sub(r"\s*[(\[][^()\[\]]*[)\]]\s*$", "", _plain(name))


def _counts_rows(frame: pandas.DataFrame, column: str) -> bool:
    values = frame[column].to_numpy()
    return len(values) > 1 and values.dtype.kind in "iu" and bool((values[1:] == values[:-1] + 1).all())
