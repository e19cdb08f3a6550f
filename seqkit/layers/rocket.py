"""Features of random convolutional kernels."""

import math
import random
from typing import Any

import keras
import numpy as np

from seqkit.layers._dilated_responses import channel_choices, counted_steps, responses, shares

LENGTHS = (7, 9, 11)


@keras.saving.register_keras_serializable(package="seqkit")
class Rocket(keras.layers.Layer):
    """Maximum of the response to each of many random kernels over time, and its share of positive values.

    A kernel has 7, 9 or 11 taps with normal weights, a bias from −1 to 1, and a dilation up to the length of the
    sequences: a power of two, so that kernels share a matrix product, where the paper draws from all numbers. Half of
    the kernels read zeros beyond the ends of a sequence, the others stay within it. The weights are drawn when the
    layer is built, and are not trained.

    Args:
        kernels: Number of kernels, [1, inf).
        length: Steps of the longest sequences, which limits the dilations, [1, inf).
        centred: Share of kernels whose weights have mean zero in each channel, so that they ignore the level, [0, 1];
            1 in the paper.
        seed: Seed of the kernels; None draws one from Python's generator, which `keras.utils.set_random_seed` seeds.
        **kwargs: Passed to `keras.layers.Layer`.

    Call arguments:
        inputs: Tensor of shape (batch, steps, channels), standardised.
        mask: Tensor of shape (batch, steps), False after the end of each sequence. Defaults to the mask of `inputs`.

    Returns:
        Tensor of shape (batch, 2 · kernels): for each group of kernels of one length and dilation, maxima and shares.

    Paper: Dempster, Petitjean & Webb (2020), ROCKET: Exceptionally fast and accurate time series classification using
    random convolutional kernels, https://arxiv.org/abs/1910.13051
    """

    def __init__(self, kernels: int, length: int, centred: float = 1.0, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(trainable=False, **{name: value for name, value in kwargs.items() if name != "trainable"})
        self.kernels, self.length, self.centred = kernels, length, centred
        self.seed = random.randrange(1 << 32) if seed is None else seed

    def build(self, input_shape: tuple[int | None, ...]) -> None:  # noqa: D102
        channels = int(input_shape[-1])  # type: ignore[arg-type]
        rng = np.random.default_rng(self.seed)
        self._groups: list[tuple[int, int, int, Any, Any]] = []
        for number, (length, dilation, count) in enumerate(_sizes(self.kernels, self.length)):
            padded = (count + number % 2) // 2
            weights = rng.normal(size=(length, channels, count))
            weights -= weights.mean(axis=0) * (rng.random(count) < self.centred)
            weights *= channel_choices(rng, count, channels, length).T
            name = f"{length}_{dilation}"
            kernel = self._constant(weights.reshape(length * channels, count), f"kernel_{name}")
            bias = self._constant(rng.uniform(-1, 1, count), f"bias_{name}")
            self._groups.append((length, dilation, padded, kernel, bias))

    def _constant(self, values: np.ndarray, name: str) -> Any:
        initializer = keras.initializers.Constant(values.astype(np.float32))
        return self.add_weight(shape=values.shape, initializer=initializer, trainable=False, name=name)

    def call(self, inputs: Any, mask: Any = None) -> Any:  # noqa: D102
        ops, features = keras.ops, []
        for length, dilation, padded, kernel, bias in self._groups:
            values = responses(inputs, mask, kernel, length, dilation) + bias  # (batch, steps, kernels of the group)
            counted = counted_steps(inputs, mask, dilation * (length // 2))
            for steps, part in zip(counted, (values[:, :, :padded], values[:, :, padded:]), strict=True):
                if part.shape[2]:
                    features.append(ops.max(ops.where(steps[:, :, None] > 0, part, float("-inf")), axis=1))
                    features.append(shares(part > 0, steps))
        return ops.concatenate(features, axis=1)

    def compute_mask(self, inputs: Any, mask: Any = None) -> None:
        """Returns None: the output has no steps to mask."""

    def get_config(self) -> dict[str, Any]:  # noqa: D102
        arguments = {"kernels": self.kernels, "length": self.length, "centred": self.centred, "seed": self.seed}
        return {**super().get_config(), **arguments}


def _sizes(kernels: int, length: int) -> list[tuple[int, int, int]]:
    """Returns the length, the dilation and the number of kernels of each group.

    A third of the kernels has each length; the logarithms of the dilations are spread evenly, as in the paper.

    Args:
        kernels: Number of kernels.
        length: Steps of the longest sequences.
    """
    groups, quotas = [], []
    for taps in LENGTHS:
        largest = math.log2(max((length - 1) / (taps - 1), 1))
        for power in range(int(largest) + 1):
            groups.append((taps, 2**power))
            quotas.append(min(1.0, largest - power) / largest if largest else 1.0)
    ends = np.rint(np.cumsum(quotas) * kernels / len(LENGTHS)).astype(int)
    counts = np.diff(ends, prepend=0).tolist()
    return [(*group, count) for group, count in zip(groups, counts, strict=True) if count]
