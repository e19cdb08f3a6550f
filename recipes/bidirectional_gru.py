"""Bidirectional GRU: reads the sequence forwards and backwards and concatenates both states.

When to use it: to tag words, where the words after a word matter as much as those before; and to classify texts or
series whose first steps matter as much as their last ones. The backward layer ends on the first step, so it remembers
the start.

When not: where the last steps matter most, as in most forecasts. There the backward layer costs parameters and time
without a gain, and `gru` of the same width is cheaper. Both directions read only the window, never past it.

Paper: Schuster & Paliwal (1997), Bidirectional Recurrent Neural Networks, https://doi.org/10.1109/78.650093
"""

import keras

from seqkit.spec import Spec

TASKS = ("forecast", "classify", "tag")


def build_model(spec: Spec, *, units: int = 32, dropout: float = 0.0) -> keras.Model:
    """Builds the uncompiled model.

    Args:
        spec: Model inputs and outputs.
        units: Units of each direction, [1, inf).
        dropout: Fraction of the last states dropped before the output layer during training, [0, 1).

    Returns:
        A `keras.Model` with the inputs and outputs of `spec`.
    """
    inputs, x = spec.inputs()  # (batch, steps, features)
    layer = keras.layers.GRU(units, return_sequences=spec.per_step, name="gru")
    x = keras.layers.Bidirectional(layer, name="bidirectional")(x)  # (batch, 2 × units)
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    return keras.Model(inputs, spec.outputs(x), name="bidirectional_gru")
