"""Embedding for running text."""

from typing import Any

import keras

from seqkit.layers.rows import look_up


@keras.saving.register_keras_serializable(package="seqkit")
class WordEmbedding(keras.layers.Embedding):
    """`keras.layers.Embedding` whose training time does not depend on the size of the table.

    The gradient contains each row once, summed over all occurrences of the word. Arguments are those of
    `keras.layers.Embedding`. Needs TensorFlow.

    Call arguments:
        tokens: Word ids of shape (batch, time).

    Returns:
        Tensor of shape (batch, time, dim).
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.supports_jit = False  # The number of distinct rows per step is dynamic.

    def call(self, tokens: Any) -> Any:  # noqa: D102
        return look_up(self.embeddings.value, tokens)
