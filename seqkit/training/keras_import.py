"""Imports Keras without TensorFlow's start-up messages and without garbage collection, which slows imports down."""

import gc
import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType


def import_keras() -> ModuleType:
    """Returns Keras with the TensorFlow backend and initialised devices.

    TensorFlow writes messages about kernels and missing GPUs to the file descriptor of standard error while it is
    imported and when it initialises devices. They are shown only if the import fails.
    """
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if "tensorflow" in sys.modules:
        import keras

        return keras
    with _captured_stderr(), _without_garbage_collection():
        import keras
        import tensorflow

        tensorflow.config.list_logical_devices()
    logging.getLogger("tensorflow").addFilter(_is_no_retracing)
    return keras


def is_reproducible() -> bool:
    """Whether the same seed gives the same bits: on a CPU, yes; on a GPU the order of summation varies."""
    import tensorflow

    return not tensorflow.config.list_logical_devices("GPU")


def _is_no_retracing(record: logging.LogRecord) -> bool:
    """Hides TensorFlow's advice against compiling a function again: each network of an ensemble needs its own."""
    return "triggered tf.function retracing" not in str(record.msg)


@contextmanager
def unfreeze_gc_after() -> Iterator[None]:
    """Undoes `gc.freeze` calls made within the context."""
    frozen_before = gc.get_freeze_count()
    try:
        yield
    finally:
        if not frozen_before:
            gc.unfreeze()


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Disables garbage collection: imported objects stay alive, and each collection would visit all of them."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def _captured_stderr() -> Iterator[None]:
    """Captures output to file descriptor 2, and shows it only if an error is raised."""
    sys.stderr.flush()
    original = os.dup(2)
    with tempfile.TemporaryFile() as captured:
        os.dup2(captured.fileno(), 2)
        try:
            yield
        except BaseException:
            os.dup2(original, 2)
            captured.seek(0)
            os.write(2, captured.read())
            raise
        finally:
            sys.stderr.flush()
            os.dup2(original, 2)
            os.close(original)
