"""Runs NumPy work in a background thread while libraries are imported and graphs are compiled."""

import atexit
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from threading import Event, Thread
from typing import Generic, TypeVar

Result = TypeVar("Result")


class BackgroundTask(Generic[Result]):
    """Starts a function in a background thread.

    The interpreter waits for the function at exit: unloading NumPy's libraries while it runs would crash. BLAS is
    limited to one thread in the meantime, because several would wait for cores that the main thread occupies. The limit
    applies to the whole process, so other NumPy work should wait for the result first.

    Args:
        function: Function to call. It must not read anything that changes, nor print.
    """

    def __init__(self, function: Callable[[], Result]) -> None:
        self._future: Future[Result] = Future()
        self._done = Event()
        atexit.register(self._wait, self._done)
        Thread(target=self._run, args=(function,), name="seqkit-background", daemon=True).start()

    def result(self) -> Result:
        """Waits for the function and returns its result.

        Raises:
            BaseException: Any error that the function raised.
        """
        return self._future.result()

    def _run(self, function: Callable[[], Result]) -> None:
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        try:
            with threadpool_limits(1, user_api="blas"):
                result = function()
        except BaseException as error:  # raised by `result`
            self._future.set_exception(error)
        else:
            self._future.set_result(result)
        finally:
            self._done.set()

    @staticmethod
    def _wait(done: Event) -> None:
        with suppress(KeyboardInterrupt):  # Ctrl-C at exit ends the wait.
            done.wait()
