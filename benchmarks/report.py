"""Reports of benchmarks: figures of seqkit and of another library, targets, and a description of the machine.

Uses only the standard library, so that listing the benchmarks stays instant.
"""

import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import seqkit

LIBRARIES = ("tensorflow", "keras", "numpy", "pandas", "onnxruntime")

RATES = ("windows/s", "texts/s")
"""Units where more is better; for all others (seconds, memory) less is better."""


@dataclass(frozen=True)
class Report:
    """Result of a benchmark.

    Attributes:
        text: Text to print.
        content: All figures, as JSON.
    """

    text: str
    content: dict[str, Any]


@dataclass(frozen=True)
class Line:
    """One measurement of seqkit, repeated in turn with that of a peer if there is one.

    Attributes:
        name: Name of the measurement.
        unit: Unit of the figures.
        ours: Figures of seqkit, one per run.
        peer: Figures of the peer, one per run; empty without a peer.
        at_most: Target: maximum of the median of `ours`.
        times: Target: minimum of the median ratio.
    """

    name: str
    unit: str
    ours: Sequence[float]
    peer: Sequence[float] = ()
    at_most: float | None = None
    times: float | None = None

    @property
    def ratios(self) -> list[float]:
        """How many times better than the peer seqkit is in each run."""
        pairs = zip(self.ours, self.peer, strict=True) if self.peer else ()
        return [ours / peer if self.unit in RATES else peer / ours for ours, peer in pairs]

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None without a target."""
        if self.at_most is not None:
            return median(self.ours) < self.at_most
        return None if self.times is None else median(self.ratios) >= self.times

    @property
    def target(self) -> str:
        """The target, and whether it is met, as text."""
        if self.met is None:
            return ""
        target = f"at least {self.times:g}×" if self.at_most is None else f"below {self.at_most:g} {self.unit}"
        return f"{target}: {'met' if self.met else 'missed'}"

    def as_dict(self) -> dict[str, Any]:
        """Returns all figures as JSON."""
        content: dict[str, Any] = {"name": self.name, "unit": self.unit, "seqkit": list(self.ours)}
        if self.peer:
            content |= {"peer": list(self.peer), "ratio": self.ratios, "median_ratio": median(self.ratios)}
        if self.met is not None:
            content |= {"target": self.target, "met": self.met}
        return content


def report_lines(lines: Sequence[Line], *, peer: str = "", notes: Sequence[str] = ()) -> Report:
    """Returns a table of medians, with minimum and maximum in brackets.

    Args:
        lines: The measurements.
        peer: Name of the peer, if there is one.
        notes: Lines to print under the table.
    """
    headings, columns = ["", "seqkit", peer, "ratio", "target"], [0, 1, 2, 3, 4] if peer else [0, 1, 4]
    rows = [
        [line.name, spread(line.ours, line.unit), spread(line.peer, line.unit), spread(line.ratios, "×"), line.target]
        for line in lines
    ]
    table = markdown_table([headings[c] for c in columns], [[row[c] for c in columns] for row in rows])
    text = "\n".join([table, "", caption(max(len(line.ours) for line in lines)), *notes])
    return Report(text, {"results": [line.as_dict() for line in lines], "notes": list(notes)})


def caption(runs: int, noun: str = "runs") -> str:
    """Returns the line under a table that explains its figures."""
    return "One run." if runs == 1 else f"Medians of {runs} {noun} in turn, lowest to highest in brackets."


def spread(figures: Sequence[float], unit: str) -> str:
    """Returns the median with its unit, and the minimum and maximum of several figures."""
    if not figures:
        return ""
    gap = "" if unit == "×" else " "
    middle = f"{number(median(figures))}{gap}{unit}"
    return middle if len(figures) == 1 else f"{middle} ({number(min(figures))}–{number(max(figures))})"


def format_figures(figures: Sequence[float | None], formatted: Callable[[float], str], unit: str = "") -> str:
    """Returns the median, and the minimum and maximum if they differ; a dash if a figure is missing."""
    values = [figure for figure in figures if figure is not None]
    if len(values) < len(figures):
        return "–"
    low, high = formatted(min(values)), formatted(max(values))
    return formatted(median(values)) + unit + (f" ({low}–{high})" if low != high else "")


def number(value: float) -> str:
    """Returns a number with three significant digits, and all digits before the decimal point."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:#.3g}"


def markdown_table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: bool = True) -> str:
    """Returns an aligned Markdown table.

    Args:
        headings: Heading of each column.
        rows: Cells of each row.
        numbers: Whether to align all columns but the first to the right.
    """
    widths = [max(3, *(len(row[c]) for row in [headings, *rows])) for c in range(len(headings))]
    right = [numbers and c > 0 for c in range(len(headings))]

    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(f"{cell:{'>' if right[c] else '<'}{widths[c]}}" for c, cell in enumerate(cells)) + " |"

    rule = ["-" * (width - 1) + (":" if right[c] else "-") for c, width in enumerate(widths)]
    return "\n".join([line(headings), line(rule), *(line(row) for row in rows)])


def describe_machine() -> dict[str, Any]:
    """Returns the date, the hardware and the library versions."""
    processor, cores = _processor()
    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M"),
        "processor": processor,
        "cores": cores,
        "threads": threads,
        "system": f"{platform.system()} {platform.machine()}",
        "versions": {
            "python": platform.python_version(),
            "seqkit": seqkit.__version__,
            **{library: version(library) for library in LIBRARIES},
        },
    }


def machine_line(machine: dict[str, Any]) -> str:
    """Returns the description of the machine as one line."""
    versions = ", ".join(f"{library} {number}" for library, number in machine["versions"].items())
    return (
        f"{machine['date']} UTC, {machine['processor']}, {machine['cores']} cores, {machine['threads']} threads, "
        f"{machine['system']}; {versions}"
    )


def _processor() -> tuple[str, int | None]:
    """Returns the name of the processor and its number of cores, on Linux from `/proc/cpuinfo`."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine(), os.cpu_count()
    blocks = [
        {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in block.splitlines())}
        for block in text.split("\n\n")
    ]
    name = next((block["model name"] for block in blocks if "model name" in block), platform.machine())
    cores = {(block["physical id"], block["core id"]) for block in blocks if "core id" in block}
    return name, len(cores) or os.cpu_count()
