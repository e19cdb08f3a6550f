"""Adam that leaves alone what a step has not seen."""

from typing import Any

import keras
import tensorflow as tf

from seqkit.layers.rows import sum_rows


class LazyAdam(keras.optimizers.Adam):
    """Adam whose averages and weights change only in the rows of a table that the batch has looked up.

    For an embedding of many words, of which a batch holds a few, this is a small part of the work of Keras' own, which
    goes over the whole table in every step. Of a row that was not looked up the averages wait, where Keras' own would
    let them fade and the row drift on. Weights that are no tables are treated as by `keras.optimizers.Adam`.

    Paper: Kingma & Ba (2015), Adam: A Method for Stochastic Optimization, https://arxiv.org/abs/1412.6980
    """

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Updates one variable.

        Args:
            gradient: A tensor; or slices, of which each row stands in the variable once.
            variable: The variable.
            learning_rate: Of this step.
        """
        if not isinstance(gradient, tf.IndexedSlices):
            super().update_step(gradient, variable, learning_rate)
            return
        rows, change = gradient.indices, gradient.values
        step = tf.cast(self.iterations + 1, variable.dtype)
        rate = tf.cast(learning_rate, variable.dtype) * tf.sqrt(1 - self.beta_2**step) / (1 - self.beta_1**step)
        place = self._get_variable_index(variable)
        first, second = self._momentums[place].value, self._velocities[place].value
        mean = tf.gather(first, rows) * self.beta_1 + change * (1 - self.beta_1)
        square = tf.gather(second, rows) * self.beta_2 + tf.square(change) * (1 - self.beta_2)
        first.scatter_update(tf.IndexedSlices(mean, rows))
        second.scatter_update(tf.IndexedSlices(square, rows))
        variable.scatter_sub(tf.IndexedSlices(rate * mean / (tf.sqrt(square) + self.epsilon), rows))


def summed(gradient: Any) -> Any:
    """Returns a gradient in which each row stands once, the sum of all that were looked up; a tensor as it is."""
    if not isinstance(gradient, tf.IndexedSlices):
        return gradient
    rows, place = tf.unique(gradient.indices)
    count = tf.size(rows)
    are_once = count == tf.size(place)
    values = tf.cond(are_once, lambda: gradient.values, lambda: sum_rows(gradient.values, place, count))
    return tf.IndexedSlices(values, rows, gradient.dense_shape)
