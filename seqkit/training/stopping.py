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

    Only in a process' main thread, where Python lets signals be caught; elsewhere it never is.

    Args:
        note: Told that the training is about to stop.
    """
    asked = threading.Event()

    def stop(number: int, frame: Any) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()
        note("stopping after this step; once more stops at once")

    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set
        return
    before = [signal.signal(number, stop) for number in SIGNALS]
    try:
        yield asked.is_set
    finally:
        for number, handler in zip(SIGNALS, before, strict=True):
            signal.signal(number, handler)
