"""Weighs the ways to make a table regular: applies each, and counts the rows that it keeps, averages and invents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from seqkit.data.tables.findings import Choices, Finding, flag
from seqkit.data.tables.gaps import segments
from seqkit.data.tables.intervals import parse_interval
from seqkit.data.tables.pipeline import Numbers, examine
from seqkit.data.tables.working_table import WorkingTable

if TYPE_CHECKING:
    import pandas

Swap = Mapping[str, Mapping[str, Any]]
"""Remedies to apply instead of those that set a certain option."""

_MAX_ROUNDS = 20
_MAX_COST = 0.2  # more is not a mended table but another one
_SPARSE = (0.3, 0.05)  # columns that lack this share of their values may be worth leaving out
_MAX_FEATURES = 20  # names on a command line
_LONG_PART = 200  # rows
_COUNT_COST = 1.0
_NEED_TIME = ("timezone", "time_format", "sessions", "round", "resample")


@dataclass(frozen=True)
class Fix:
    """A set of options that makes a table regular, and what it costs.

    Attributes:
        choices: The options.
        works: Whether training runs with them.
        rows: Rows of the file with a value in any column.
        empty: Rows of the file without one.
        kept: Rows of the file that remain as measured.
        averaged: Rows of the file that are merged with others.
        dropped: Rows of the file that are left out.
        inserted: Rows that are not in the file.
        filled: Rows of the file with values that are not in it.
        parts: Parts without a gap.
        longest: Rows of the longest part.
        joined: Gaps whose neighbours count as consecutive.
        left_out: Columns that are not read.
        left_out_share: Their share of all columns.
        fragmentation: 0 if typical parts are long enough to learn from, up to 1.
        counts_rows: Whether rows are counted although there are times.
    """

    choices: Choices
    works: bool
    rows: int
    empty: int
    kept: int
    averaged: int
    dropped: int
    inserted: int
    filled: int
    parts: int
    longest: int
    joined: int
    left_out: tuple[str, ...]
    left_out_share: float
    fragmentation: float
    counts_rows: bool

    @property
    def invented_share(self) -> float:
        """Share of the rows of the regular table with a value that is not in the file."""
        return (self.inserted + self.filled) / max(1, self.rows - self.dropped + self.inserted)

    @property
    def price(self) -> float:
        """Share of the rows that are dropped, averaged or invented, plus what splitting and leaving out cost."""
        rows = (self.dropped + self.averaged) / self.rows + self.invented_share
        columns = (0.05 + 0.2 * self.left_out_share) * bool(self.left_out)
        return rows + columns + self.fragmentation + _COUNT_COST * self.counts_rows

    @property
    def is_cheap(self) -> bool:
        """Whether the table remains the measured one, by and large."""
        shares = (self.dropped / self.rows, self.averaged / self.rows, self.invented_share)
        return max(shares) <= _MAX_COST and self.fragmentation < 0.5

    def cost(self) -> str:
        """Returns what it keeps and costs, as text."""
        parts = [f"keeps {self.kept:,} of {self.rows:,} rows" + (" with values" if self.empty else "")]
        if self.left_out:
            parts.append(f"leaves out {', '.join(map(repr, self.left_out))}")
        if self.counts_rows:
            parts.append("counts the rows, without calendar and gaps")
        if self.averaged:
            verb = "adds up" if self.choices.resample_with == "sum" else "averages"
            parts.append(f"{verb} {_rows(self.averaged, self.rows)}")
        if self.dropped:
            parts.append(f"drops {_rows(self.dropped, self.rows)}")
        if self.inserted:
            total = self.rows - self.dropped + self.inserted
            parts.append(f"invents {self.inserted:,} rows, {_percent(self.inserted / total)} of the table")
        if self.filled:
            parts.append(f"fills values in {_rows(self.filled, self.rows)}")
        if self.joined:
            parts.append(f"joins the rows around {_count(self.joined, 'gap')}")
        if self.parts > 1:
            parts.append(f"{self.parts:,} parts without a gap, the longest of {self.longest:,} rows")
        return "; ".join(parts)

    def as_dict(self) -> dict[str, Any]:
        """Returns the flags and the cost as a JSON-serialisable dictionary."""
        numbers = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("choices", "left_out")}
        return {"flags": self.choices.flags(), "left_out": list(self.left_out), **numbers}

    def flags_unlike(self, other: Fix) -> str:
        """Returns the flags of `missing` and of the options that differ from those of another fix."""
        names = [
            f.name
            for f in fields(Choices)
            if getattr(self.choices, f.name) != getattr(other.choices, f.name)
            or (f.name == "missing" and self.choices.missing != "error")
        ]
        default = Choices()
        changed = [name for name in names if getattr(self.choices, name) != getattr(default, name)]
        absent = ["--" + name.replace("_", "-") for name in names if name not in changed]
        flags = [flag(name, getattr(self.choices, name)) for name in changed]
        return " ".join([*flags, *(["without", *absent] if absent else [])])


def find_fixes(frame: pandas.DataFrame, working: WorkingTable, numbers: Numbers) -> tuple[Fix, ...]:
    """Returns the ways to make a table regular, the one to recommend first.

    Args:
        frame: The table as read.
        working: Result of `examine` or `examine_roles`.
        numbers: Columns that were read before, which this adds to.
    """
    empty = _empty_rows(working)
    first = _applied(frame, working, {}, numbers, empty)
    fixes = [first]
    if first.works and working.choices.interval is None:
        fixes += [_applied(frame, working, swap, numbers, empty) for swap in _swaps(working.choices, first.choices)]
        if "missing" in _changed(working.choices, first.choices):
            for features in dict.fromkeys(_dense_features(working, share) for share in _SPARSE):
                if features:
                    choices = working.choices.merged({"features": features})
                    narrow = examine(frame, choices, must_choose=False, numbers=numbers)
                    left_out = tuple(name for name in working.columns if name not in features)
                    fixes.append(_applied(frame, narrow, {}, numbers, empty, left_out=left_out))
        if first.choices.resample and not (first.is_cheap or working.counter or working.choices.resample):
            events = {"resample": "D", "resample_with": "sum"}
            fixes.append(_applied(frame, working, {"resample": events}, numbers, empty))
        needs_time = {name for name in _NEED_TIME if getattr(working.choices, name) is not None}
        if not any(fix.is_cheap for fix in fixes) and working.roles.time and not needs_time:
            counted = {name: {"time": ("none",)} for name in ("missing", *_NEED_TIME)}
            fixes.append(_applied(frame, working, counted, numbers, empty))
    distinct = {fix.choices: fix for fix in reversed(fixes) if fix.works or fix is first}
    order = [fix for fix in fixes if distinct.get(fix.choices) is fix]
    order = [fix for fix in order if not fix.choices.uses_hidden] or order
    return tuple(sorted(order, key=lambda fix: fix.price))


def _applied(
    frame: pandas.DataFrame,
    working: WorkingTable,
    swap: Swap,
    numbers: Numbers,
    empty: np.ndarray,
    *,
    left_out: tuple[str, ...] = (),
) -> Fix:
    """Applies remedies until nothing stops training, and returns the choices and their cost.

    A remedy can reveal further problems: a sentinel read as missing is a gap, and bins can be empty. The fixed table is
    therefore examined again until there are no new findings.
    """
    asked, choices, works = working.choices, working.choices, False
    for _ in range(_MAX_ROUNDS):
        blocking = [finding for finding in working.findings if finding.blocking]
        if not blocking:
            works = True
            break
        amended = choices
        for finding in blocking:
            amended = amended.merged(_remedy(finding, swap))
        working = examine(frame, amended, must_choose=False, numbers=numbers)
        if amended == choices and any(finding.blocking for finding in working.findings):
            break
        choices = amended
    return _weighed(empty, working, choices, asked, works=works, left_out=left_out)


def _remedy(finding: Finding, swap: Swap) -> Mapping[str, Any]:
    return next((swap[name] for name in finding.remedy if name in swap), finding.remedy)


def _weighed(
    empty: np.ndarray,
    working: WorkingTable,
    choices: Choices,
    asked: Choices,
    *,
    works: bool,
    left_out: tuple[str, ...],
) -> Fix:
    """Counts the rows that remain, and what else a set of options does; `empty` masks rows of the file."""
    origin = np.arange(len(working)) if working.origin is None else working.origin
    present = int(np.sum(origin >= 0))
    was_asked = choices.resample == asked.resample and choices.duplicates == asked.duplicates
    averaged = 0 if was_asked else working.averaged
    filled = np.zeros(len(working), bool)
    for mask in working.filled.values():
        filled |= mask
    filled &= origin >= 0
    invented = filled & empty[origin]
    rows = int(np.sum(~empty))
    dropped = max(0, rows - averaged - (present - int(np.sum(invented)) - (working.bins if averaged else 0)))
    if choices.resample is not None and choices.resample == asked.resample:
        dropped = 0
    inserted, changed = len(working) - present + int(np.sum(invented)), int(np.sum(filled & ~invented))
    pieces, series, joined = np.array([[0, len(working)]]), np.array([len(working)]), 0
    if works:
        pieces, series, joined = segments(working), np.diff(working.starts), _joined(working)
    lengths = np.diff(pieces, axis=1)[:, 0].astype(np.float64)
    usual = min(_LONG_PART, float(np.sum(series.astype(np.float64) ** 2)) / max(1, len(working)) / 2)
    typical = float(np.sum(lengths**2)) / max(1, len(working))
    return Fix(
        choices=choices,
        works=works,
        rows=rows,
        empty=int(np.sum(empty)),
        kept=max(0, rows - dropped - averaged - changed),
        averaged=averaged,
        dropped=dropped,
        inserted=inserted,
        filled=changed,
        parts=len(pieces) if len(pieces) > len(series) else 1,
        longest=int(lengths.max(initial=0)),
        joined=joined,
        left_out=left_out,
        left_out_share=len(left_out) / (len(left_out) + max(1, len(working.columns))),
        fragmentation=max(0.0, 1 - typical / usual) if usual else 0.0,
        counts_rows=choices.time == ("none",) and asked.time != ("none",),
    )


def _empty_rows(working: WorkingTable) -> np.ndarray:
    """Returns the mask of the rows of the file without a value in any column, of shape (rows,)."""
    empty = np.zeros(len(working.frame), bool)
    if working.choices.missing == "error" and working.choices.resample is None and working.columns:
        without = np.ones(len(working), bool)
        for values in working.columns.values():
            without &= ~np.isfinite(values)
        empty[(np.arange(len(working)) if working.origin is None else working.origin)[without]] = True
    return empty


def _joined(working: WorkingTable) -> int:
    """Returns the number of gaps that do not split a series."""
    if working.choices.missing != "skip":
        return 0
    assert working.interval is not None
    wide = np.diff(parse_interval(working.interval).split(working.ticks)[0]) > 1
    return int(np.sum(wide if working.same_series is None else wide & working.same_series))


def _changed(asked: Choices, fixed: Choices) -> set[str]:
    return {f.name for f in fields(Choices) if getattr(asked, f.name) != getattr(fixed, f.name)}


def _swaps(asked: Choices, fixed: Choices) -> Iterator[Swap]:
    """Yields the alternatives to the remedies that were applied."""
    changed = _changed(asked, fixed)
    if "missing" in changed:
        for policy in ("drop", "ffill"):
            yield {"missing": {"missing": policy}}
    if "sessions" in changed:
        for policy in ("drop", "ffill"):
            yield {name: {"missing": policy} for name in ("missing", "sessions")}
    if "round" in changed:
        yield {"round": {"resample": fixed.round}}


def _dense_features(working: WorkingTable, share: float) -> tuple[str, ...]:
    """Returns the columns without those that are no targets and lack this share of values; none if all have them."""
    names = tuple(working.columns)
    lacking = {
        name
        for name, values in working.columns.items()
        if name not in working.roles.targets and values.dtype.kind == "f" and np.mean(~np.isfinite(values)) >= share
    }
    dense = tuple(name for name in names if name not in lacking)
    return dense if lacking and len(dense) <= _MAX_FEATURES else ()


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _rows(count: int, total: int) -> str:
    return f"{_count(count, 'row')} ({_percent(count / total)})"


def _percent(share: float) -> str:
    return f"{share:.0%}" if share >= 0.1 else f"{share:.1%}" if share >= 0.001 else "less than 0.1%"
