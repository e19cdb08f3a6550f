"""Simple recurrent network (Elman): one state, updated from the inputs at every step, without gates.

When to use it: to measure the benefit of gates, or where the model must be tiny and only the last few steps matter.

When not: where distant steps matter. Gradients vanish or explode as they propagate back, so it learns little beyond
ten or twenty steps; use `gru` or `lstm`.

Paper: Elman (1990), Finding Structure in Time, https://doi.org/10.1207/s15516709cog1402_1
"""

import keras

from seqkit.spec import Spec

TASKS = ("forecast", "classify", "generate", "tag")
CAUSAL = True


def build_model(spec: Spec, *, units: int = 32, dropout: float = 0.0) -> keras.Model:
    """Builds the uncompiled model.

    Args:
        spec: Model inputs and outputs.
        units: Units of the recurrent layer, [1, inf).
        dropout: Fraction of the last state dropped before the output layer during training, [0, 1).

    Returns:
        A `keras.Model` with the inputs and outputs of `spec`.
    """
    inputs, x = spec.inputs()  # (batch, steps, features)
    x = keras.layers.SimpleRNN(units, return_sequences=spec.per_step, name="rnn")(x)  # (batch, units)
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    return keras.Model(inputs, spec.outputs(x), name="simple_rnn")
