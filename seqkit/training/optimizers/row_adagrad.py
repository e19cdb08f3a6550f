"""Adagrad with one rate for each row of a table."""

from typing import Any

import keras
import tensorflow as tf

from seqkit.training.optimizers.lazy_adam import summed


@keras.saving.register_keras_serializable(package="seqkit")
class RowAdagrad(keras.optimizers.Optimizer):
    """Adagrad that keeps one number a row: the sum of the mean squares of the row's gradients.

    Made for tables of vectors: only the rows that a step has looked up are touched, frequent words take ever smaller
    steps, and the memory is that of the tables and little more.

    Args:
        learning_rate: Step size, (0, inf).
        initial_accumulator_value: What the sums start from, (0, inf); the larger, the smaller the first steps.
        name: Of the optimizer.
        **kwargs: As for any optimizer.

    Paper: Duchi, Hazan & Singer (2011), Adaptive Subgradient Methods for Online Learning and Stochastic Optimization,
    https://jmlr.org/papers/v12/duchi11a.html (there each number has a rate of its own)
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
        """Makes the sums of each variable's rows."""
        if self.built:
            return
        super().build(variables)
        start = keras.initializers.Constant(self.initial_accumulator_value)
        self._sums = [
            self.add_variable(variable.shape[:1], initializer=start, dtype="float32", name="sums")
            for variable in variables
        ]

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Updates one variable.

        Args:
            gradient: A tensor, or slices for the rows that were looked up, in which a row may stand several times.
            variable: The variable.
            learning_rate: Of this step.
        """
        sums = self._sums[self._get_variable_index(variable)].value
        rate = tf.cast(learning_rate, tf.float32)
        within = tuple(range(1, len(variable.shape)))  # axes of a row

        def step(total: Any, change: Any) -> Any:
            scale = rate * tf.math.rsqrt(total)
            for axis in within:
                scale = tf.expand_dims(scale, axis)
            return scale * change

        if not isinstance(gradient, tf.IndexedSlices):
            total = sums + tf.reduce_mean(tf.square(gradient), axis=within)
            sums.assign(total)
            variable.assign_sub(step(total, gradient))
            return
        gradient = summed(gradient)
        rows, change = gradient.indices, gradient.values
        total = tf.gather(sums, rows) + tf.reduce_mean(tf.square(change), axis=within)
        sums.scatter_update(tf.IndexedSlices(total, rows))
        moved = tf.gather(variable, rows) - step(total, change)
        variable.scatter_update(tf.IndexedSlices(moved, rows))

    def get_config(self) -> dict[str, Any]:  # noqa: D102
        return {**super().get_config(), "initial_accumulator_value": self.initial_accumulator_value}
