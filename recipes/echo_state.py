"""Echo state network: a large random recurrent layer that is never trained, and a readout solved in closed form.

The reservoir turns the past into many nonlinear echoes of it; only the linear layer on them, and on the last inputs, is
fitted, in one pass over the data, without a learning rate or epochs.

When to use it: for smooth, deterministic dynamics, such as chaotic systems measured without noise, which it continues
far ahead; or as a nonlinear model that trains in seconds.

When not: where most columns are noise. A random layer mixes them into every unit, and a trained one learns to ignore
them; use `gru`. Its size has to make up for its randomness: it predicts more slowly than a trained layer as accurate.

Paper: Jaeger (2001), The "Echo State" Approach to Analysing and Training Recurrent Neural Networks,
https://www.ai.rug.nl/minds/uploads/EchoStatesTechRep.pdf; Lukoševičius (2012), A Practical Guide to Applying Echo
State Networks, https://doi.org/10.1007/978-3-642-35289-8_36
"""

import keras

from seqkit.layers.echo_state_cell import EchoStateCell
from seqkit.spec import Spec

TASKS = ("forecast",)
CAUSAL = True
READOUT = "ridge"


def build_model(
    spec: Spec,
    *,
    units: int = 300,
    spectral_radius: float = 0.9,
    sparsity: float = 0.95,
    leak: float = 0.3,
    input_scale: float = 0.1,
) -> keras.Model:
    """Builds the uncompiled model.

    Args:
        spec: Model inputs and outputs.
        units: Units of the reservoir, [1, inf).
        spectral_radius: Largest absolute eigenvalue of the recurrent weights; larger ones remember longer, [0, inf).
        sparsity: Fraction of the recurrent weights that are zero, [0, 1).
        leak: Share of the state that is replaced at every step; smaller ones follow slower changes, (0, 1].
        input_scale: Largest absolute weight of the inputs; larger ones make the units less linear, (0, inf).

    Returns:
        A `keras.Model` with the inputs and outputs of `spec`.
    """
    inputs, x = spec.inputs()  # (batch, steps, features)
    cell = EchoStateCell(
        units, spectral_radius=spectral_radius, sparsity=sparsity, leak=leak, input_scale=input_scale, name="cell"
    )
    states = keras.layers.RNN(cell, return_sequences=spec.per_step, name="reservoir")(x)  # (batch, units)
    last = x if spec.per_step else x[:, -1]  # (batch, features)
    x = keras.layers.Concatenate(name="echoes")([states, last])  # (batch, units + features)
    return keras.Model(inputs, spec.outputs(x), name="echo_state")
