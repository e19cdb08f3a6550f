"""How things are measured: in turns, and in processes of their own."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from seqkit.errors import SeqkitError

ROOT = Path(__file__).resolve().parent.parent
"""The checkout: processes are started there, so that they import this seqkit."""


@dataclass(frozen=True)
class Process:
    """How a process went.

    Attributes:
        seconds: From before its start until after its end.
        cpu_seconds: What all its threads, and its own children, computed for, by the user's and the system's clock.
        peak_bytes: The most memory it held at a time (resident, high-water mark).
        output: What it wrote to standard output.
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    output: str


def alternate(runs: int, *measurements: Callable[[], float]) -> list[tuple[float, ...]]:
    """Takes each measurement in turn, A B A B …, so that whatever else the machine does meets all alike.

    Returns:
        The figures of each measurement, one a run.
    """
    return list(zip(*[[measure() for measure in measurements] for _ in range(runs)], strict=True))


def seconds(work: Callable[[], object]) -> float:
    """Returns how long a call takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def run_process(*arguments: str, show: bool = False) -> Process:
    """Runs Python with these arguments, from the checkout, and waits for its end.

    The system counts the memory of whoever starts a process as the child's until it has become Python, so a caller
    that measures memory must hold little itself.

    Args:
        *arguments: Such as `"-m", "seqkit", "--help"`.
        show: Whether its standard error goes to ours; otherwise it is shown only if the process fails.

    Raises:
        SeqkitError: It failed.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, stdout=output, stderr=None if show else errors
        )
        _, status, usage = os.wait4(process.pid, 0)
        elapsed = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        written, complaint = (file.read().decode(errors="replace") for file in (output, errors))
    if process.returncode:
        raise SeqkitError(f"`python {' '.join(arguments)}` ended with {process.returncode}.\n{complaint}".rstrip())
    # Linux counts in KiB, macOS in bytes.
    peak_bytes = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Process(elapsed, usage.ru_utime + usage.ru_stime, peak_bytes, written)


def seqkit_process(*arguments: str, show: bool = False) -> Process:
    """Runs the command `seqkit` with these arguments; see `run_process`."""
    return run_process("-m", "seqkit", *arguments, show=show)


def note(line: str) -> None:
    """Says on standard error how far a benchmark is."""
    print(line, file=sys.stderr, flush=True)
