"""Latent autoregression: the next value from the last one and a latent state that sums up all values before it.

An autoregression AR(τ) needs τ values at once. Here the past is kept in a state h of fixed size instead,
h_t = net(h_{t−1}, x_t), and the forecast reads h_t and x_t. The choice of `net` is open: `mlp` is a network of one
hidden layer, `gru` a gated recurrent unit.

When to use it: to see what the encoding of the state is worth, with everything else equal; `gru` is the better default.

When not: where the last values by themselves are enough; `autoregression` is solved in closed form. With `mlp`, where
distant steps matter: its gradients vanish as those of `simple_rnn` do.

Paper: Zhang, Lipton, Li & Smola (2023), Dive into Deep Learning, section 9.1, https://arxiv.org/abs/2106.11342; for
`mlp` Pascanu, Gulcehre, Cho & Bengio (2014), How to Construct Deep Recurrent Neural Networks,
https://arxiv.org/abs/1312.6026
"""

from typing import Literal

import keras

from seqkit.layers.latent_cell import LatentCell
from seqkit.spec import Spec

TASKS = ("forecast", "generate")
CAUSAL = True
TRAINING = {"generate": {"units": 256}}


def build_model(
    spec: Spec, *, state: Literal["mlp", "gru"] = "gru", units: int = 32, dropout: float = 0.0
) -> keras.Model:
    """Builds the uncompiled model.

    Args:
        spec: Model inputs and outputs.
        state: How the state is updated: by a network of one hidden layer with as many units, or by a GRU.
        units: Units of the state, [1, inf).
        dropout: Fraction of state and last value dropped before the output layer during training, [0, 1).

    Returns:
        A `keras.Model` with the inputs and outputs of `spec`.
    """
    inputs, x = spec.inputs()  # (batch, steps, features)
    if state == "gru":
        latent = keras.layers.GRU(units, return_sequences=spec.per_step, name="latent")(x)  # (batch, units)
    else:
        cell = LatentCell(units, hidden=units, name="cell")
        latent = keras.layers.RNN(cell, return_sequences=spec.per_step, name="latent")(x)  # (batch, units)
    last = x if spec.per_step else x[:, -1]  # (batch, features)
    x = keras.layers.Concatenate(name="state_and_value")([latent, last])  # (batch, units + features)
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    return keras.Model(inputs, spec.outputs(x), name="latent_autoregression")
