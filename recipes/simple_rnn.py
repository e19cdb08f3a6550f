"""Simple recurrent network (Elman): one state, mixed at each step with what comes in, and no gates.

When to reach for it: to see what gates are worth, or where the model must be tiny and only the last few steps matter.

When not: where something long ago matters. The gradient fades or explodes with each step it goes back, so beyond some
ten or twenty steps little is learned; take `gru` or `lstm`.

Paper: Elman (1990), Finding Structure in Time, https://doi.org/10.1207/s15516709cog1402_1
"""

import keras

from seqkit.spec import Spec

TASKS = ("forecast", "classify")
CAUSAL = True


def build_model(spec: Spec, *, units: int = 32, dropout: float = 0.0) -> keras.Model:
    """Builds the model, uncompiled.

    Args:
        spec: What the model takes in and gives out.
        units: Width of the state, [1, inf).
        dropout: Share of the last state dropped before the readout in training, [0, 1).

    Returns:
        A model that takes in and gives out what the spec says.
    """
    inputs, x = spec.inputs()  # (batch, steps, features)
    x = keras.layers.SimpleRNN(units, return_sequences=spec.per_step, name="rnn")(x)  # (batch, units)
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    return keras.Model(inputs, spec.outputs(x), name="simple_rnn")
