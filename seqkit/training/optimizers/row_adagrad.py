"""Adagrad with one accumulator per row."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from seqkit.training.optimizers.lazy_adam import merge_rows


@keras.saving.register_keras_serializable(package="seqkit")
class RowAdagrad(keras.optimizers.Optimizer):
    """Adagrad for embeddings, with one accumulator per row: the sum of the mean squared gradients of the row.

    It updates only the rows that a step uses, takes smaller steps for frequent words, and needs little memory besides
    the embedding itself.

    Args:
        learning_rate: Learning rate, (0, inf).
        initial_accumulator_value: Initial value of the accumulators, (0, inf); larger values shorten the first steps.
        name: Name of the optimizer.
        **kwargs: Passed to `keras.optimizers.Optimizer`.

    Paper: Duchi, Hazan & Singer (2011), Adaptive Subgradient Methods for Online Learning and Stochastic Optimization,
    https://jmlr.org/papers/v12/duchi11a.html (with one accumulator per weight)
    """

    def __init__(
        self,
        learning_rate: Any = 0.4,
        initial_accumulator_value: float = 1e-9,
        name: str = "row_adagrad",
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)
        self.initial_accumulator_value = initial_accumulator_value

    def build(self, variables: list[Any]) -> None:
        """Creates the accumulators of each variable's rows."""
        if self.built:
            return
        super().build(variables)
        start = keras.initializers.Constant(self.initial_accumulator_value)
        self._sums = [
            self.add_variable(variable.shape[:1], initializer=start, dtype="float32", name="sums")
            for variable in variables
        ]

    def accumulate(self, variable: Any, rows: np.ndarray, sums: np.ndarray) -> None:
        """Sets the accumulators of rows that were trained before, so that their first steps are small.

        Args:
            variable: A variable of the optimizer.
            rows: Row numbers, of shape (rows,).
            sums: Sum of the mean squared gradients of each, of shape (rows,).
        """
        self._sums[self._get_variable_index(variable)].value.scatter_update(
            tf.IndexedSlices(tf.constant(sums, tf.float32), tf.constant(rows))
        )

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Updates one variable.

        Args:
            gradient: Tensor, or `tf.IndexedSlices`, possibly with repeated rows.
            variable: Variable to update.
            learning_rate: Learning rate of this step.
        """
        sums = self._sums[self._get_variable_index(variable)].value
        rate = tf.cast(learning_rate, tf.float32)
        row_axes = tuple(range(1, len(variable.shape)))

        def step(total: Any, change: Any) -> Any:
            scale = rate * tf.math.rsqrt(total)
            for axis in row_axes:
                scale = tf.expand_dims(scale, axis)
            return scale * change

        if not isinstance(gradient, tf.IndexedSlices):
            total = sums + tf.reduce_mean(tf.square(gradient), axis=row_axes)
            sums.assign(total)
            variable.assign_sub(step(total, gradient))
            return
        gradient = merge_rows(gradient)
        rows, change = gradient.indices, gradient.values
        total = tf.gather(sums, rows) + tf.reduce_mean(tf.square(change), axis=row_axes)
        sums.scatter_update(tf.IndexedSlices(total, rows))
        updated = tf.gather(variable, rows) - step(total, change)
        variable.scatter_update(tf.IndexedSlices(updated, rows))

    def get_config(self) -> dict[str, Any]:  # noqa: D102
        return {**super().get_config(), "initial_accumulator_value": self.initial_accumulator_value}
