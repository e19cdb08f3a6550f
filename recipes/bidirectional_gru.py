"""Two GRU layers over the same sequence, one from its start and one from its end, and both their last states.

When to reach for it: where a sequence is read as a whole, such as a text or a series to be labelled, and its first
steps should be remembered as well as its newest: the backward layer ends on the first step.

When not: where the newest steps say most, as in most forecasts; there the backward layer is weight and time without
use, and `gru` of the same width is cheaper. Both directions look only at the window, never past it.

Paper: Schuster & Paliwal (1997), Bidirectional Recurrent Neural Networks, https://doi.org/10.1109/78.650093
"""

import keras

from seqkit.spec import Spec

TASKS = ("forecast", "classify")


def build_model(spec: Spec, *, units: int = 32, dropout: float = 0.0) -> keras.Model:
    """Builds the model, uncompiled.

    Args:
        spec: What the model takes in and gives out.
        units: Width of the state of each direction, [1, inf).
        dropout: Share of the last states dropped before the readout in training, [0, 1).

    Returns:
        A model that takes in and gives out what the spec says.
    """
    inputs, x = spec.inputs()  # (batch, steps, features)
    layer = keras.layers.GRU(units, name="gru")
    x = keras.layers.Bidirectional(layer, name="bidirectional")(x)  # (batch, 2 × units)
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    return keras.Model(inputs, spec.outputs(x), name="bidirectional_gru")
