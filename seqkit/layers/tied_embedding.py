"""Embedding of tokens that is the output layer of the same model, too."""

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="seqkit")
class TiedEmbedding(keras.layers.Embedding):
    """`keras.layers.Embedding` that also computes logits: products of its vectors with an output, plus a bias.

    A language model then learns one table instead of two, and a token that is predicted also trains its input vector.
    Arguments are those of `keras.layers.Embedding`.

    Call arguments:
        inputs: Token ids of shape (batch, time), or with `reverse` vectors of shape (batch, time, output_dim).
        reverse: Whether to compute logits.

    Returns:
        Tensor of shape (batch, time, output_dim), or with `reverse` logits of shape (batch, time, input_dim).

    Paper: Press & Wolf (2017), Using the Output Embedding to Improve Language Models, https://arxiv.org/abs/1608.05859
    """

    def build(self, input_shape: Any = None) -> None:  # noqa: D102
        super().build(input_shape)
        self.bias = self.add_weight(shape=(self.input_dim,), initializer="zeros", name="bias")

    def call(self, inputs: Any, reverse: bool = False) -> Any:  # noqa: D102
        if not reverse:
            return super().call(inputs)
        return keras.ops.matmul(inputs, keras.ops.transpose(self.embeddings)) + self.bias

    def compute_output_spec(self, inputs: Any, reverse: bool = False) -> Any:  # noqa: D102
        last = (*inputs.shape[:-1], self.input_dim) if reverse else (*inputs.shape, self.output_dim)
        return keras.KerasTensor(last, dtype=self.compute_dtype)
