"""Conditional random field: scores of whole sequences of tags."""

from typing import Any

import keras
import tensorflow as tf


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
        ops = keras.ops
        first, last = self.weight[-1, :-1], self.weight[:-1, -1]
        pairs = self.weight[:-1, :-1]
        largest = ops.max(pairs)
        factors = ops.exp(pairs - largest)  # (tags, tags); products of these are faster than sums of logarithms

        def step(forward: Any, at_step: Any) -> Any:
            emitted, known, is_first = at_step
            peak = ops.max(forward, axis=1, keepdims=True)
            reached = ops.log(ops.matmul(ops.exp(forward - peak), factors) + 1e-30) + peak + largest
            reached = ops.where(is_first, first, reached)
            return ops.where(known[:, None], reached + emitted, forward)

        is_first = ops.arange(ops.shape(logits)[1]) == 0
        steps = (ops.transpose(logits, (1, 0, 2)), ops.transpose(is_step, (1, 0)), is_first)
        forward = tf.scan(step, steps, ops.zeros_like(logits[:, 0]))[-1]
        total = ops.logsumexp(forward + last, axis=1)
        return ops.where(is_step[:, 0], total, 0.0)

    def _without_empty_pair(self) -> Any:
        """Returns the weights with 0 for the pair of two borders, which padding consists of."""
        border = self.weight.shape[0] - 1
        is_border = keras.ops.arange(border + 1) == border
        return keras.ops.where(is_border[:, None] & is_border[None, :], 0.0, self.weight)

    def compute_output_shape(self, input_shape: Any) -> Any:  # noqa: D102
        return input_shape
