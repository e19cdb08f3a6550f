"""Conditional random field: scores of whole sequences of tags."""

from typing import Any

import keras
import tensorflow as tf

SMALLEST = 1e-37
"""Smallest sum of probabilities; less is rounding."""


@keras.saving.register_keras_serializable(package="seqkit")
class Transitions(keras.layers.Layer):
    """Weights of pairs of consecutive tags, which make logits a linear-chain conditional random field.

    The score of a sequence of tags is the sum of the logits of its tags and of the weights of its pairs. The pairs
    include the border of the sequence, the last row and column of the weights, with its first and last tag. The layer
    returns its inputs: the loss and the decoder read the weights.

    Args:
        **kwargs: Passed to `keras.layers.Layer`.

    Call arguments:
        inputs: Logits of shape (batch, time, tags).

    Returns:
        The logits.

    Paper: Lafferty, McCallum & Pereira (2001), Conditional Random Fields: Probabilistic Models for Segmenting and
    Labeling Sequence Data, https://repository.upenn.edu/handle/20.500.14332/6188
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, input_shape: Any) -> None:  # noqa: D102
        tags = input_shape[-1] + 1
        self.weight = self.add_weight((tags, tags), initializer="zeros", name="weight")

    def call(self, inputs: Any) -> Any:  # noqa: D102
        return inputs

    def loss(self, y_true: Any, logits: Any) -> Any:
        """Returns the negative log-likelihood of the tags of each sequence.

        Args:
            y_true: Tags, int, of shape (batch, time); negative after the end of a sequence.
            logits: Outputs of the layer, of shape (batch, time, tags).

        Returns:
            Tensor of shape (batch,), in nats; 0 for a sequence without steps.
        """
        return self.log_partition(y_true >= 0, logits) - self.score(y_true, logits)

    def score(self, y_true: Any, logits: Any) -> Any:
        """Returns the score of the tags of each sequence, of shape (batch,); see `loss`."""
        ops = keras.ops
        border = logits.shape[-1]
        is_step = y_true >= 0
        tags = ops.where(is_step, y_true, border)
        pairs = ops.pad(tags, ((0, 0), (1, 1)), constant_values=border)  # (batch, time + 2)
        index = pairs[:, :-1] * (border + 1) + pairs[:, 1:]
        weights = ops.take(ops.reshape(self._without_empty_pair(), (-1,)), index, axis=0)
        emitted = ops.take_along_axis(logits, ops.where(is_step, y_true, 0)[..., None], axis=2)[..., 0]
        return ops.sum(weights, axis=1) + ops.sum(ops.where(is_step, emitted, 0.0), axis=1)

    def log_partition(self, is_step: Any, logits: Any) -> Any:
        """Returns the logarithm of the summed exponentials of the scores of all sequences of tags.

        Args:
            is_step: Booleans of shape (batch, time), False after the end of a sequence.
            logits: Outputs of the layer, of shape (batch, time, tags).

        Returns:
            Tensor of shape (batch,).
        """
        return _log_partition(tf.convert_to_tensor(logits), tf.convert_to_tensor(self.weight), is_step)

    def _without_empty_pair(self) -> Any:
        """Returns the weights with 0 for the pair of two borders, which padding consists of."""
        border = self.weight.shape[0] - 1
        is_border = keras.ops.arange(border + 1) == border
        return keras.ops.where(is_border[:, None] & is_border[None, :], 0.0, self.weight)

    def compute_output_shape(self, input_shape: Any) -> Any:  # noqa: D102
        return input_shape


@tf.custom_gradient
def _log_partition(logits: Any, weight: Any, is_step: Any) -> Any:
    """Returns the log-partition with its gradient, the expected counts of tags and pairs, by forward-backward.

    Both passes work on probabilities that sum to 1 at every step. Differentiating the loop would take twice as long.

    Args:
        logits: Tensor of shape (batch, time, tags).
        weight: Weights of pairs, of shape (tags + 1, tags + 1).
        is_step: Booleans of shape (batch, time).
    """
    peaks, largest = tf.reduce_max(logits, axis=2, keepdims=True), tf.reduce_max(weight)
    emitted, factors = tf.exp(logits - peaks), tf.exp(weight - largest)
    pairs, first, last = factors[:-1, :-1], factors[-1, :-1], factors[:-1, -1]
    by_step = tf.transpose(emitted, (1, 0, 2)), tf.transpose(is_step)[:, :, None]  # time first

    def go_forward(state: Any, at_step: Any) -> Any:
        (emitted_now, known), (before, _, is_first) = at_step, state
        reached = tf.where(is_first, first, tf.matmul(before, pairs)) * emitted_now
        total = tf.maximum(tf.reduce_sum(reached, axis=1, keepdims=True), SMALLEST)
        return tf.where(known, reached / total, before), tf.where(known, total, 1.0), False

    def go_backward(after: Any, at_step: Any) -> Any:
        emitted_next, known = at_step
        reached = tf.matmul(after * emitted_next, pairs, transpose_b=True)
        total = tf.maximum(tf.reduce_sum(reached, axis=1, keepdims=True), SMALLEST)
        return tf.where(known, reached / total, after)

    start = tf.zeros_like(emitted[:, 0])
    forward, totals, _ = tf.scan(go_forward, by_step, (start, start[:, :1] + 1.0, True))  # (time, batch, …)
    ended = tf.maximum(tf.reduce_sum(forward[-1] * last, axis=1), SMALLEST)
    known = tf.cast(is_step, logits.dtype)
    scaled = tf.reduce_sum(tf.math.log(totals), axis=(0, 2)) + tf.math.log(ended)
    count = tf.reduce_sum(known, axis=1)
    value = scaled + tf.reduce_sum(known * peaks[:, :, 0], axis=1) + (count + 1.0) * largest

    def gradient(upstream: Any) -> Any:
        ends = tf.zeros_like(start) + last
        before = tf.scan(go_backward, by_step, ends, reverse=True)  # of step 0, that before the first one
        backward = tf.transpose(tf.concat([before[1:], ends[None]], axis=0), (1, 0, 2))
        reached = tf.transpose(forward, (1, 0, 2))
        tags = _normalised(reached * backward) * known[:, :, None]  # (batch, time, tags)
        left, right = reached[:, :-1], (emitted * backward)[:, 1:]
        total = tf.reduce_sum(tf.matmul(left, pairs) * right, axis=2, keepdims=True)
        scale = known[:, 1:, None] * upstream[:, None, None] / tf.maximum(total, SMALLEST)
        inner = pairs * tf.einsum("bti,btj->ij", left * scale, right)
        tags *= upstream[:, None, None]
        is_last = known - tf.pad(known[:, 1:], ((0, 0), (0, 1)))
        by_first, by_last = tf.reduce_sum(tags[:, 0], axis=0), tf.reduce_sum(tags * is_last[:, :, None], axis=(0, 1))
        upper = tf.concat([inner, by_last[:, None]], axis=1)
        lower = tf.concat([by_first[None], tf.zeros((1, 1))], axis=1)
        return tags, tf.concat([upper, lower], axis=0), None

    return tf.where(is_step[:, 0], value, 0.0), gradient


def _normalised(values: Any) -> Any:
    return values / tf.maximum(tf.reduce_sum(values, axis=-1, keepdims=True), SMALLEST)
