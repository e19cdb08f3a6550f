"""Dense network: the window laid flat, and one or more fully connected layers over it.

Where lengths differ, as those of texts do, there is nothing to lay flat: the layers read the mean of all steps (a deep
averaging network), and the order of the words is lost.

When to reach for it: as the yardstick for everything else that is learned. It trains in seconds, and a network with
memory that does not beat it has found nothing in the order of the steps.

When not: with long windows or many columns its weights grow with steps × features, and it overfits. It knows no time:
what it learns of a pattern at one place of the window does not help at another. Of a text it knows the words, and not
that a "not" stood before one.

Paper: Rumelhart, Hinton & Williams (1986), Learning representations by back-propagating errors,
https://doi.org/10.1038/323533a0; Iyyer, Manjunatha, Boyd-Graber & Daumé III (2015), Deep Unordered Composition Rivals
Syntactic Methods for Text Classification, https://doi.org/10.3115/v1/P15-1162
"""

import keras

from seqkit.spec import Spec

TASKS = ("forecast", "classify")


def build_model(spec: Spec, *, units: tuple[int, ...] = (32,), dropout: float = 0.3) -> keras.Model:
    """Builds the model, uncompiled.

    Args:
        spec: What the model takes in and gives out.
        units: Width of each hidden layer, first to last, [1, inf).
        dropout: Share of each hidden layer's outputs dropped in training, [0, 1).

    Returns:
        A model that takes in and gives out what the spec says.
    """
    inputs, x = spec.inputs()  # (batch, steps, features)
    if spec.steps is None:
        x = keras.layers.GlobalAveragePooling1D(name="mean")(x)  # (batch, features)
    else:
        x = keras.layers.Flatten(name="flatten")(x)  # (batch, steps × features)
    for number, width in enumerate(units, start=1):
        x = keras.layers.Dense(width, activation="relu", name=f"hidden_{number}")(x)  # (batch, width)
        x = keras.layers.Dropout(dropout, name=f"dropout_{number}")(x)
    return keras.Model(inputs, spec.outputs(x), name="dense")
