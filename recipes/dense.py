"""Dense network: the window laid flat, and one or more fully connected layers over it.

When to reach for it: as the yardstick for everything else that is learned. It trains in seconds, and a network with
memory that does not beat it has found nothing in the order of the steps.

When not: with long windows or many columns its weights grow with steps × features, and it overfits. It knows no time:
what it learns of a pattern at one place of the window does not help at another.

Paper: Rumelhart, Hinton & Williams (1986), Learning representations by back-propagating errors,
https://doi.org/10.1038/323533a0
"""

import keras

from seqkit.spec import Spec

TASKS = ("forecast",)


def build_model(spec: Spec, *, units: tuple[int, ...] = (32,), dropout: float = 0.3) -> keras.Model:
    """Builds the model, uncompiled.

    Args:
        spec: What the model takes in and gives out.
        units: Width of each hidden layer, first to last, [1, inf).
        dropout: Share of each hidden layer's outputs dropped in training, [0, 1).

    Returns:
        A model from (batch, steps, features) to (batch, horizon, targets).
    """
    inputs, x = spec.inputs()  # (batch, steps, features)
    x = keras.layers.Flatten(name="flatten")(x)  # (batch, steps × features)
    for number, width in enumerate(units, start=1):
        x = keras.layers.Dense(width, activation="relu", name=f"hidden_{number}")(x)  # (batch, width)
        x = keras.layers.Dropout(dropout, name=f"dropout_{number}")(x)
    return keras.Model(inputs, spec.outputs(x), name="dense")
