"""Linear autoregression AR(τ): each forecast step is a weighted sum of the last τ steps. Order 1 is a Markov model.

The model first subtracts the last value from the window, so its weights describe how recent *changes* continue. With
`channels="shared"` each target is predicted from its own column: an AR(τ) whose weights sum to one, so a shift in
level between training and inference has no effect. With `channels="joint"` the model reads all columns and also the
last row itself, because the level of one column may predict another. `shared` with order 1 reads the last row, too: it
has no changes to read.

The weights have a closed-form solution (`READOUT`): one pass over the data, no learning rate, a single optimum. They
are the mean of those of the whole window and those of its newer half, unless that has a larger validation error.
`linear_window` says what the weights are applied to, so that the model is trained and exported without Keras.

When to use it: first. It trains in seconds, and on many public series it matches far larger models.

When not: where the future depends on the past nonlinearly, for example through thresholds or interactions between
columns.

Paper: Zeng, Chen, Zhang & Xu (2023), Are Transformers Effective for Time Series Forecasting? (its NLinear),
https://arxiv.org/abs/2205.13504; Yule (1927), On a Method of Investigating Periodicities in Disturbed Series,
https://doi.org/10.1098/rsta.1927.0007
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from seqkit.spec import LinearWindow, Spec

if TYPE_CHECKING:
    import keras

TASKS = ("forecast",)
READOUT = "ridge"


def build_model(
    spec: Spec, *, order: int | None = None, channels: Literal["auto", "shared", "joint"] = "auto"
) -> keras.Model:
    """Builds the uncompiled model.

    Args:
        spec: Model inputs and outputs.
        order: Number of last steps to read, the whole window by default, [1, inf).
        channels: Columns that predict a target. `shared`: its own column, with one set of weights for all targets.
            `joint`: all columns, with separate weights for each target. `auto`: `shared` for several targets, `joint`
            for one.

    Returns:
        A `keras.Model` with the inputs and outputs of `spec`.

    Raises:
        ValueError: `order` is longer than the window, or the window has no fixed length.
    """
    import keras

    window = linear_window(spec, order=order, channels=channels)
    inputs, x = spec.inputs()  # (batch, steps, features)
    last = x[:, -1:]  # (batch, 1, features)
    changes = x[:, -window.order : -1] - last if window.order > 1 else None  # (batch, order - 1, features)
    if window.shared:
        x = keras.ops.take(last if changes is None else changes, spec.targets, axis=2)
        x = keras.layers.Permute((2, 1), name="by_target")(x)  # (batch, targets, order - 1 or 1)
    else:
        x = last if changes is None else keras.ops.concatenate([changes, last], axis=1)
        x = keras.layers.Flatten(name="flatten")(x)  # (batch, order × features)
    return keras.Model(inputs, spec.outputs(x), name="autoregression")


def linear_window(
    spec: Spec, *, order: int | None = None, channels: Literal["auto", "shared", "joint"] = "auto"
) -> LinearWindow:
    """Returns what the readout reads, as the model computes it.

    Args:
        spec: Model inputs and outputs.
        order: As in `build_model`.
        channels: As in `build_model`.

    Raises:
        ValueError: As `build_model`.
    """
    if spec.steps is None:
        raise ValueError("`autoregression` needs windows of a fixed length: expected an integer `steps`, got None.")
    if order is not None and not 1 <= order <= spec.steps:
        raise ValueError(
            f"Received an invalid value for argument `order`, expected 1 to {spec.steps} (the window's steps), "
            f"got {order}."
        )
    shared = channels == "shared" or (channels == "auto" and len(spec.targets) > 1)
    return LinearWindow(spec.steps if order is None else order, shared)
