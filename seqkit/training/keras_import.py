"""Imports Keras without TensorFlow's start-up chatter, and without going through all of it for garbage."""

import gc
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
    with _stderr_held_back(), _nothing_collected():
        import keras
        import tensorflow

        tensorflow.config.list_logical_devices()
    return keras


def is_reproducible() -> bool:
    """Whether the same seed gives the same bits again: on a CPU, yes; a GPU adds numbers in an order of its own."""
    import tensorflow

    return not tensorflow.config.list_logical_devices("GPU")


@contextmanager
def thawed_after() -> Iterator[None]:
    """Lets garbage be collected again, at the end, among all that `gc.freeze` left out within."""
    frozen_before = gc.get_freeze_count()
    try:
        yield
    finally:
        if not frozen_before:
            gc.unfreeze()


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Looks for no garbage: what is imported stays, and the more there is of it, the longer every look takes."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


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
