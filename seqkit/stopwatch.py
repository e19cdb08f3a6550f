"""Where the seconds of a training go, by phase; costs next to nothing where nobody measures.

    with measured() as watch:
        seqkit.train("gru")
    print(watch.seconds)

A phase within another interrupts it, so that every second counts once and all phases sum to the whole. Only the thread
that measures is measured: what others do at its side costs no time of its own.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from time import perf_counter
from typing import Any, Literal, get_args

BEGAN = perf_counter()
"""When this module was imported, which the program does before all else: its start, but for that of Python itself."""

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
"""What time is spent on, in the order of a training. Compiling is the first call of each compiled function."""

PHASES: tuple[Phase, ...] = get_args(Phase)


class Stopwatch:
    """Counts seconds for the phase that runs. Made by `measured`.

    Args:
        since: When its time began; None for now.

    Attributes:
        seconds: Spent on each phase up to its last change, in the order of `PHASES`.
    """

    def __init__(self, since: float | None) -> None:
        self.seconds: dict[Phase, float] = dict.fromkeys(PHASES, 0.0)
        self._running: list[Phase] = ["everything else"]
        self._changed = perf_counter()
        if since is not None:
            self.seconds["starting the program"] = self._changed - since

    def enter(self, phase: Phase) -> None:
        """Begins a phase, which interrupts the one that runs."""
        self._count()
        self._running.append(phase)

    def leave(self) -> None:
        """Ends the phase that runs, and goes on with the one that it interrupted."""
        self._count()
        self._running.pop()

    def _count(self) -> None:
        now = perf_counter()
        self.seconds[self._running[-1]] += now - self._changed
        self._changed = now


_WATCH: ContextVar[Stopwatch | None] = ContextVar("watch", default=None)


@contextmanager
def measured(since: float | None = None) -> Iterator[Stopwatch]:
    """Yields a stopwatch that counts the seconds of what is done within.

    Args:
        since: When its time began, by `time.perf_counter`; what lies before now was spent on starting the program.
            Default: now.
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
    """Counts what is done within for a phase, where somebody measures; also a decorator."""
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
    """Returns the function, whose first call is to count as compiling: TensorFlow traces it then."""
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
