"""Dropout of whole tokens."""

from typing import Any

import keras

UNKNOWN = 1
"""Id of tokens outside the vocabulary."""


@keras.saving.register_keras_serializable(package="seqkit")
class TokenDropout(keras.layers.Layer):
    """Replaces random tokens with the unknown token during training, so that the model relies on no single word.

    Args:
        rate: Fraction of the tokens to replace, [0, 1). Padding is never replaced.
        seed: Random seed.
        **kwargs: Passed to `keras.layers.Layer`.

    Call arguments:
        inputs: Token ids of shape (batch, time); 0 is padding.

    Returns:
        Token ids of the same shape.

    Paper: Iyyer, Manjunatha, Boyd-Graber & Daumé III (2015), Deep Unordered Composition Rivals Syntactic Methods for
    Text Classification, https://doi.org/10.3115/v1/P15-1162 (which removes the tokens)
    """

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rate = rate
        self.seed = seed
        self.generator = keras.random.SeedGenerator(seed)

    def call(self, inputs: Any, training: bool = False) -> Any:  # noqa: D102
        if not training or self.rate == 0:
            return inputs
        uniform = keras.random.uniform(keras.ops.shape(inputs), seed=self.generator)
        return keras.ops.where((uniform < self.rate) & (inputs != 0), UNKNOWN, inputs)

    def get_config(self) -> dict[str, Any]:  # noqa: D102
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}
