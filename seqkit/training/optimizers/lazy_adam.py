"""Adam with sparse updates."""

from typing import Any

import keras
import tensorflow as tf

from seqkit.layers.rows import sum_rows


class LazyAdam(keras.optimizers.Adam):
    """Adam that updates only the embedding rows that a batch uses, both weights and moments.

    A batch uses a small part of a large embedding, whereas `keras.optimizers.Adam` updates the whole table in every
    step. The moments of unused rows stay constant; in `keras.optimizers.Adam` they decay and the rows keep moving.
    Dense gradients are applied as in `keras.optimizers.Adam`.

    Paper: Kingma & Ba (2015), Adam: A Method for Stochastic Optimization, https://arxiv.org/abs/1412.6980
    """

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Updates one variable.

        Args:
            gradient: Tensor, or `tf.IndexedSlices` with distinct rows.
            variable: Variable to update.
            learning_rate: Learning rate of this step.
        """
        if not isinstance(gradient, tf.IndexedSlices):
            super().update_step(gradient, variable, learning_rate)
            return
        rows, change = gradient.indices, gradient.values
        step = tf.cast(self.iterations + 1, variable.dtype)
        rate = tf.cast(learning_rate, variable.dtype) * tf.sqrt(1 - self.beta_2**step) / (1 - self.beta_1**step)
        index = self._get_variable_index(variable)
        first, second = self._momentums[index].value, self._velocities[index].value
        mean = tf.gather(first, rows) * self.beta_1 + change * (1 - self.beta_1)
        square = tf.gather(second, rows) * self.beta_2 + tf.square(change) * (1 - self.beta_2)
        first.scatter_update(tf.IndexedSlices(mean, rows))
        second.scatter_update(tf.IndexedSlices(square, rows))
        variable.scatter_sub(tf.IndexedSlices(rate * mean / (tf.sqrt(square) + self.epsilon), rows))


def merge_rows(gradient: Any) -> Any:
    """Sums the repeated rows of `tf.IndexedSlices`; returns a dense gradient unchanged."""
    if not isinstance(gradient, tf.IndexedSlices):
        return gradient
    rows, positions = tf.unique(gradient.indices)
    count = tf.size(rows)
    are_distinct = count == tf.size(positions)
    values = tf.cond(are_distinct, lambda: gradient.values, lambda: sum_rows(gradient.values, positions, count))
    return tf.IndexedSlices(values, rows, gradient.dense_shape)
