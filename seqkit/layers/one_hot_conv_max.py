"""Convolution over one-hot tokens and its maximum over time, by looking up instead of multiplying."""

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="seqkit")
class OneHotConvMax(keras.layers.Layer):
    """The strongest answer of each filter to any run of a few tokens in a text.

    The same as `Conv1D(filters, kernel_size, padding="same", activation="relu")` over one-hot tokens, followed by the
    maximum over all tokens of the text: a filter's answer to a run of tokens is the sum of one number for each of them,
    looked up by token and place in the run. Padding, and what lies beyond the ends, adds nothing.

    On TensorFlow the gradient is passed on to the tokens of the strongest run alone, for only these have one, and as
    rows of the table rather than as the whole of it.

    Args:
        vocabulary: Number of tokens; id 0 is the padding, [2, inf).
        filters: Filters, [1, inf).
        kernel_size: Tokens to a run, [1, inf).
        **kwargs: As for any layer.

    Call arguments:
        inputs: Token ids of shape (batch, time), at least one of each text not 0.

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
        small = keras.initializers.RandomUniform(-0.01, 0.01)
        # One row a token: what it adds to each filter in each place of a run.
        shape = (self.vocabulary, self.kernel_size * self.filters)
        self.kernel = self.add_weight(shape=shape, initializer=small, name="kernel")
        self.bias = self.add_weight(shape=(self.filters,), initializer="zeros", name="bias")

    def call(self, inputs: Any, training: bool = False) -> Any:  # noqa: D102
        if training and keras.backend.backend() == "tensorflow":
            strongest = self._strongest_in_training(inputs)
        else:
            strongest = keras.ops.max(self._answers(inputs), axis=1)
        return keras.ops.relu(strongest + self.bias)

    def compute_mask(self, inputs: Any, mask: Any = None) -> None:
        """Returns None: no steps are left that could be masked."""

    def get_config(self) -> dict[str, Any]:  # noqa: D102
        own = {"vocabulary": self.vocabulary, "filters": self.filters, "kernel_size": self.kernel_size}
        return {**super().get_config(), **own}

    def _answers(self, tokens: Any) -> Any:
        """Returns each filter's answer to the run around each token, (batch, time, filters); none to padding."""
        ops = keras.ops
        before = (self.kernel_size - 1) // 2
        after = self.kernel_size - 1 - before
        time = ops.shape(tokens)[1]
        filled = ops.pad(tokens, ((0, 0), (before, after)))
        there = ops.cast(filled != 0, self.compute_dtype)[:, :, None]
        answers = 0.0
        for place in range(self.kernel_size):
            table = self.kernel[:, place * self.filters : (place + 1) * self.filters]
            own = slice(place, place + time)
            answers += ops.take(table, filled[:, own], axis=0) * there[:, own]
        return ops.where((tokens != 0)[:, :, None], answers, -1e9)

    def _strongest_in_training(self, tokens: Any) -> Any:
        """Returns the maximum over time of `_answers`, with a gradient that knows where the maximum was."""
        import tensorflow as tf

        filters, before = self.filters, (self.kernel_size - 1) // 2
        distinct, position = tf.unique(tf.reshape(tokens, (-1,)))
        position = tf.reshape(position, tf.shape(tokens))
        rows = tf.gather(tf.convert_to_tensor(self.kernel), distinct)  # (distinct, kernel_size × filters)
        nothing = tf.shape(rows)[0]  # one row more, of zeros, for what adds nothing
        filled = tf.pad(
            tf.where(tokens != 0, position, nothing),
            ((0, 0), (before, self.kernel_size - 1 - before)),
            constant_values=tf.reduce_max(nothing),
        )
        time = tf.shape(tokens)[1]
        places = [filled[:, place : place + time] for place in range(self.kernel_size)]
        blank = tf.where(tokens != 0, 0.0, -1e9)[:, :, None]

        @tf.custom_gradient
        def strongest(rows: Any) -> Any:
            answers = blank
            for place, where in enumerate(places):
                own = rows[:, place * filters : (place + 1) * filters]
                answers += tf.gather(tf.pad(own, ((0, 1), (0, 0))), where)  # (batch, time, filters)
            at = tf.argmax(answers, axis=1, output_type=tf.int32)  # (batch, filters)

            def gradient(upstream: Any) -> Any:
                column = tf.broadcast_to(tf.range(filters), tf.shape(at))
                parts = []
                for where in places:
                    row = tf.gather(where, at, batch_dims=1)  # the token in this place of the strongest run
                    cells = tf.reshape(row * filters + column, (-1,))
                    sums = tf.math.unsorted_segment_sum(
                        tf.reshape(upstream, (-1,)), cells, (tf.shape(rows)[0] + 1) * filters
                    )
                    parts.append(tf.reshape(sums, (-1, filters))[:-1])
                return tf.concat(parts, axis=1)

            return tf.reduce_max(answers, axis=1), gradient

        return strongest(rows)
