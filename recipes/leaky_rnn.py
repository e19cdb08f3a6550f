"""Recurrent network of leaky units: some follow every step, others only the average of many.

Each unit mixes its state with the new one by a time constant of its own; the constants range from one step to
`max_time`. Slow units keep what happened long ago, and pass its gradient back, without gates. `skip` adds a second
connection through time, from some steps before.

When to use it: where causes on a few known time scales mix, such as a fast cycle on a slow drift, and the model must
be small.

When not: where what to remember depends on the input; slow units average everything, and only gates can choose. Use
`gru` or `lstm`.

Paper: Bengio, Boulanger-Lewandowski & Pascanu (2013), Advances in Optimizing Recurrent Networks,
https://arxiv.org/abs/1212.0901; for `skip` Lin, Horne, Tiño & Giles (1996), Learning Long-Term Dependencies in NARX
Recurrent Neural Networks, https://doi.org/10.1109/72.548162
"""

import keras

from seqkit.layers.leaky_cell import LeakyCell
from seqkit.spec import Spec

TASKS = ("forecast", "classify", "generate", "tag")
CAUSAL = True


def build_model(
    spec: Spec,
    *,
    units: int = 32,
    max_time: float = 100.0,
    learn_times: bool = False,
    skip: int = 1,
    dropout: float = 0.0,
) -> keras.Model:
    """Builds the uncompiled model.

    Args:
        spec: Model inputs and outputs.
        units: Units of the recurrent layer, [1, inf).
        max_time: Largest time constant of a unit in steps; the smallest is 1, [1, inf).
        learn_times: Train the time constants, which are fixed otherwise.
        skip: Steps back that a second recurrent connection reaches; 1 for none, [1, inf).
        dropout: Fraction of the last state dropped before the output layer during training, [0, 1).

    Returns:
        A `keras.Model` with the inputs and outputs of `spec`.
    """
    inputs, x = spec.inputs()  # (batch, steps, features)
    cell = LeakyCell(units, max_time=max_time, learn_times=learn_times, skip=skip, name="cell")
    x = keras.layers.RNN(cell, return_sequences=spec.per_step, name="leaky_rnn")(x)  # (batch, units)
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    return keras.Model(inputs, spec.outputs(x), name="leaky_rnn")
