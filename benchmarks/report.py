"""What a benchmark says: figures beside those of a peer, a target beside both, and the machine they were taken on.

Nothing is measured here. Standard library only, so that listing the benchmarks stays instant.
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
"""Units of which more is better; of all others (seconds, memory) less is."""


@dataclass(frozen=True)
class Report:
    """What a benchmark hands back.

    Attributes:
        text: To be printed.
        content: The same as JSON, with every single figure.
    """

    text: str
    content: dict[str, Any]


@dataclass(frozen=True)
class Line:
    """One thing that was measured, several times, in turns with a peer where there is one.

    Attributes:
        name: What it is.
        unit: Of the figures.
        ours: Our figures, one a run.
        peer: The peer's, run by run; none where there is no peer.
        at_most: Target: the median of our figures stays below this.
        times: Target: the median ratio reaches this.
    """

    name: str
    unit: str
    ours: Sequence[float]
    peer: Sequence[float] = ()
    at_most: float | None = None
    times: float | None = None

    @property
    def ratios(self) -> list[float]:
        """How many times as good as the peer's each figure is: as fast, or with as little."""
        pairs = zip(self.ours, self.peer, strict=True) if self.peer else ()
        return [ours / peer if self.unit in RATES else peer / ours for ours, peer in pairs]

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        if self.at_most is not None:
            return median(self.ours) < self.at_most
        return None if self.times is None else median(self.ratios) >= self.times

    @property
    def target(self) -> str:
        """The target and whether it is met, in words."""
        if self.met is None:
            return ""
        wanted = f"at least {self.times:g}×" if self.at_most is None else f"below {self.at_most:g} {self.unit}"
        return f"{wanted}: {'met' if self.met else 'missed'}"

    def as_dict(self) -> dict[str, Any]:
        """Returns all figures as JSON."""
        content: dict[str, Any] = {"name": self.name, "unit": self.unit, "seqkit": list(self.ours)}
        if self.peer:
            content |= {"peer": list(self.peer), "ratio": self.ratios, "median_ratio": median(self.ratios)}
        if self.met is not None:
            content |= {"target": self.target, "met": self.met}
        return content


def report_lines(lines: Sequence[Line], *, peer: str = "", notes: Sequence[str] = ()) -> Report:
    """Returns a table of the lines: medians, with the lowest and the highest figure in brackets.

    Args:
        lines: What was measured.
        peer: What the peer is called, where there is one.
        notes: What a reader should know, to stand under the table.
    """
    headings, columns = ["", "seqkit", peer, "ratio", "target"], [0, 1, 2, 3, 4] if peer else [0, 1, 4]
    rows = [
        [line.name, spread(line.ours, line.unit), spread(line.peer, line.unit), spread(line.ratios, "×"), line.target]
        for line in lines
    ]
    table = markdown_table([headings[c] for c in columns], [[row[c] for c in columns] for row in rows])
    how = how_often(max(len(line.ours) for line in lines))
    text = "\n".join([table, "", how, *notes])
    return Report(text, {"results": [line.as_dict() for line in lines], "notes": list(notes)})


def how_often(runs: int, noun: str = "runs") -> str:
    """Returns what stands under a table: what its figures are of so many runs."""
    return "One run." if runs == 1 else f"Medians of {runs} {noun} in turn, lowest to highest in brackets."


def spread(figures: Sequence[float], unit: str) -> str:
    """Returns the median with its unit, and the lowest and highest figure where there are several."""
    if not figures:
        return ""
    gap = "" if unit == "×" else " "
    middle = f"{number(median(figures))}{gap}{unit}"
    return middle if len(figures) == 1 else f"{middle} ({number(min(figures))}–{number(max(figures))})"


def told(figures: Sequence[float | None], written: Callable[[float], str], unit: str = "") -> str:
    """Returns the median, and between what the figures lie where they differ; a dash where one is missing."""
    there = [figure for figure in figures if figure is not None]
    if len(there) < len(figures):
        return "–"
    low, high = written(min(there)), written(max(there))
    return written(median(there)) + unit + (f" ({low}–{high})" if low != high else "")


def number(value: float) -> str:
    """Returns three digits of a number, and all of those before the point."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:#.3g}"


def markdown_table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: bool = True) -> str:
    """Returns a Markdown table with straight edges.

    Args:
        headings: One of each column.
        rows: Their cells.
        numbers: Whether all columns but the first are aligned to the right.
    """
    widths = [max(3, *(len(row[c]) for row in [headings, *rows])) for c in range(len(headings))]
    right = [numbers and c > 0 for c in range(len(headings))]

    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(f"{cell:{'>' if right[c] else '<'}{widths[c]}}" for c, cell in enumerate(cells)) + " |"

    rule = ["-" * (width - 1) + (":" if right[c] else "-") for c, width in enumerate(widths)]
    return "\n".join([line(headings), line(rule), *(line(row) for row in rows)])


def describe_machine() -> dict[str, Any]:
    """Returns when and on what is measured."""
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
    """Returns what `describe_machine` says as one line."""
    versions = ", ".join(f"{library} {number}" for library, number in machine["versions"].items())
    return (
        f"{machine['date']} UTC, {machine['processor']}, {machine['cores']} cores, {machine['threads']} threads, "
        f"{machine['system']}; {versions}"
    )


def _processor() -> tuple[str, int | None]:
    """Returns the processor's name and its cores, from Linux' own description where there is one."""
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
