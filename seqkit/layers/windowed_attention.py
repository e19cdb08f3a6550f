"""Causal self-attention over a window of the last steps."""

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="seqkit")
class WindowedAttention(keras.layers.Layer):
    """Multi-head self-attention in which a step attends to itself and to the steps just before it.

    Positions are relative: rotary embeddings turn queries and keys by an angle that grows with the step, so that their
    product depends on their distance alone. A sequence may therefore have any length, and may be read in parts: the
    keys and values of the last steps are the layer's state, as the hidden vector is that of a recurrent layer.

    Args:
        heads: Attention heads, [1, inf).
        key_dim: Dimensions of each head, an even number, [2, inf).
        context: Steps that a step attends to, itself included, [2, inf).
        dropout: Fraction of the attention weights dropped during training, [0, 1).
        **kwargs: Passed to `keras.layers.Layer`.

    Call arguments:
        inputs: Tensor of shape (batch, steps, features).

    Returns:
        Tensor of the same shape.

    Raises:
        ValueError: `key_dim` is odd, or `context` is less than 2.

    Paper: Su et al. (2021), RoFormer: Enhanced Transformer with Rotary Position Embedding,
    https://arxiv.org/abs/2104.09864; the state: Dai et al. (2019), Transformer-XL, https://arxiv.org/abs/1901.02860
    """

    def __init__(self, heads: int, key_dim: int, context: int, dropout: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if key_dim < 2 or key_dim % 2:
            raise ValueError(
                f"Received an invalid value for argument `key_dim`, expected a positive even number, got {key_dim!r}."
            )
        if context < 2:
            raise ValueError(
                f"Received an invalid value for argument `context`, expected an integer of at least 2, got {context!r}."
            )
        self.heads, self.key_dim, self.context, self.dropout = heads, key_dim, context, dropout
        self.attention_dropout = keras.layers.Dropout(dropout, name="attention_dropout")

    @property
    def state_size(self) -> list[int]:
        """Sizes of the state: keys and values of the steps before, and which of these steps there are."""
        return [(self.context - 1) * 2 * self.heads * self.key_dim, self.context - 1]

    def build(self, input_shape: tuple[int | None, ...]) -> None:  # noqa: D102
        features, width = input_shape[-1], self.heads * self.key_dim
        self.kernel = self.add_weight(shape=(features, 3 * width), initializer="glorot_uniform", name="kernel")
        self.bias = self.add_weight(shape=(3 * width,), initializer="zeros", name="bias")
        self.out_kernel = self.add_weight(shape=(width, features), initializer="glorot_uniform", name="out_kernel")
        self.out_bias = self.add_weight(shape=(features,), initializer="zeros", name="out_bias")

    def call(self, inputs: Any, training: bool = False) -> Any:  # noqa: D102
        batch = keras.ops.shape(inputs)[0]
        states = [keras.ops.zeros((batch, size), dtype=self.compute_dtype) for size in self.state_size]
        _, outputs, _ = self.inner_loop(inputs, states, None, training=training)
        return outputs

    def inner_loop(self, sequences: Any, initial_state: Any, mask: Any, training: bool = False) -> Any:
        """Reads the next steps of some sequences; arguments and results are those of recurrent layers in Keras.

        Args:
            sequences: Tensor of shape (batch, steps, features).
            initial_state: Tensors of shape (batch, size), with the sizes of `state_size`; zeros before the first step.
            mask: None: the sequences are not padded.
            training: Whether to drop attention weights.

        Returns:
            The last output, all outputs, and the state after the last step.
        """
        ops, memory, width = keras.ops, self.context - 1, self.heads * self.key_dim
        before, is_step = initial_state
        batch, steps = ops.shape(sequences)[0], ops.shape(sequences)[1]
        projected = ops.matmul(sequences, self.kernel) + self.bias  # (batch, steps, 3 × width)
        queries = projected[:, :, :width]
        before = ops.reshape(before, (batch, memory, 2 * width))
        keys_values = ops.concatenate([before, projected[:, :, width:]], axis=1)  # (batch, memory + steps, 2 × width)
        is_step = ops.concatenate([is_step, ops.ones((batch, steps), dtype=is_step.dtype)], axis=1)
        place = ops.arange(memory + steps)
        query, key, value = (
            ops.transpose(ops.reshape(x, (batch, -1, self.heads, self.key_dim)), (0, 2, 1, 3))
            for x in (queries, keys_values[:, :, :width], keys_values[:, :, width:])
        )  # (batch, heads, steps, key_dim)
        query, key = self._rotated(query, place[memory:]), self._rotated(key, place)
        scores = ops.matmul(query, ops.transpose(key, (0, 1, 3, 2))) / self.key_dim**0.5
        distance = place[memory:, None] - place[None, :]  # (steps, memory + steps)
        in_window = ops.cast(ops.logical_and(distance >= 0, distance < self.context), scores.dtype)
        visible = in_window[None, None] * is_step[:, None, None, :]
        weights = ops.softmax(scores + (visible - 1.0) * 1e9, axis=-1)
        weights = self.attention_dropout(weights, training=training)
        mixed = ops.transpose(ops.matmul(weights, value), (0, 2, 1, 3))  # (batch, steps, heads, key_dim)
        outputs = ops.matmul(ops.reshape(mixed, (batch, steps, width)), self.out_kernel) + self.out_bias
        sizes, last = self.state_size, (keys_values[:, steps:], is_step[:, steps:])
        state = [ops.reshape(x, (batch, size)) for x, size in zip(last, sizes, strict=True)]
        return outputs[:, -1], outputs, state

    def _rotated(self, x: Any, place: Any) -> Any:
        """Returns heads with each pair of dimensions turned by an angle proportional to the place of the step."""
        half = self.key_dim // 2
        speed = keras.ops.convert_to_tensor([1e4 ** (-pair / half) for pair in range(half)], dtype=x.dtype)
        angle = keras.ops.cast(place, x.dtype)[:, None] * speed  # (steps, key_dim / 2)
        cos, sin, first, second = keras.ops.cos(angle), keras.ops.sin(angle), x[..., :half], x[..., half:]
        return keras.ops.concatenate([first * cos - second * sin, first * sin + second * cos], axis=-1)

    def get_config(self) -> dict[str, Any]:  # noqa: D102
        config = {"heads": self.heads, "key_dim": self.key_dim, "context": self.context, "dropout": self.dropout}
        return {**super().get_config(), **config}
