"""Initialisation of embedding tables, and lookups with efficient gradients for frequently repeated rows."""

import random
from typing import Any

import keras
import numpy as np
import tensorflow as tf

ROWS = 1 << 14
"""Rows to initialise at once."""


@keras.saving.register_keras_serializable(package="seqkit")
class NearZero(keras.initializers.Initializer):
    """Uniform distribution between -0.5 / dim and 0.5 / dim; needs memory for two tables, Keras' initializer for three.

    Args:
        seed: Random seed. Default: one derived from `keras.utils.set_random_seed`.
    """

    def __init__(self, seed: int | None = None) -> None:
        self.seed = random.randint(1, 10**9) if seed is None else seed

    def __call__(self, shape: tuple[int, int], dtype: str | None = None) -> Any:
        """Returns a table of shape (rows, dim)."""
        rows, dim = shape
        table = tf.Variable(tf.zeros(shape))
        for first in range(0, rows, ROWS):
            count = min(ROWS, rows - first)
            part = tf.random.stateless_uniform((count, dim), (self.seed, first), -0.5 / dim, 0.5 / dim)
            table.scatter_update(tf.IndexedSlices(part, tf.range(first, first + count)))
        return tf.cast(table, dtype or "float32")

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        return {"seed": self.seed}


def set_rows(variable: Any, ids: np.ndarray, values: np.ndarray) -> None:
    """Sets rows of a Keras variable.

    Args:
        variable: Variable of shape (rows, dim).
        ids: Distinct row numbers, of shape (count,).
        values: Their values, of shape (count, dim).
    """
    variable.value.scatter_update(tf.IndexedSlices(tf.constant(values, tf.float32), tf.constant(ids)))


def look_up(table: Any, ids: Any) -> Any:
    """Looks up rows of a variable; the gradient contains each row once.

    Args:
        table: Variable of shape (rows, dim).
        ids: Row numbers, of any shape.

    Returns:
        Tensor of shape (*ids.shape, dim).
    """
    rows, positions = tf.unique(tf.reshape(ids, (-1,)))
    values = gather_rows(tf.gather(table, rows), positions)
    return tf.reshape(values, tf.concat([tf.shape(ids), [table.shape[-1]]], axis=0))


@tf.custom_gradient
def gather_rows(values: Any, ids: Any) -> Any:
    """Returns `tf.gather(values, ids)`, with a gradient that sorts before summing, which takes a fifth of the time.

    Args:
        values: Tensor of shape (rows, dim).
        ids: Row numbers of shape (count,).
    """

    def gradient(upstream: Any) -> tuple[Any, None]:
        return sum_rows(upstream, ids, tf.shape(values)[0]), None

    return tf.gather(values, ids), gradient


def sum_rows(values: Any, ids: Any, rows: Any) -> Any:
    """Sums the values with the same row number.

    Args:
        values: Tensor of shape (count, dim).
        ids: Row number of each value, of shape (count,).
        rows: Number of rows.

    Returns:
        Tensor of shape (rows, dim).
    """
    order = tf.argsort(ids, stable=True)
    return tf.sparse.segment_sum(values, order, tf.gather(ids, order), num_segments=rows)
