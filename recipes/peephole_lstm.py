"""LSTM with peephole connections: the gates see the cell state itself, not only what the output gate lets out.

When to use it: to try where exact times matter, such as the distance of two events to the step, or a beat; compare it
with `lstm`, which often counts as well.

When not: elsewhere. On most data it is no better than `lstm`, which trains faster, since Keras has no optimised
implementation of peepholes; on texts, prefer `gru`.

Paper: Gers & Schmidhuber (2000), Recurrent Nets that Time and Count, https://doi.org/10.1109/IJCNN.2000.861302
"""

import keras

from seqkit.layers.peephole_lstm_cell import PeepholeLSTMCell
from seqkit.spec import Spec

TASKS = ("forecast", "classify", "generate", "tag")
CAUSAL = True
TRAINING = {"generate": {"units": 256}}


def build_model(spec: Spec, *, units: int = 32, dropout: float = 0.0) -> keras.Model:
    """Builds the uncompiled model.

    Args:
        spec: Model inputs and outputs.
        units: Units of the LSTM, [1, inf).
        dropout: Fraction of the last state dropped before the output layer during training, [0, 1).

    Returns:
        A `keras.Model` with the inputs and outputs of `spec`.
    """
    inputs, x = spec.inputs()  # (batch, steps, features)
    cell = PeepholeLSTMCell(units, name="cell")
    x = keras.layers.RNN(cell, return_sequences=spec.per_step, name="peephole_lstm")(x)  # (batch, units)
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    return keras.Model(inputs, spec.outputs(x), name="peephole_lstm")
