"""Convolutions over time: short filters slid along the window, each layer at a coarser step than the one below.

Every filter looks back only: at a step it sees that step and those before it.

When to reach for it: where the pattern is short and may lie anywhere in the window, such as a daily shape or a spike,
and where training must be quick: nothing waits for the step before.

When not: where the window is as short as the filters, or where one thing long ago must be carried over all that came
since.

Paper: Bai, Kolter & Koltun (2018), An Empirical Evaluation of Generic Convolutional and Recurrent Networks for
Sequence Modeling, https://arxiv.org/abs/1803.01271; Waibel et al. (1989), Phoneme Recognition Using Time-Delay Neural
Networks, https://doi.org/10.1109/29.21701
"""

import keras

from seqkit.spec import Spec

TASKS = ("forecast",)


def build_model(
    spec: Spec,
    *,
    filters: tuple[int, ...] = (32, 32, 32),
    kernel_size: int = 5,
    pool_size: int = 2,
    dropout: float = 0.3,
) -> keras.Model:
    """Builds the model, uncompiled.

    Args:
        spec: What the model takes in and gives out.
        filters: Filters of each layer, first to last, [1, inf).
        kernel_size: Steps that a filter spans, [1, inf).
        pool_size: Neighbouring steps of which each layer passes on the largest, [1, inf).
        dropout: Share of the last layer's outputs dropped in training, [0, 1).

    Returns:
        A model from (batch, steps, features) to (batch, horizon, targets).
    """
    inputs, x = spec.inputs()  # (batch, steps, features)
    for number, width in enumerate(filters, start=1):
        # Padding keeps at least one step, however short the window.
        x = keras.layers.Conv1D(width, kernel_size, padding="causal", activation="relu", name=f"conv_{number}")(x)
        x = keras.layers.MaxPooling1D(pool_size, padding="same", name=f"pool_{number}")(x)  # (batch, ⌈steps / pool⌉, …)
    x = keras.layers.Flatten(name="flatten")(x)
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    return keras.Model(inputs, spec.outputs(x), name="conv1d")
