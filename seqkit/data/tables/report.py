"""Validation report of a table: every problem, and the flags that fix it."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from seqkit.data.tables.findings import Choices, Finding, flag
from seqkit.data.tables.fixes import Fix, find_fixes
from seqkit.data.tables.pipeline import Numbers, examine_roles
from seqkit.data.tables.working_table import WorkingTable
from seqkit.errors import listed

if TYPE_CHECKING:
    import pandas

_MIN_GROUPED, _MAX_SHOWN = 4, 12
ROW_NUMBERING = "Row 1 is the first row below the header."
LONG_ROW_NUMBERING = "Rows are those of the long form: the times of one series after another."
_WORDS = {
    "h": "hour",
    "D": "day",
    "W": "week",
    "SM": "half-month",
    "M": "month",
    "Q": "quarter",
    "Y": "year",
    "BM": "month",
    "BQ": "quarter",
    "BY": "year",
    "B": "business day",
}
_EXPLANATIONS = {
    "drop": "drop splits the series at its gaps",
    "skip": "skip joins the rows around a gap",
    "ffill": "ffill repeats the last value",
}


@dataclass(frozen=True)
class Report:
    """Result of `check`.

    Attributes:
        source: Name and format of the table.
        rows: Number of rows.
        columns: Number of columns.
        time: The time columns; empty if rows are numbered instead.
        id: The columns that name the series, joined by " + ", or None.
        targets: The columns to predict.
        chosen_target: Whether an option or a usual name determines the targets; otherwise the last column that is not
            constant is assumed.
        inputs: The columns that are read.
        series: Number of series.
        lengths: Rows of the shortest and of the longest series.
        first: The earliest time as text, or None.
        last: The latest time as text, or None.
        interval: The inferred interval, or None.
        findings: All findings, those that stop training first.
        suggested_flags: Flags of `train` that fix everything a flag can fix.
        fixes_all: Whether training runs with these flags.
        fixes: The ways to make the table regular with their costs, the one of `suggested_flags` first; empty if nothing
            stops training.
        row_numbering: How rows are counted.
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
    fixes_all: bool
    fixes: tuple[Fix, ...] = ()
    row_numbering: str = ROW_NUMBERING

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """Findings that stop training."""
        return tuple(finding for finding in self.findings if finding.blocking)

    def as_dict(self) -> dict[str, Any]:
        """Returns the report as a JSON-serialisable dictionary."""
        fields = {
            name: value for name, value in vars(self).items() if name not in ("findings", "fixes", "row_numbering")
        }
        lists = {name: list(value) for name, value in fields.items() if isinstance(value, tuple)}
        lists |= {name: [entry.as_dict() for entry in getattr(self, name)] for name in ("findings", "fixes")}
        return fields | lists

    def text(self) -> str:
        """Returns the report as text for the terminal."""
        blocking, other = self.blocking, [finding for finding in self.findings if not finding.blocking]
        parts = [f"{self.source}: {_count(self.rows, 'row')}, {_count(self.columns, 'column')}", self._summary()]
        if blocking:
            parts.append(f"{_count(len(blocking), 'problem')} to fix before training:\n{finding_table(blocking)}")
        if other:
            parts.append("Notes:\n" + "\n".join(_bullet(line) for line in finding_lines(other)))
        if blocking:
            parts.append(self.remedies())
        elif self.suggested_flags:
            parts.append(f"Ready for training with these flags:\n  {self.suggested_flags}")
        else:
            parts.append("Ready for training.")
        if any(finding.row for finding in self.findings):
            parts.append(self.row_numbering)
        return "\n\n".join(parts)

    def remedies(self) -> str:
        """Returns the flags that fix what stops training, what they cost, and the other ways."""
        if any(finding.kind == "unreadable time" and not finding.flag for finding in self.blocking):
            return "No flag fixes the times: correct them in the file first; other problems may follow from them."
        open_questions = {flag: None for f in self.blocking for flag in f.alternative_flags}
        asks = bool(open_questions) and all(finding.flag or finding.alternatives for finding in self.blocking)
        if not self.fixes_all and not asks and not any(finding.flag for finding in self.blocking):
            if any(finding.kind == "unread time" for finding in self.blocking):
                return "Set the format of the times, or count the rows: the file does not show which is right."
            return "No flag fixes this: fix the data itself."
        best, *others = self.fixes
        if not self.fixes_all and asks:
            lines = [
                "Choose the flag that is right; the file does not show it:",
                *(f"  {flag}" for flag in open_questions),
            ]
            if not self.suggested_flags:
                return "\n".join(lines)
            lines.append("Add it to these flags:")
        elif not self.fixes_all:
            lines = ["No flag fixes everything: fix the data itself. These flags fix the rest:"]
        elif best.is_cheap:
            lines = ["These flags fix it:"]
        else:
            lines = [f"No flag keeps the data as it is: look at the file first{self._place()}. The cheapest flags:"]
        lines.append(f"  {self.suggested_flags}")
        if self.fixes_all:
            lines.append(_indented(best.cost()))
        if sentinels := [f for f in self.blocking if f.kind == "sentinel"]:
            value = sentinels[0].value
            lines.append(f"  If {value} is a measured value and not a sentinel, use --not-sentinel {value}.")
        if others and self.fixes_all:
            lines.append("Other ways:")
            lines += [_indented(f"{fix.flags_unlike(best)}: {fix.cost()}") for fix in others]
        used = {fix.choices.missing for fix in self.fixes}
        meanings = [meaning for policy, meaning in _EXPLANATIONS.items() if policy in used]
        if meanings:
            lines.append(_indented(f"--missing {', '.join(meanings)}."))
        return "\n".join(lines)

    def _place(self) -> str:
        """Where the problem that affects most rows begins."""
        finding = max(self.blocking, key=lambda finding: finding.count)
        value = f" ({finding.value})" if finding.value else ""
        return f", from row {finding.row:,}{value} on" if finding.row else ""

    def _summary(self) -> str:
        lines = []
        if self.time:
            every = f", every {_in_words(self.interval)}" if self.interval else ", interval unknown"
            lines.append(("time", " + ".join(self.time) + every))
        else:
            lines.append(("time", "none: rows are numbered"))
        if self.first is not None and self.time:
            lines.append(("span", f"{self.first} to {self.last}"))
        if self.id is not None:
            low, high = self.lengths
            length = f"{low:,} rows each" if low == high else f"{low:,} to {high:,} rows"
            lines.append(("series", f"{self.series:,}, named by '{self.id}', {length}"))
        else:
            lines.append(("series", "1"))
        target = listed(self.targets, 6)
        if not self.chosen_target:
            target = f"not set: choose one with --target (assuming {target} below)"
        lines.append(("target", target))
        lines.append(
            ("inputs", f"{len(self.inputs):,}: {', '.join(self.inputs[:6])}{', …' if len(self.inputs) > 6 else ''}")
        )
        return "\n".join(f"  {name:<8}{value}" for name, value in lines)


def check(frame: pandas.DataFrame, **options: Any) -> Report:
    """Finds every problem in a table; changes nothing.

    Args:
        frame: The table, as `seqkit.data.tables.reading.read_frame` returns it.
        **options: Those of `seqkit.data.tables.regularise.regularise`; the report lists the problems that remain.

    Raises:
        UsageError: A requested column does not exist, or an option has an invalid value.
        DataError: There are no rows, or duplicate column names.
    """
    return _report(frame, Choices(**options), must_choose=False)


def finding_table(findings: Sequence[Finding]) -> str:
    """Returns findings as an aligned table: problem, column, number of rows, first row, value.

    If many columns have the same problem, only the first of them are shown.
    """
    rows = [("problem", "column", "rows", "first row", "value", "")]
    seen: Counter[str] = Counter()
    for f in findings:
        seen[f.kind] += 1
        if seen[f.kind] <= _MAX_SHOWN:
            place = _shortened(f.column or "") + (f" of {f.series}" if f.series else "")
            numbers = (f"{f.count:,}" if f.count else "", f"{f.row:,}" if f.row else "")
            rows.append((f.kind, place, *numbers, _shortened(f.value or ""), f.message))
    for kind, times in seen.items():
        if times > _MAX_SHOWN:
            rows.append((kind, f"and {times - _MAX_SHOWN:,} more columns", "", "", "", ""))
    problem, column, count, first, value = (max(len(row[i]) for row in rows) for i in range(5))
    return "\n".join(
        f"  {a:<{problem}}  {b:<{column}}  {c:>{count}}  {d:>{first}}  {e:<{value}}  {message}".rstrip()
        for a, b, c, d, e, message in rows
    )


def finding_lines(findings: Sequence[Finding]) -> list[str]:
    """Returns one line per finding; columns with the same finding share a line."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.kind, finding.message), []).append(finding)
    lines = []
    for (kind, message), group in groups.items():
        names = [finding.column for finding in group if finding.column]
        if len(names) > _MIN_GROUPED or (len(names) > 1 and not any(finding.row for finding in group)):
            lines.append(f"{kind} in {len(names)} columns, {listed(names)}: {message}")
        else:
            lines += map(str, group)
    return lines


def refusal(frame: pandas.DataFrame, choices: Choices, *, must_choose: bool = True) -> str:
    """Returns the message that lists everything that stops training, and the flags that fix it."""
    report = _report(frame, choices, must_choose=must_choose)
    start = f"{report.source} cannot be used, {_count(len(report.blocking), 'problem')}:"
    if choices.interval is None:
        remedies = report.remedies()
    elif not report.fixes_all or not report.suggested_flags:
        remedies = "Fix these rows in the file."
    else:  # A finished run reads the rows; its commands have no flags to fix them.
        remedies = f"Fix these rows, or train a run with the flags that fix them: {report.suggested_flags}"
    return "\n".join([start, finding_table(report.blocking), remedies, report.row_numbering])


def _report(frame: pandas.DataFrame, choices: Choices, *, must_choose: bool) -> Report:
    numbers: Numbers = {}
    working = examine_roles(frame, choices, must_choose=must_choose, numbers=numbers)
    roles, lengths = working.roles, [0]
    if len(working):
        lengths = (working.starts[1:] - working.starts[:-1]).tolist()
    _note_short_series(working, lengths)
    fixes = find_fixes(frame, working, numbers)
    if not roles.chosen_target:
        fixes = tuple(replace(fix, choices=replace(fix.choices, target=roles.targets)) for fix in fixes)
    flags = fixes[0].choices.flags()
    encoding = str(frame.attrs.get("encoding", "utf-8"))
    if encoding != "utf-8":
        flags = f"{flag('encoding', encoding)} {flags}".strip()
    source = str(frame.attrs.get("source", "The table"))
    form = frame.attrs.get("format")
    return Report(
        source=f"{source} ({form})" if form else source,
        rows=len(frame),
        columns=len(working.frame.columns),
        time=roles.time,
        id=roles.id_name,
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
        fixes_all=fixes[0].works,
        fixes=fixes if any(finding.blocking for finding in working.findings) else (),
        row_numbering=LONG_ROW_NUMBERING if choices.wide != "none" else frame.attrs.get("row_numbering", ROW_NUMBERING),
    )


def _note_short_series(working: WorkingTable, lengths: list[int]) -> None:
    """Names the series that are too short for most windows."""
    least = 0.1 * max(lengths)
    short = [name for name, rows in zip(working.ids, lengths, strict=False) if rows < least]
    if working.choices.interval is None and short:
        message = (
            f"{len(short):,} of {len(working.ids):,} have less than a tenth of the rows of the longest: "
            f"{listed(short, 5)}; training and forecasts leave out those shorter than a window"
        )
        working.report("short series", message)


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _in_words(interval: str) -> str:
    interval, _, sessions = interval.removesuffix("]").partition("[")
    if sessions:
        return f"{_in_words(interval)} within {sessions}"
    unit = next((unit for unit in _WORDS if interval.startswith(unit)), None)
    return interval if unit is None else f"{_WORDS[unit]} ({interval})"


def _bullet(line: str) -> str:
    return textwrap.fill(line, 110, initial_indent="  - ", subsequent_indent="    ", break_on_hyphens=False)


def _indented(line: str) -> str:
    return textwrap.fill(line, 110, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)


def _shortened(text: str) -> str:
    return text if len(text) <= 32 else text[:31] + "…"
