"""What is wrong with a table, found and named, with the flags that mend it."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from seqkit.data.tables.findings import Choices, Finding, flag
from seqkit.data.tables.pipeline import examine_roles, remedied
from seqkit.data.tables.working_table import WorkingTable
from seqkit.errors import listed

if TYPE_CHECKING:
    import pandas

_FEW_ALIKE, _MOST_ALIKE = 4, 12
ROWS_ARE_COUNTED = "Row 1 is the first under the header."
_WORDS = {"h": "hour", "D": "day", "B": "business day", "W": "week", "M": "month", "Q": "quarter", "Y": "year"}
_WAYS = {
    "drop": "With --missing drop the series is cut at its holes; ffill carries the last value on instead, and\n"
    "  interpolate draws a line to the next one, which was not known at the time.",
    "ffill": "With --missing ffill the last value is carried on; drop would cut the series into short stretches, and\n"
    "  interpolate draws a line to the next value, which was not known at the time.",
}


@dataclass(frozen=True)
class Report:
    """What `check` found.

    Attributes:
        source: Where the table came from, and what it is.
        rows: How many rows it has.
        columns: How many columns.
        time: The columns that tell the time; none where rows are counted.
        id: The column that names the series, or None.
        targets: The columns to predict.
        chosen_target: Whether they were told by an option or a usual name; otherwise the last one that is
            not constant stands in.
        inputs: The columns that are read.
        series: How many series there are.
        lengths: Rows of the shortest and of the longest series.
        first: The earliest time, as text, or None.
        last: The latest.
        interval: The interval that was found, or None.
        findings: All that was found, what stops training first.
        suggested_flags: Flags for `train` that mend what can be mended.
        mends_all: Whether training runs with them.
    """

    source: str
    rows: int
    columns: int
    time: tuple[str, ...]
    id: str | None
    targets: tuple[str, ...]
    chosen_target: bool
    inputs: tuple[str, ...]
    series: int
    lengths: tuple[int, int]
    first: str | None
    last: str | None
    interval: str | None
    findings: tuple[Finding, ...]
    suggested_flags: str
    mends_all: bool

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """What stops training."""
        return tuple(finding for finding in self.findings if finding.blocking)

    def as_dict(self) -> dict[str, Any]:
        """Returns it as values that JSON knows."""
        own = {name: value for name, value in vars(self).items() if name != "findings"}
        lists = {name: list(value) for name, value in own.items() if isinstance(value, tuple)}
        return own | lists | {"findings": [finding.as_dict() for finding in self.findings]}

    def text(self) -> str:
        """Returns it as lines for people to read."""
        blocking, other = self.blocking, [finding for finding in self.findings if not finding.blocking]
        parts = [f"{self.source}: {_many(self.rows, 'row')}, {_many(self.columns, 'column')}", self._summary()]
        if blocking:
            parts.append(f"{_many(len(blocking), 'problem')} to mend before training:\n{finding_table(blocking)}")
        if other:
            parts.append("Good to know:\n" + "\n".join(_bullet(line) for line in finding_lines(other)))
        if blocking:
            parts.append(self.way_out())
        elif self.suggested_flags:
            parts.append(f"Nothing stops training, with these flags:\n  {self.suggested_flags}")
        else:
            parts.append("Nothing stops training.")
        if any(finding.row for finding in self.findings):
            parts.append(ROWS_ARE_COUNTED)
        return "\n\n".join(parts)

    def way_out(self) -> str:
        """Returns the flags that mend what stops training, and what they mean."""
        if self.mends_all:
            lines = ["These flags mend it:"]
        elif any(finding.flag for finding in self.blocking):
            lines = ["No flag mends all of it: the data itself needs mending. These mend the rest:"]
        else:
            return "No flag mends that: the data itself needs mending."
        lines.append(f"  {self.suggested_flags}")
        if sentinels := [f for f in self.blocking if f.kind == "sentinel"]:
            lines.append(f"  Was it measured, and no sentinel? Then --not-sentinel {sentinels[0].value}.")
        lines += [f"  {line}" for way, line in _WAYS.items() if f"--missing {way}" in self.suggested_flags]
        return "\n".join(lines)

    def _summary(self) -> str:
        lines = []
        if self.time:
            every = f", every {_in_words(self.interval)}" if self.interval else ", interval unknown"
            lines.append(("time", " + ".join(self.time) + every))
        else:
            lines.append(("time", "none: the rows are counted"))
        if self.first is not None and self.time:
            lines.append(("span", f"{self.first} to {self.last}"))
        if self.id is not None:
            low, high = self.lengths
            each = f"{low:,} rows each" if low == high else f"{low:,} to {high:,} rows"
            lines.append(("series", f"{self.series:,}, named by '{self.id}', {each}"))
        else:
            lines.append(("series", "1"))
        target = listed(self.targets, 6)
        if not self.chosen_target:
            target = f"not told: choose it with --target (below, {target} stands in for it)"
        lines.append(("target", target))
        lines.append(
            ("inputs", f"{len(self.inputs):,}: {', '.join(self.inputs[:6])}{', …' if len(self.inputs) > 6 else ''}")
        )
        return "\n".join(f"  {name:<8}{value}" for name, value in lines)


def check(
    frame: pandas.DataFrame,
    *,
    time: tuple[str, ...] = (),
    id: str | None = None,
    target: tuple[str, ...] = (),
    features: tuple[str, ...] = (),
    timezone: str | None = None,
    time_format: str | None = None,
    sentinel: tuple[float, ...] = (),
    not_sentinel: tuple[float, ...] = (),
    null: tuple[str, ...] = (),
    decimal: Literal[".", ","] = ".",
    missing: Literal["error", "ffill", "interpolate", "drop"] = "error",
    duplicates: Literal["error", "first", "last", "mean"] = "error",
    resample: str | None = None,
) -> Report:
    """Finds and names everything that is wrong with a table; nothing is changed.

    The options are those of `seqkit.data.tables.regularise.regularise`: with them, what they leave wrong is found.

    Args:
        frame: The table as `seqkit.data.tables.reading.read_frame` returns it.
        time: Column of the time; several are a date and an hour (minute, second), or year, month, day and so on.
        id: Column that names the series, in a long table of several; unique_id and item_id are known.
        target: Column to predict, or several, or 'all'; y and target are known, and so is an only column of numbers.
        features: Columns to read; all columns of numbers by default, and the targets in any case.
        timezone: Time zone of local times, such as Europe/Berlin; they are turned into UTC.
        time_format: How times are written, such as '%d.%m.%Y %H:%M'; s, ms, us or ns for Unix time.
        sentinel: Numbers that stand for a missing value, such as -9999.
        not_sentinel: Numbers that look like a sentinel and were measured.
        null: Texts among numbers that stand for a missing value, such as '?'.
        decimal: Sign before the decimals of numbers.
        missing: Missing rows and values: error stops; ffill fills with the last value; interpolate fills on the line to
            the next value, which was not known at the time, so that scores flatter; drop leaves the rows out and cuts
            the series there.
        duplicates: Rows of the same time: error stops; first, last and mean keep the first, the last or their mean.
        resample: Average all rows of each such interval, as in 10min, h, D, W-SUN, MS.

    Raises:
        UsageError: A column that is asked for is not there, or a choice is none.
        DataError: There are no rows, or columns of the same name.
    """
    choices = Choices(
        time=time,
        id=id,
        target=target,
        features=features,
        timezone=timezone,
        time_format=time_format,
        sentinel=sentinel,
        not_sentinel=not_sentinel,
        null=null,
        decimal=decimal,
        missing=missing,
        duplicates=duplicates,
        resample=resample,
    )
    return _report(frame, examine_roles(frame, choices, must_choose=False))


def finding_table(findings: Sequence[Finding]) -> str:
    """Returns findings as aligned lines: what, in which column, in how many rows, the first, what stands there.

    Where very many columns have the same trouble, the first of them are shown.
    """
    rows = [("what", "column", "rows", "first row", "value", "")]
    seen: Counter[str] = Counter()
    for f in findings:
        seen[f.kind] += 1
        if seen[f.kind] <= _MOST_ALIKE:
            place = _shortened(f.column or "") + (f" of {f.series}" if f.series else "")
            numbers = (f"{f.count:,}" if f.count else "", f"{f.row:,}" if f.row else "")
            rows.append((f.kind, place, *numbers, _shortened(f.value or ""), f.message))
    for kind, times in seen.items():
        if times > _MOST_ALIKE:
            rows.append((kind, f"and {times - _MOST_ALIKE:,} columns more", "", "", "", ""))
    what, column, count, first, value = (max(len(row[i]) for row in rows) for i in range(5))
    return "\n".join(
        f"  {a:<{what}}  {b:<{column}}  {c:>{count}}  {d:>{first}}  {e:<{value}}  {message}".rstrip()
        for a, b, c, d, e, message in rows
    )


def finding_lines(findings: Sequence[Finding]) -> list[str]:
    """Returns a line for each finding, and one for several columns of which the same is to be said."""
    alike: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        alike.setdefault((finding.kind, finding.message), []).append(finding)
    lines = []
    for (kind, message), group in alike.items():
        names = [finding.column for finding in group if finding.column]
        if len(names) > _FEW_ALIKE or (len(names) > 1 and not any(finding.row for finding in group)):
            lines.append(f"{kind} in {len(names)} columns, {listed(names)}: {message}")
        else:
            lines += map(str, group)
    return lines


def refusal(frame: pandas.DataFrame, choices: Choices) -> str:
    """Returns the message that names everything that stops training, and the flags that mend it."""
    report = _report(frame, examine_roles(frame, choices, must_choose=True))
    start = f"{report.source} cannot be used as it stands, {_many(len(report.blocking), 'problem')}:"
    if choices.interval is None:
        way_out = report.way_out()
    else:  # A finished run reads the rows, and has no flags of its own for them.
        way_out = f"Mend these rows, or train a run with the flags that mend them: {report.suggested_flags}"
    return "\n".join([start, finding_table(report.blocking), way_out, ROWS_ARE_COUNTED])


def _report(frame: pandas.DataFrame, working: WorkingTable) -> Report:
    roles, lengths = working.roles, [0]
    if len(working):
        lengths = (working.starts[1:] - working.starts[:-1]).tolist()
    choices, mends_all = remedied(frame, working)
    if not roles.chosen_target:
        choices = replace(choices, target=roles.targets)
    flags = choices.flags()
    encoding = str(frame.attrs.get("encoding", "utf-8"))
    if encoding != "utf-8":
        flags = f"{flag('encoding', encoding)} {flags}".strip()
    source = str(frame.attrs.get("source", "The table"))
    form = frame.attrs.get("format")
    return Report(
        source=f"{source} ({form})" if form else source,
        rows=len(frame),
        columns=len(frame.columns),
        time=roles.time,
        id=roles.id,
        targets=roles.targets,
        chosen_target=roles.chosen_target,
        inputs=tuple(name for name in roles.inputs if name in working.columns),
        series=len(working.ids),
        lengths=(min(lengths), max(lengths)),
        first=working.time_text(int(working.ticks.argmin())) if len(working) else None,
        last=working.time_text(int(working.ticks.argmax())) if len(working) else None,
        interval=working.interval,
        findings=tuple(sorted(working.findings, key=lambda finding: not finding.blocking)),
        suggested_flags=flags,
        mends_all=mends_all,
    )


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _in_words(interval: str) -> str:
    unit = next((unit for unit in _WORDS if interval.startswith(unit)), None)
    return interval if unit is None else f"{_WORDS[unit]} ({interval})"


def _bullet(line: str) -> str:
    return textwrap.fill(line, 110, initial_indent="  - ", subsequent_indent="    ", break_on_hyphens=False)


def _shortened(text: str) -> str:
    return text if len(text) <= 32 else text[:31] + "…"
