"""Resolves the roles of columns (time, series, target, inputs) and column names that differ in case, unit or damage."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seqkit.data.tables.findings import Choices, Finding
from seqkit.data.tables.numbers.reading import varies
from seqkit.data.tables.wide_tables import looks_like_rows
from seqkit.errors import UsageError, listed, nearest

if TYPE_CHECKING:
    import pandas

ID_NAMES = ("unique_id", "item_id", "series_id")
TARGET_NAMES = ("y", "target")
_DAMAGED = "\ufffd"


@dataclass(frozen=True)
class Roles:
    """The columns by role.

    Attributes:
        time: The columns that make up the time; empty if rows are numbered instead.
        id: The columns that name the series together; empty for a single series.
        targets: The columns to predict, in the requested order.
        inputs: All columns that are read, including the targets, in file order.
        chosen_target: Whether the user or a usual name determines the target; otherwise it is the last column that is
            not constant.
        findings: Notes about the column names.
    """

    time: tuple[str, ...]
    id: tuple[str, ...]
    targets: tuple[str, ...]
    inputs: tuple[str, ...]
    chosen_target: bool
    findings: tuple[Finding, ...]

    @property
    def id_name(self) -> str | None:
        """The columns that name the series, as a message names them; None for a single series."""
        return " + ".join(self.id) or None


def find_column(name: str, columns: list[str], option: str) -> str:
    """Returns the column called `name`, or the only one that differs in case, damaged letters or unit.

    Args:
        name: Name given by the user.
        columns: The existing columns.
        option: The option that the name is for, for messages.

    Raises:
        UsageError: No column matches (the message suggests the nearest), or multiple do.
    """
    if name in columns:
        return name
    damaged = {column: re.escape(_plain(column)).replace(_DAMAGED, ".{0,3}") for column in columns}
    attempts = (
        [c for c in columns if _plain(c) == _plain(name)],
        [c for c in columns if re.fullmatch(damaged[c], _plain(name))],
        [c for c in columns if _without_unit(c) == _without_unit(name)],
    )
    for matches in attempts:
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise UsageError(f"{option} '{name}' matches {listed(matches)}. Use the full name.")
    raise UsageError(f"There is no column '{name}' for {option}. {nearest(name, columns)}")


def find_roles(
    frame: pandas.DataFrame,
    choices: Choices,
    numeric: tuple[str, ...],
    time: tuple[str, ...],
    *,
    skipped: tuple[str, ...] = (),
    must_choose: bool,
) -> Roles:
    """Returns the roles chosen by the user, or inferred from usual names and types.

    Args:
        frame: The table as read.
        choices: Options of the user.
        numeric: The numeric columns, in file order.
        time: The columns that make up the time.
        skipped: Columns that are neither the time nor inputs.
        must_choose: Whether a missing target is an error; otherwise the last column that is not constant is assumed.

    Raises:
        UsageError: A chosen column does not exist, or no target is chosen among multiple numeric columns.
    """
    columns = [str(column) for column in frame.columns]
    whole = {str(name) for name, dtype in zip(frame.columns, frame.dtypes, strict=True) if dtype.kind in "iu"}
    naming = tuple(dict.fromkeys(find_column(name, columns, "--id") for name in choices.id))
    naming = naming or tuple(c for c in columns if c.lower() in ID_NAMES and c not in time)[:1]
    taken = {*time, *naming, *skipped}
    counters = [c for c in numeric if c in whole and c not in taken and _counts_rows(frame, c)]
    candidates = [c for c in numeric if c not in taken and not (c.startswith("Unnamed: ") and c in counters)]
    existing = set(columns)
    features = {c if c in existing else find_column(c, columns, "--features"): None for c in choices.features}
    if choices.target == ("all",) and "all" not in columns:
        targets = [c for c in candidates if not features or c in features]
    else:
        targets = list(dict.fromkeys(find_column(name, columns, "--target") for name in choices.target))
    targets = (
        targets
        or [c for c in columns if c.lower() in TARGET_NAMES and c not in taken][:1]
        or candidates[: len(candidates) == 1]
    )
    chosen = bool(targets)
    if not chosen and not candidates:
        raise UsageError(f"There is no numeric column to predict; the columns are {listed(columns, 40)}. Add one.")
    if not chosen and must_choose:
        if looks_like_rows(frame):
            raise UsageError("Each row looks like a series, named by its first cell. Read the table with --wide rows.")
        several = " If each column is a series, read them with --wide columns." if len(candidates) > 2 else ""
        raise UsageError(
            f"Which column to predict? Set --target to one of {listed(candidates, 40)}, or 'all'.{several}"
        )
    targets = targets or [_default_target(frame, choices, candidates, counters)]
    for name in (*targets, *features):
        if name in naming or (name in time and name in targets):
            role = "names the series" if name in naming else "is the time"
            raise UsageError(
                f"The column '{name}' {role} and cannot be a number too. Omit it from --target and --features."
            )
    inputs = set(features or candidates) | set(targets)
    return Roles(
        time=time,
        id=naming,
        targets=tuple(targets),
        inputs=tuple(c for c in columns if c in inputs),
        chosen_target=chosen,
        findings=(*_damaged_names(columns), *_row_numbers(counters, inputs - set(targets), bool(features))),
    )


def _default_target(frame: pandas.DataFrame, choices: Choices, candidates: list[str], counters: list[str]) -> str:
    """Returns the last column that is not constant, preferably one that does not number the rows."""
    varying = [c for c in candidates if varies(frame[c], choices)]
    return ([c for c in varying if c not in counters] or varying or candidates)[-1]


def _damaged_names(columns: list[str]) -> list[Finding]:
    message = "contains U+FFFD, the replacement of a lost letter; type ? for it, or omit the unit"
    return [Finding("damaged name", message, column=column) for column in columns if _DAMAGED in column]


def _row_numbers(counters: list[str], inputs: set[str], explicit: bool) -> list[Finding]:
    findings = []
    for column in counters:
        if column in inputs:
            message = "increases by 1 from row to row and has no predictive value; read as an input"
        elif column.startswith("Unnamed: ") and not explicit:
            message = "has no name and numbers the rows; skipped"
        else:
            continue
        findings.append(Finding(kind="row number", column=column, message=message))
    return findings


def _plain(name: str) -> str:
    return re.sub(r"\s+", " ", name).strip().casefold()


def _without_unit(name: str) -> str:
    return re.sub(r"\s*[(\[][^()\[\]]*[)\]]\s*$", "", _plain(name))


def _counts_rows(frame: pandas.DataFrame, column: str) -> bool:
    values = frame[column].to_numpy()
    return len(values) > 1 and values.dtype.kind in "iu" and bool((values[1:] == values[:-1] + 1).all())
