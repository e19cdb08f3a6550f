"""Ctrl-C: once, the training writes down where it stands and ends; twice, it ends at once."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stopping(note: Callable[[str], None]) -> Iterator[Callable[[], bool]]:
    """Yields a function that says whether the training is to stop.

    The signal is but noted when it comes, as the training may be in the middle of writing a line then.

    Only in a process' main thread, where Python lets signals be caught; elsewhere it never is.

    Args:
        note: Told that the training is about to stop, when it is asked for the first time.
    """
    asked, told = threading.Event(), threading.Event()

    def stop(number: int, frame: Any) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    def stops() -> bool:
        if asked.is_set() and not told.is_set():
            told.set()
            note("stopping after this step; once more stops at once")
        return asked.is_set()

    if threading.current_thread() is not threading.main_thread():
        yield stops
        return
    before = [signal.signal(number, stop) for number in SIGNALS]
    try:
        yield stops
    finally:
        for number, handler in zip(SIGNALS, before, strict=True):
            signal.signal(number, handler)
