"""Convolutions over time: short filters slid along the sequence, each layer at a coarser step than the one below.

Every filter looks back only: at a step it sees that step and those before it. Filters of several widths may stand side
by side. A forecast reads all steps that the last layer leaves; a label is told from the strongest answer of each of
its filters, wherever in the sequence it came (max over time).

When to reach for it: where the pattern is short and may lie anywhere, such as a daily shape, a spike, or a telling
phrase in a text, and where training must be quick: nothing waits for the step before.

When not: where the window is as short as the filters, or where one thing long ago must be carried over all that came
since.

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

TASKS = ("forecast", "classify")
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
    """Builds the model, uncompiled.

    Args:
        spec: What the model takes in and gives out.
        filters: Filters of each layer, first to last, [1, inf). Each layer has so many of every width.
        kernel_size: Widths of the filters of every layer, in steps, [1, inf).
        pool_size: Neighbouring steps of which the largest is passed on from layer to layer, [1, inf).
        pooling: What is read of the last layer. `flatten`: all its steps, pooled once more. `max`: of each filter the
            largest value over all of time. `auto`: flatten to forecast, max to label.
        dropout: Share of what is read of the last layer dropped in training, [0, 1).

    Returns:
        A model that takes in and gives out what the spec says.

    Raises:
        ValueError: `kernel_size` is empty, or `pooling` is "flatten" and lengths differ.
    """
    if not kernel_size:
        raise ValueError("Received an invalid value for argument `kernel_size`, expected at least one width, got ().")
    if pooling == "flatten" and spec.steps is None:
        raise ValueError('Received `pooling="flatten"` where lengths differ, expected "max" or "auto".')
    inputs, x = spec.inputs()  # (batch, steps, features)
    for number, width in enumerate(filters, start=1):
        if number > 1:
            x = MaskedMaxPooling1D(pool_size, name=f"pool_{number - 1}")(x)  # (batch, ⌈steps / pool_size⌉, …)
        # Padding keeps at least one step, however short the sequence.
        branches = [
            MaskedConv1D(width, size, padding="causal", activation="relu", name=f"conv_{number}_{place}")(x)
            for place, size in enumerate(kernel_size, start=1)
        ]
        x = keras.layers.Concatenate(name=f"joined_{number}")(branches) if len(branches) > 1 else branches[0]
    if pooling == "max" or (pooling == "auto" and spec.classes):
        x = MaskedGlobalMaxPooling1D(name="strongest")(x)  # (batch, widths × filters)
    else:
        x = MaskedMaxPooling1D(pool_size, name="pool")(x)
        x = keras.layers.Flatten(name="flatten")(x)
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    return keras.Model(inputs, spec.outputs(x), name="conv1d")
