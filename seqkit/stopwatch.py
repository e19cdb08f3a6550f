"""Profiles a training by phase; the overhead is negligible when nothing is measured.

    with measured() as watch:
        seqkit.train("gru")
    print(watch.seconds)

A nested phase interrupts the outer one, so every second counts once and the phases sum to the total. Only the measuring
thread is profiled.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from time import perf_counter
from typing import Any, Literal, get_args

BEGAN = perf_counter()
"""Time of the import of this module, the first one of the program: its start, without that of the interpreter."""

Phase = Literal[
    "starting the program",
    "importing libraries",
    "reading the data",
    "checking the data",
    "preparing the data",
    "building the model",
    "compiling",
    "training",
    "validating",
    "writing checkpoints",
    "exporting",
    "combining",
    "fitting baselines",
    "scoring",
    "plotting",
    "everything else",
]
"""Phases of a training, in order. "compiling" is the first call of each compiled function."""

PHASES: tuple[Phase, ...] = get_args(Phase)


class Stopwatch:
    """Measures the duration of phases. Created by `measured`.

    Args:
        since: Start of the measurement; None for now.

    Attributes:
        seconds: Duration of each phase up to the last change of phase, in the order of `PHASES`.
    """

    def __init__(self, since: float | None) -> None:
        self.seconds: dict[Phase, float] = dict.fromkeys(PHASES, 0.0)
        self._running: list[Phase] = ["everything else"]
        self._changed = perf_counter()
        if since is not None:
            self.seconds["starting the program"] = self._changed - since

    def enter(self, phase: Phase) -> None:
        """Starts a phase, which interrupts the current one."""
        self._count()
        self._running.append(phase)

    def leave(self) -> None:
        """Ends the current phase and resumes the one that it interrupted."""
        self._count()
        self._running.pop()

    def _count(self) -> None:
        now = perf_counter()
        self.seconds[self._running[-1]] += now - self._changed
        self._changed = now


_WATCH: ContextVar[Stopwatch | None] = ContextVar("watch", default=None)


@contextmanager
def measured(since: float | None = None) -> Iterator[Stopwatch]:
    """Yields a stopwatch that measures the phases within the context.

    Args:
        since: Start of the measurement, from `time.perf_counter`; the time from then until now counts as starting the
            program. Default: now.
    """
    watch = Stopwatch(since)
    outer = _WATCH.set(watch)
    try:
        yield watch
    finally:
        watch.leave()
        _WATCH.reset(outer)


@contextmanager
def spent(phase: Phase) -> Iterator[None]:
    """Attributes the time within the context to a phase, if it is measured; also a decorator."""
    watch = _WATCH.get()
    if watch is None:
        yield
        return
    watch.enter(phase)
    try:
        yield
    finally:
        watch.leave()


def compiled_first(function: Callable[..., Any]) -> Callable[..., Any]:
    """Returns the function with its first call, in which TensorFlow traces it, attributed to compiling."""
    is_compiled = False

    @wraps(function, updated=())
    def call(*arguments: Any) -> Any:
        nonlocal is_compiled
        if is_compiled:
            return function(*arguments)
        with spent("compiling"):
            result = function(*arguments)
        is_compiled = True
        return result

    return call
