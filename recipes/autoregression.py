"""Linear autoregression AR(τ): the next steps as a weighted sum of the τ newest ones. Order 1 is the Markov model.

The newest value is subtracted from the window first, and what is left is weighed: the weights say how recent *changes*
go on. Where a target is predicted from its own column alone (`shared`), that is all: an AR(τ) whose weights on the past
sum to one, so a drift in level between training and use does no harm. Where all columns are read (`joint`), so is the
newest row itself, since the level of one column may tell where another will go; `shared` with order 1 does the same,
for nothing would be left otherwise.

The weights are solved for, not descended to (`READOUT`): one pass over the data, no learning rate, one optimum.

When to reach for it: first. On many public series it is as good as far larger models, and it is done in seconds.

When not: where what comes next depends on the past by more than a sum, such as thresholds, or one column that changes
what another one means.

Paper: Zeng, Chen, Zhang & Xu (2023), Are Transformers Effective for Time Series Forecasting? (its NLinear),
https://arxiv.org/abs/2205.13504; Yule (1927), On a Method of Investigating Periodicities in Disturbed Series,
https://doi.org/10.1098/rsta.1927.0007
"""

from typing import Literal

import keras

from seqkit.spec import Spec

TASKS = ("forecast",)
READOUT = "ridge"


def build_model(
    spec: Spec, *, order: int | None = None, channels: Literal["auto", "shared", "joint"] = "auto"
) -> keras.Model:
    """Builds the model, uncompiled.

    Args:
        spec: What the model takes in and gives out.
        order: How many of the newest steps are read; none reads the whole window, [1, inf).
        channels: What a target is predicted from. `shared`: its own column, with one set of weights for all targets.
            `joint`: all columns, with weights of its own. `auto`: shared where there are several targets, else joint.

    Returns:
        A model that takes in and gives out what the spec says.

    Raises:
        ValueError: `order` is longer than the window, or the window has no fixed length.
    """
    if spec.steps is None:
        raise ValueError("`autoregression` reads windows of a fixed length, expected a number of `steps`, got None.")
    if order is not None and not 1 <= order <= spec.steps:
        raise ValueError(
            f"Received an invalid value for argument `order`, expected 1 to {spec.steps} (the window's steps), "
            f"got {order}."
        )
    read = spec.steps if order is None else order
    inputs, x = spec.inputs()  # (batch, steps, features)
    newest = x[:, -1:]  # (batch, 1, features)
    changes = x[:, -read:-1] - newest if read > 1 else None  # (batch, order - 1, features)
    if channels == "shared" or (channels == "auto" and len(spec.targets) > 1):
        own = keras.ops.take(newest if changes is None else changes, spec.targets, axis=2)
        x = keras.layers.Permute((2, 1), name="by_target")(own)  # (batch, targets, order - 1 or 1)
    else:
        both = newest if changes is None else keras.ops.concatenate([changes, newest], axis=1)
        x = keras.layers.Flatten(name="flatten")(both)  # (batch, order × features)
    return keras.Model(inputs, spec.outputs(x), name="autoregression")
