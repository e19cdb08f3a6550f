"""Imports Keras without TensorFlow's start-up chatter."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType


def import_keras() -> ModuleType:
    """Returns Keras on TensorFlow, with its devices already looked for.

    TensorFlow writes notes on kernels and absent GPUs straight to the process' standard error while it is loaded and
    when it first looks for devices. They are held back; if loading fails, they are shown.
    """
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if "tensorflow" in sys.modules:
        import keras

        return keras
    with _stderr_held_back():
        import keras
        import tensorflow

        tensorflow.config.list_logical_devices()
    return keras


def is_reproducible() -> bool:
    """Whether the same seed gives the same bits again: on a CPU, yes; a GPU adds numbers in an order of its own."""
    import tensorflow

    return not tensorflow.config.list_logical_devices("GPU")


@contextmanager
def _stderr_held_back() -> Iterator[None]:
    """Sends what is written to file descriptor 2 aside, and shows it only if an error is raised."""
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as aside:
        os.dup2(aside.fileno(), 2)
        try:
            yield
        except BaseException:
            os.dup2(kept, 2)
            aside.seek(0)
            os.write(2, aside.read())
            raise
        finally:
            sys.stderr.flush()
            os.dup2(kept, 2)
            os.close(kept)
