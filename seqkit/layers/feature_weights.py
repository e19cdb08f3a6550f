"""Linear model on features that are present or absent."""

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="seqkit")
class FeatureWeights(keras.layers.Layer):
    """Sum of the weights of the features of each step, one weight per feature and output.

    Args:
        buckets: Number of feature ids, [2, inf); 0 is no feature.
        units: Number of outputs, [1, inf).
        rate: Fraction of the features dropped during training, [0, 1).
        seed: Random seed.
        **kwargs: Passed to `keras.layers.Layer`.

    Call arguments:
        inputs: Feature ids of shape (batch, time, slots).

    Returns:
        Tensor of shape (batch, time, units).
    """

    def __init__(self, buckets: int, units: int, rate: float = 0.0, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.buckets, self.units, self.rate, self.seed = buckets, units, rate, seed
        self.generator = keras.random.SeedGenerator(seed)

    def build(self, input_shape: Any) -> None:  # noqa: D102
        self.weight = self.add_weight((self.buckets, self.units), initializer="zeros", name="weight")

    def call(self, inputs: Any, training: bool = False) -> Any:  # noqa: D102
        ops = keras.ops
        present = ops.cast(inputs != 0, self.compute_dtype)
        if training and self.rate:
            present = keras.random.dropout(present, self.rate, seed=self.generator)
        weights = ops.take(self.weight, inputs, axis=0)  # (batch, time, slots, units)
        return ops.sum(weights * present[..., None], axis=2)

    def compute_output_shape(self, input_shape: Any) -> Any:  # noqa: D102
        return (*input_shape[:2], self.units)

    def get_config(self) -> dict[str, Any]:  # noqa: D102
        names = ("buckets", "units", "rate", "seed")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
