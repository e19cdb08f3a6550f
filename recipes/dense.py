"""Dense network: fully connected layers over the flattened window.

For sequences of variable length, such as texts, the layers read the mean over all steps instead (a deep averaging
network), so word order is lost.

When to use it: as the reference for every other neural network. It trains in seconds, and a recurrent network that
does not beat it has learned nothing from the order of the steps.

When not: for long windows or many columns, where the number of weights (steps × features) leads to overfitting. It
cannot recognise a pattern at another position than the one it was learned at, and in a text it cannot tell that "not"
precedes a word.

Paper: Rumelhart, Hinton & Williams (1986), Learning representations by back-propagating errors,
https://doi.org/10.1038/323533a0; Iyyer, Manjunatha, Boyd-Graber & Daumé III (2015), Deep Unordered Composition Rivals
Syntactic Methods for Text Classification, https://doi.org/10.3115/v1/P15-1162
"""

import keras

from seqkit.spec import Spec

TASKS = ("forecast", "classify")


def build_model(spec: Spec, *, units: tuple[int, ...] = (32,), dropout: float = 0.3) -> keras.Model:
    """Builds the uncompiled model.

    Args:
        spec: Model inputs and outputs.
        units: Units of each hidden layer, first to last, [1, inf).
        dropout: Fraction of each hidden layer's outputs dropped during training, [0, 1).

    Returns:
        A `keras.Model` with the inputs and outputs of `spec`.
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
