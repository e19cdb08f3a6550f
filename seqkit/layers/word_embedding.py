"""An embedding for running text, in which the same words come up again and again."""

from typing import Any

import keras

from seqkit.layers.rows import look_up


@keras.saving.register_keras_serializable(package="seqkit")
class WordEmbedding(keras.layers.Embedding):
    """`keras.layers.Embedding` that costs the same however large its table is: steps never copy it.

    Its gradient holds each row once, the sum over all places where the word stands. Arguments are those of
    `keras.layers.Embedding`. Runs on TensorFlow.

    Call arguments:
        tokens: Word numbers of shape (batch, time).

    Returns:
        Vectors of shape (batch, time, dim).
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.supports_jit = False  # Which rows a step looks up is known only when it runs.

    def call(self, tokens: Any) -> Any:  # noqa: D102
        return look_up(self.embeddings.value, tokens)
