"""Convolution over one-hot tokens and max pooling over time, computed by table lookup."""

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="seqkit")
class OneHotConvMax(keras.layers.Layer):
    """Maximum response of each filter to any n-gram of a text.

    Equivalent to `Conv1D(filters, kernel_size, padding="same", activation="relu")` over one-hot tokens, followed by
    global max pooling. The response to an n-gram is the sum of one kernel entry per token, looked up by token id and
    position in the n-gram. Padding contributes zero.

    On TensorFlow the gradient is sparse: it has rows only for the tokens of the n-grams with the maximum response.

    Args:
        vocabulary: Number of tokens, [2, inf); id 0 is padding.
        filters: Number of filters, [1, inf).
        kernel_size: Tokens per n-gram, [1, inf).
        **kwargs: Passed to `keras.layers.Layer`.

    Call arguments:
        inputs: Token ids of shape (batch, time); each text needs at least one nonzero id.

    Returns:
        Tensor of shape (batch, filters).

    Paper: Johnson & Zhang (2015), Effective Use of Word Order for Text Categorization with Convolutional Neural
    Networks, https://arxiv.org/abs/1412.1058
    """

    def __init__(self, vocabulary: int, filters: int, kernel_size: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.vocabulary = vocabulary
        self.filters = filters
        self.kernel_size = kernel_size

    def build(self, input_shape: tuple[int | None, ...]) -> None:  # noqa: D102
        initializer = keras.initializers.RandomUniform(-0.01, 0.01)
        # One row per token, so that a lookup reads contiguous memory.
        shape = (self.vocabulary, self.kernel_size * self.filters)
        self.kernel = self.add_weight(shape=shape, initializer=initializer, name="kernel")
        self.bias = self.add_weight(shape=(self.filters,), initializer="zeros", name="bias")

    def call(self, inputs: Any, training: bool = False) -> Any:  # noqa: D102
        if training and keras.backend.backend() == "tensorflow":
            largest = self._sparse_maximum(inputs)
        else:
            largest = keras.ops.max(self._responses(inputs), axis=1)
        return keras.ops.relu(largest + self.bias)

    def compute_mask(self, inputs: Any, mask: Any = None) -> None:
        """Returns None: the output has no steps to mask."""

    def get_config(self) -> dict[str, Any]:  # noqa: D102
        arguments = {"vocabulary": self.vocabulary, "filters": self.filters, "kernel_size": self.kernel_size}
        return {**super().get_config(), **arguments}

    def _responses(self, tokens: Any) -> Any:
        """Returns the response of each filter around each token, (batch, time, filters); -1e9 for padding."""
        ops = keras.ops
        before = (self.kernel_size - 1) // 2
        after = self.kernel_size - 1 - before
        time = ops.shape(tokens)[1]
        padded = ops.pad(tokens, ((0, 0), (before, after)))
        is_token = ops.cast(padded != 0, self.compute_dtype)[:, :, None]
        responses = 0.0
        for offset in range(self.kernel_size):
            table = self.kernel[:, offset * self.filters : (offset + 1) * self.filters]
            steps = slice(offset, offset + time)
            responses += ops.take(table, padded[:, steps], axis=0) * is_token[:, steps]
        return ops.where((tokens != 0)[:, :, None], responses, -1e9)

    def _sparse_maximum(self, tokens: Any) -> Any:
        """Returns the maximum of `_responses` over time, with a gradient for the maximum n-grams only."""
        import tensorflow as tf

        filters, before = self.filters, (self.kernel_size - 1) // 2
        distinct, position = tf.unique(tf.reshape(tokens, (-1,)))
        position = tf.reshape(position, tf.shape(tokens))
        rows = tf.gather(tf.convert_to_tensor(self.kernel), distinct)  # (distinct, kernel_size × filters)
        zero_row = tf.shape(rows)[0]  # index of an extra row of zeros for padding
        padded = tf.pad(
            tf.where(tokens != 0, position, zero_row),
            ((0, 0), (before, self.kernel_size - 1 - before)),
            constant_values=tf.reduce_max(zero_row),
        )
        time = tf.shape(tokens)[1]
        shifted = [padded[:, offset : offset + time] for offset in range(self.kernel_size)]
        bias = tf.where(tokens != 0, 0.0, -1e9)[:, :, None]

        @tf.custom_gradient
        def maximum(rows: Any) -> Any:
            responses = bias
            for offset, row_numbers in enumerate(shifted):
                table = rows[:, offset * filters : (offset + 1) * filters]
                responses += tf.gather(tf.pad(table, ((0, 1), (0, 0))), row_numbers)  # (batch, time, filters)
            step = tf.argmax(responses, axis=1, output_type=tf.int32)  # (batch, filters)

            def gradient(upstream: Any) -> Any:
                column = tf.broadcast_to(tf.range(filters), tf.shape(step))
                parts = []
                for row_numbers in shifted:
                    row = tf.gather(row_numbers, step, batch_dims=1)  # the token at this offset of the maximum n-gram
                    cells = tf.reshape(row * filters + column, (-1,))
                    sums = tf.math.unsorted_segment_sum(
                        tf.reshape(upstream, (-1,)), cells, (tf.shape(rows)[0] + 1) * filters
                    )
                    parts.append(tf.reshape(sums, (-1, filters))[:-1])
                return tf.concat(parts, axis=1)

            return tf.reduce_max(responses, axis=1), gradient

        return maximum(rows)
