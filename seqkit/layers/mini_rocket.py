"""Features of the 84 kernels of MiniRocket."""

import random
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import keras
import numpy as np

from seqkit.layers._dilated_responses import channel_choices, counted_steps, responses, shares

LENGTH, HEAVY = 9, 3
KERNELS = list(combinations(range(LENGTH), HEAVY))
"""The taps with weight 2 of each kernel; its others have weight −1."""

MAX_DILATIONS = 32


@keras.saving.register_keras_serializable(package="seqkit")
class MiniRocket(keras.layers.Layer):
    """Share of steps at which the response to a kernel exceeds a bias, for 84 kernels, many dilations and many biases.

    The kernels are all those of nine taps of which three weigh 2 and six −1. The biases of a kernel and dilation are
    quantiles of its responses to one sequence, drawn at random; `adapt` sets them. Half of the kernels read zeros
    beyond the ends of a sequence, the others stay within it. Nothing is trained.

    Args:
        features: Number of features, rounded down to a multiple of 84, [84, inf).
        length: Steps of the longest sequences, which limits the dilations, [1, inf).
        seed: Seed of what is drawn; None draws one from Python's generator, which `keras.utils.set_random_seed` seeds.
        **kwargs: Passed to `keras.layers.Layer`.

    Call arguments:
        inputs: Tensor of shape (batch, steps, channels).
        mask: Tensor of shape (batch, steps), False after the end of each sequence. Defaults to the mask of `inputs`.

    Returns:
        Tensor of shape (batch, features).

    Paper: Dempster, Schmidt & Webb (2021), MiniRocket: A very fast (almost) deterministic transform for time series
    classification, https://arxiv.org/abs/2012.08791
    """

    def __init__(self, features: int, length: int, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(trainable=False, **{name: value for name, value in kwargs.items() if name != "trainable"})
        self.features, self.length = features, length
        self.seed = random.randrange(1 << 32) if seed is None else seed

    def build(self, input_shape: tuple[int | None, ...]) -> None:  # noqa: D102
        channels = int(input_shape[-1])  # type: ignore[arg-type]
        rng = np.random.default_rng(self.seed)
        weights = np.full((LENGTH, len(KERNELS)), -1.0)
        for number, taps in enumerate(KERNELS):
            weights[list(taps), number] = 2.0
        self._groups: list[tuple[int, Any, Any]] = []
        for dilation, count in _dilations(self.features // len(KERNELS), self.length):
            choices = channel_choices(rng, len(KERNELS), channels, LENGTH)
            kernel = (weights[:, None] * choices.T).reshape(LENGTH * channels, len(KERNELS))
            name = f"{dilation}"
            self._groups.append(
                (
                    dilation,
                    self.add_weight(
                        shape=kernel.shape,
                        initializer=keras.initializers.Constant(kernel.astype(np.float32)),
                        trainable=False,
                        name=f"kernel_{name}",
                    ),
                    self.add_weight(
                        shape=(len(KERNELS), count), initializer="zeros", trainable=False, name=f"biases_{name}"
                    ),
                )
            )

    def adapt(self, sequences: Sequence[Any]) -> None:
        """Sets the biases from sequences of training.

        Args:
            sequences: Arrays of shape (steps, channels), at least one.
        """
        rng = np.random.default_rng([self.seed, 1])
        number = 0
        for dilation, kernel, biases in self._groups:
            chosen = rng.integers(len(sequences), size=len(KERNELS))
            values = np.empty(biases.shape)
            for index in np.unique(chosen):
                inputs = keras.ops.convert_to_tensor(np.asarray(sequences[index], np.float32)[None])
                found = keras.ops.convert_to_numpy(responses(inputs, None, kernel, LENGTH, dilation))[0]
                for column in np.flatnonzero(chosen == index):
                    # The golden ratio spreads the quantiles of all kernels evenly over [0, 1).
                    order = number + len(KERNELS) * np.arange(biases.shape[1]) + column + 1
                    values[column] = np.quantile(found[:, column], order * ((np.sqrt(5) + 1) / 2) % 1)
            biases.assign(values)
            number += values.size

    def call(self, inputs: Any, mask: Any = None) -> Any:  # noqa: D102
        ops, features = keras.ops, []
        for number, (dilation, kernel, biases) in enumerate(self._groups):
            values = responses(inputs, mask, kernel, LENGTH, dilation)  # (batch, steps, 84)
            counted = counted_steps(inputs, mask, dilation * (LENGTH // 2))
            for half, steps in enumerate(counted):
                first = (number + half) % 2  # every second kernel is padded, in turn
                is_above = values[:, :, first::2, None] > biases[first::2]  # (batch, steps, 42, biases)
                flat = ops.reshape(is_above, (-1, ops.shape(inputs)[1], len(KERNELS) // 2 * biases.shape[1]))
                features.append(shares(flat, steps))
        return ops.concatenate(features, axis=1)

    def compute_mask(self, inputs: Any, mask: Any = None) -> None:
        """Returns None: the output has no steps to mask."""

    def get_config(self) -> dict[str, Any]:  # noqa: D102
        return {**super().get_config(), "features": self.features, "length": self.length, "seed": self.seed}


def _dilations(count: int, length: int) -> list[tuple[int, int]]:
    """Returns the dilations, and how many biases each kernel has with each.

    Args:
        count: Biases of a kernel over all dilations.
        length: Steps of the longest sequences.
    """
    largest = np.log2(max((length - 1) / (LENGTH - 1), 1))
    number = min(count, MAX_DILATIONS)
    dilations, multiples = np.unique(np.floor(2 ** np.linspace(0, largest, number) + 1e-9), return_counts=True)
    shares_of = np.floor(multiples * count / number).astype(int)
    for extra in range(count - int(shares_of.sum())):
        shares_of[extra % len(shares_of)] += 1
    return list(zip(dilations.astype(int).tolist(), shares_of.tolist(), strict=True))
