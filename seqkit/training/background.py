"""Work in NumPy that is done at the side, while libraries are imported and graphs are compiled on another core."""

import atexit
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from threading import Event, Thread
from typing import Generic, TypeVar

Found = TypeVar("Found")


class BackgroundTask(Generic[Found]):
    """Begins some work in a thread of its own.

    A program that ends before it is done waits for it: NumPy's libraries are taken down then, and would crash. Its
    products of matrices are made by one thread: of several, each would wait for those that the program keeps from their
    core. That number holds for all of NumPy while the work lasts, so nothing else may come to hang on it.

    Args:
        work: What is to be done. It reads nothing that changes, and prints nothing.
    """

    def __init__(self, work: Callable[[], Found]) -> None:
        self._future: Future[Found] = Future()
        self._done = Event()
        atexit.register(self._wait, self._done)
        Thread(target=self._do, args=(work,), name="seqkit-meanwhile", daemon=True).start()

    def result(self) -> Found:
        """Returns what the work found, once it is done.

        Raises:
            BaseException: What the work raised.
        """
        return self._future.result()

    def _do(self, work: Callable[[], Found]) -> None:
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        try:
            with threadpool_limits(1, user_api="blas"):
                found = work()
        except BaseException as error:  # Whoever asks for the result is told.
            self._future.set_exception(error)
        else:
            self._future.set_result(found)
        finally:
            self._done.set()

    @staticmethod
    def _wait(done: Event) -> None:
        with suppress(KeyboardInterrupt):  # Who is in such haste may have it.
            done.wait()
