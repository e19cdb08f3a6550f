"""Reads what was fitted and kept as plain arrays; whatever is not as expected is refused before it is used."""

import zipfile
import zlib
from collections.abc import Mapping

import numpy as np

from seqkit.errors import DataError


def stored_array(arrays: Mapping[str, np.ndarray], name: str, kind: type[np.generic], *shape: int | None) -> np.ndarray:
    """Returns an array of those that were stored.

    Args:
        arrays: By name; an opened .npz file, without leave to unpickle, is one as well.
        name: Of the array.
        kind: What its numbers are, such as `np.floating`.
        shape: Length of each axis, None where any will do.

    Raises:
        DataError: There is no such array, it cannot be read, or it is of another kind or shape or not finite.
    """
    try:
        array = np.asarray(arrays[name])
    except KeyError as error:
        raise _damaged(name, "it is missing") from error
    except (ValueError, OSError, EOFError, MemoryError, OverflowError, zipfile.BadZipFile, zlib.error) as error:
        raise _damaged(name, str(error) or type(error).__name__) from error
    if not np.issubdtype(array.dtype, kind):
        raise _damaged(name, f"it is of type {array.dtype}, not {kind.__name__}")
    fits = (length in (None, own) for length, own in zip(shape, array.shape, strict=False))
    if array.ndim != len(shape) or not all(fits):
        expected = ", ".join("any" if length is None else str(length) for length in shape)
        raise _damaged(name, f"it is of shape {array.shape}, not ({expected})")
    if np.issubdtype(kind, np.inexact) and not np.isfinite(array).all():
        raise _damaged(name, "it holds a number that is not finite")
    return array


def _damaged(name: str, reason: str) -> DataError:
    return DataError(f"The stored baseline is damaged: '{name}': {reason.removesuffix('.')}. Train the run again.")
