"""Dropout of whole tokens."""

from typing import Any

import keras

UNKNOWN = 1
"""Id of what is not in the vocabulary."""


@keras.saving.register_keras_serializable(package="seqkit")
class TokenDropout(keras.layers.Layer):
    """Turns some tokens of a text into unknown ones while training, so that no single word is relied upon.

    Args:
        rate: Share of the tokens, [0, 1). Padding stays padding.
        seed: Of the draw.
        **kwargs: As for any layer.

    Call arguments:
        inputs: Token ids of shape (batch, time); 0 is the padding.

    Returns:
        Token ids of the same shape.

    Paper: Iyyer, Manjunatha, Boyd-Graber & Daumé III (2015), Deep Unordered Composition Rivals Syntactic Methods for
    Text Classification, https://doi.org/10.3115/v1/P15-1162 (there the tokens are left out)
    """

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rate = rate
        self.seed = seed
        self.generator = keras.random.SeedGenerator(seed)

    def call(self, inputs: Any, training: bool = False) -> Any:  # noqa: D102
        if not training or self.rate == 0:
            return inputs
        drawn = keras.random.uniform(keras.ops.shape(inputs), seed=self.generator)
        return keras.ops.where((drawn < self.rate) & (inputs != 0), UNKNOWN, inputs)

    def get_config(self) -> dict[str, Any]:  # noqa: D102
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}
