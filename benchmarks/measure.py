"""Measures functions in turn, and processes."""

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
"""The checkout: working directory of the processes, so that they import this seqkit."""


@dataclass(frozen=True)
class Process:
    """Result of a process.

    Attributes:
        seconds: Wall time.
        cpu_seconds: User and system time of all threads and child processes.
        peak_bytes: Peak resident memory.
        output: Standard output.
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    output: str


def alternate(runs: int, *measurements: Callable[[], float]) -> list[tuple[float, ...]]:
    """Repeats the measurements in turn, A B A B …, so that other load on the machine affects all of them.

    Returns:
        The figures of each measurement, one per run.
    """
    return list(zip(*[[measure() for measure in measurements] for _ in range(runs)], strict=True))


def seconds(function: Callable[[], object]) -> float:
    """Returns the duration of a call."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def run_process(*arguments: str, show: bool = False) -> Process:
    """Runs Python in the checkout and waits until it ends.

    Until the child process executes Python, its memory counts as large as the caller's, so a caller that measures
    memory must use little itself.

    Args:
        *arguments: Arguments of Python, such as `"-m", "seqkit", "--help"`.
        show: Whether to show standard error; otherwise it is shown only if the process fails.

    Raises:
        SeqkitError: The process failed.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, stdout=output, stderr=None if show else errors
        )
        _, status, usage = os.wait4(process.pid, 0)
        elapsed = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        stdout, stderr = (file.read().decode(errors="replace") for file in (output, errors))
    if process.returncode:
        raise SeqkitError(f"`python {' '.join(arguments)}` ended with {process.returncode}.\n{stderr}".rstrip())
    # `ru_maxrss` is in KiB on Linux and in bytes on macOS.
    peak_bytes = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Process(elapsed, usage.ru_utime + usage.ru_stime, peak_bytes, stdout)


def seqkit_process(*arguments: str, show: bool = False) -> Process:
    """Runs the `seqkit` command; see `run_process`."""
    return run_process("-m", "seqkit", *arguments, show=show)


def note(line: str) -> None:
    """Prints the progress of a benchmark to standard error."""
    print(line, file=sys.stderr, flush=True)
