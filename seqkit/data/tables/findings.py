"""Value types of table validation: `Choices`, the options of a table, and `Finding`, one problem with its remedy."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np

from seqkit.data.tables.intervals import DAY, parse_interval
from seqkit.data.tables.sessions import session_slots
from seqkit.errors import UsageError, nearest

# Common "no value" codes of instruments and file formats: nines, eights or sevens, and limits of number types.
_REPEATED_DIGIT = re.compile(r"-?(9{2,}|8{3,}|7{3,})(\.(9+|8+|7+))?")
_LIMITS = {"-32768", "32767", "65535", "-2147483648", "2147483647", "9.96921e+36", "9.969209968386869e+36"}
_LIMITS |= {f"{sign}1e+{exponent}" for sign in ("", "-") for exponent in (20, 30, 36)}
COUNT_ROWS = "none"
"""Value of the option `time` that counts the rows in file order, though there may be a time column."""

_ALLOWED = {
    "missing": ("error", "ffill", "interpolate", "drop", "skip"),
    "duplicates": ("error", "first", "last", "mean"),
    "decimal": (".", ","),
    "thousands": ("error", "none", ".", ",", "'", "space"),
    "wide": ("none", "columns", "rows"),
    "resample_with": ("mean", "sum", "first", "last", "min", "max"),
}


@dataclass(frozen=True)
class Choices:
    """Options of a table: roles of the columns and fixes; see `seqkit.data.tables.regularise.regularise` for each.

    Attributes:
        hidden: Options that the task does not offer, so that no message suggests them.

    Raises:
        UsageError: An option has an invalid value.
    """

    time: tuple[str, ...] = ()
    id: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    wide: str = "none"
    timezone: str | None = None
    time_format: str | None = None
    sentinel: tuple[float, ...] = ()
    not_sentinel: tuple[float, ...] = ()
    null: tuple[str, ...] = ()
    decimal: str = "."
    thousands: str = "error"
    missing: str = "error"
    duplicates: str = "error"
    sessions: str | None = None
    round: str | None = None
    resample: str | None = None
    resample_with: str = "mean"
    interval: str | None = None
    hidden: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for many in fields(self):
            value = getattr(self, many.name)
            if isinstance(many.default, tuple) and not isinstance(value, tuple):
                values = () if value is None else tuple(value) if isinstance(value, list) else (value,)
                object.__setattr__(self, many.name, values)
        for name, allowed in _ALLOWED.items():
            if getattr(self, name) not in allowed:
                option = "--" + name.replace("_", "-")
                raise UsageError(f"{option} must be one of {', '.join(allowed)}; got {getattr(self, name)!r}.")
        for name in ("round", "resample", "interval"):
            value = getattr(self, name)
            try:
                grid = parse_interval(value) if value is not None else None
            except ValueError as error:
                raise UsageError(f"--{name} cannot be used: {error}") from error
            if name in ("round", "resample") and grid is not None and grid.unit == "session":
                raise UsageError(f"--{name} takes an interval without sessions. Set these with --sessions.")
            if name in ("round", "resample") and grid is not None and grid.unit == "business":
                raise UsageError(f"--{name} B has no place for rows on a weekend. Use D or W-FRI.")
        if self.sessions is not None:
            try:
                session_slots(self.sessions, DAY)
            except ValueError as error:
                raise UsageError(f"--sessions cannot be used: {error}") from error
        if self.resample_with != "mean" and self.resample is None:
            raise UsageError(f"--resample-with {self.resample_with} needs the interval of the bins: add --resample D.")
        if self.timezone is not None:
            _check_timezone(self.timezone)
        if self.decimal == self.thousands == ",":
            raise UsageError("--decimal , and --thousands , exclude each other. Give one of them.")
        if clash := set(self.sentinel) & set(self.not_sentinel):
            raise UsageError(
                f"{min(clash):g} is given both as --sentinel (missing) and as --not-sentinel (measured). Use only one."
            )

    @property
    def decimal_mark(self) -> str:
        """The decimal separator: a comma too if a point separates thousands."""
        return "," if self.thousands == "." else self.decimal

    @property
    def thousands_mark(self) -> str | None:
        """The value of --thousands that numbers are read with, or None; next to a decimal comma, a point is one."""
        if self.thousands == "error":
            return "." if self.decimal == "," else None
        return None if self.thousands == "none" else self.thousands

    @property
    def uses_hidden(self) -> bool:
        """Whether a fix is chosen that the task does not offer; the target is no fix."""
        fixes = (f for f in fields(self) if f.name in self.hidden and f.name not in ("target", "interval"))
        return any(getattr(self, f.name) != f.default for f in fixes)

    def merged(self, remedy: Mapping[str, Any]) -> Choices:
        """Returns the choices with a remedy applied: unites sentinels and nulls, intersects features."""
        changes: dict[str, Any] = {}
        for name, value in remedy.items():
            current = getattr(self, name)
            if name in ("sentinel", "null"):
                changes[name] = (*current, *(v for v in value if v not in current))
            elif name == "features" and current:
                kept = set(value)
                changes[name] = tuple(v for v in current if v in kept)
            else:
                changes[name] = value
        if changes.get("decimal", self.decimal) == changes.get("thousands", self.thousands) == ",":
            changes.pop("thousands", None)  # columns that contradict each other
            changes.pop("decimal", None)
        return replace(self, **changes)

    def flags(self) -> str:
        """Returns the command-line flags of all options that differ from their defaults, quoted for a shell."""
        hidden = {"interval", "hidden", *self.hidden}
        changed = (f for f in fields(self) if f.name not in hidden and getattr(self, f.name) != f.default)
        return " ".join(flag(f.name, getattr(self, f.name)) for f in changed)


@dataclass(frozen=True)
class Finding:
    """One problem or note about a table.

    Attributes:
        kind: Kind of problem, such as "duplicate time", "gap" or "sentinel".
        message: Explanation, or what was done about it; one clause without a full stop.
        column: The affected column, or None.
        series: The series of the first affected row, if there are multiple series.
        count: Number of affected rows (or columns, for a name).
        row: First affected row; 1 is the first row below the header.
        value: The value in that row, as text.
        remedy: Options of `Choices` that fix it; empty if none does.
        alternatives: Options of which the user must choose, where the data does not show which are right.
        blocking: Whether it stops training.
    """

    kind: str
    message: str
    column: str | None = None
    series: str | None = None
    count: int = 0
    row: int | None = None
    value: str | None = None
    remedy: Mapping[str, Any] = field(default_factory=dict)
    blocking: bool = False
    alternatives: tuple[Mapping[str, Any], ...] = ()

    @property
    def flag(self) -> str | None:
        """The flags that fix it, or None."""
        return " ".join(flag(name, value) for name, value in self.remedy.items()) or None

    @property
    def alternative_flags(self) -> list[str]:
        """The flags of which the user must choose one."""
        return [" ".join(flag(name, value) for name, value in options.items()) for options in self.alternatives]

    def __str__(self) -> str:
        where = f" in '{self.column}'" if self.column else ""
        where += f" of series '{self.series}'" if self.series else ""
        details = [f"{self.count:,} row{'s' if self.count > 1 else ''}"] if self.count else []
        details += [f"first row {self.row:,}"] if self.row else []
        if self.value:
            details[-1:] = [f"{details[-1]} ({self.value})" if details else self.value]
        return f"{self.kind}{where}: {'; '.join([*([', '.join(details)] if details else []), self.message])}"

    def as_dict(self) -> dict[str, Any]:
        """Returns the finding as a JSON-serialisable dictionary."""
        values = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("remedy", "alternatives")}
        return values | {"flag": self.flag, "alternatives": self.alternative_flags}


def flag(name: str, value: Any) -> str:
    """Returns an option as command-line flags: one flag per text, numbers separated by commas."""
    option = "--" + name.replace("_", "-")
    if isinstance(value, tuple) and all(isinstance(v, str) for v in value):
        # A text that starts with a dash would be parsed as an option.
        return " ".join(f"{option}{'=' if v.startswith('-') else ' '}{_quoted(v)}" for v in value)
    if isinstance(value, tuple):
        return f"{option} {','.join(number(v) for v in value)}"
    return f"{option} {_quoted(str(value))}"


def _quoted(text: str) -> str:
    """Quotes a text for a shell; `shlex.quote` takes seven characters for a single quote."""
    plain = not set(text) & set('"$`!\\')
    return f'"{text}"' if "'" in text and plain else shlex.quote(text)


def number(value: float | np.floating) -> str:
    """Returns the shortest text that reads back as the same number, in the precision of the value."""
    plain = float(value)
    if plain.is_integer() and abs(plain) < 1e16:
        return f"{plain:.0f}"
    if isinstance(value, np.floating) and 1e-4 <= abs(plain) < 1e16:
        return np.format_float_positional(value, trim="-")
    return str(value)


def is_common_sentinel(value: Any) -> bool:
    """Whether instruments or file formats commonly use a number as "no value"."""
    return bool(_REPEATED_DIGIT.fullmatch(number(value))) or number(value) in _LIMITS


def _check_timezone(name: str) -> None:
    import zoneinfo

    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        hint = nearest(name, zoneinfo.available_timezones())
        hint = hint if hint.startswith("Did") else "Use one such as Europe/Berlin, America/New_York or UTC."
        raise UsageError(f"There is no time zone '{name}'. {hint}") from error
