"""Convolutions over time: short causal filters, with max pooling between the layers.

Each filter reads a step and the steps before it. A layer may combine filters of several widths. Forecasts read all
steps of the last layer; classification takes the maximum of each filter over time. To tag words, filters are centred,
and nothing is pooled.

When to use it: where the pattern is short and may occur anywhere, such as a daily shape, a spike or a telling phrase,
and where training must be fast: no step waits for the previous one.

When not: where the window is as short as the filters, or where an early step must be remembered over a long sequence.

Paper: Bai, Kolter & Koltun (2018), An Empirical Evaluation of Generic Convolutional and Recurrent Networks for
Sequence Modeling, https://arxiv.org/abs/1803.01271; Waibel et al. (1989), Phoneme Recognition Using Time-Delay Neural
Networks, https://doi.org/10.1109/29.21701; for texts Kim (2014), Convolutional Neural Networks for Sentence
Classification, https://arxiv.org/abs/1408.5882
"""

from typing import Literal

import keras

from seqkit.layers.masked_conv1d import MaskedConv1D
from seqkit.layers.masked_global_max_pooling1d import MaskedGlobalMaxPooling1D
from seqkit.layers.masked_max_pooling1d import MaskedMaxPooling1D
from seqkit.spec import Spec

TASKS = ("forecast", "classify", "tag")
TRAINING = {
    "classify": {"filters": (100,), "kernel_size": (3, 4, 5), "dropout": 0.5},
    "texts": {
        "filters": (128,),
        "kernel_size": (1, 2, 3),
        "embedding": 128,
        "token_dropout": 0.45,
        "learning_rate": 1.5e-3,
        "batch_size": 64,
        "epochs": 6,
    },
}


def build_model(
    spec: Spec,
    *,
    filters: tuple[int, ...] = (32, 32, 32),
    kernel_size: tuple[int, ...] = (5,),
    pool_size: int = 2,
    pooling: Literal["auto", "flatten", "max"] = "auto",
    dropout: float = 0.3,
) -> keras.Model:
    """Builds the uncompiled model.

    Args:
        spec: Model inputs and outputs.
        filters: Number of filters of each width in each layer, first to last, [1, inf).
        kernel_size: Filter widths of every layer, in steps, [1, inf).
        pool_size: Size of the max pooling window between layers, in steps, except for tags, [1, inf).
        pooling: How the last layer is summarised, except for tags. `flatten`: all its steps, after one more max
            pooling. `max`: the maximum of each filter over time. `auto`: `flatten` for forecasts, `max` for
            classification.
        dropout: Fraction of the last features dropped during training, [0, 1).

    Returns:
        A `keras.Model` with the inputs and outputs of `spec`.

    Raises:
        ValueError: `kernel_size` is empty, or `pooling` is "flatten" for sequences of variable length.
    """
    if not kernel_size:
        raise ValueError("Received an invalid value for argument `kernel_size`, expected at least one width, got ().")
    if pooling == "flatten" and spec.steps is None:
        raise ValueError('Received `pooling="flatten"` for sequences of variable length, expected "max" or "auto".')
    inputs, x = spec.inputs()  # (batch, steps, features)
    padding: Literal["same", "causal"] = "same" if spec.per_step else "causal"
    for number, width in enumerate(filters, start=1):
        if number > 1 and not spec.per_step:
            x = MaskedMaxPooling1D(pool_size, name=f"pool_{number - 1}")(x)  # (batch, ⌈steps / pool_size⌉, …)
        # Padding leaves at least one step of any sequence.
        branches = [
            MaskedConv1D(width, size, padding=padding, activation="relu", name=f"conv_{number}_{branch}")(x)
            for branch, size in enumerate(kernel_size, start=1)
        ]
        x = keras.layers.Concatenate(name=f"joined_{number}")(branches) if len(branches) > 1 else branches[0]
    if not spec.per_step and (pooling == "max" or (pooling == "auto" and spec.classes)):
        x = MaskedGlobalMaxPooling1D(name="strongest")(x)  # (batch, widths × filters)
    elif not spec.per_step:
        x = MaskedMaxPooling1D(pool_size, name="pool")(x)
        x = keras.layers.Flatten(name="flatten")(x)
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    return keras.Model(inputs, spec.outputs(x), name="conv1d")
