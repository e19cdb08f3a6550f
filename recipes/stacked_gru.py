"""Stacked GRU layers: each reads the output sequence of the one below.

When to use it: where a single layer still underfits and more units no longer help.

When not: before that. Each layer takes as long as the first, and a deeper network overfits sooner.

Paper: Graves, Mohamed & Hinton (2013), Speech Recognition with Deep Recurrent Neural Networks,
https://arxiv.org/abs/1303.5778; the layer is that of Cho et al. (2014), https://arxiv.org/abs/1406.1078
"""

import keras

from seqkit.layers.recurrent_dropout_gru import RecurrentDropoutGRU
from seqkit.spec import Spec

TASKS = ("forecast", "classify", "generate", "tag")
CAUSAL = True
TRAINING = {"generate": {"units": (256, 256)}}


def build_model(
    spec: Spec, *, units: tuple[int, ...] = (32, 32), dropout: float = 0.1, recurrent_dropout: float = 0.0
) -> keras.Model:
    """Builds the uncompiled model.

    Args:
        spec: Model inputs and outputs.
        units: Units of each layer, first to last, [1, inf).
        dropout: Fraction of each layer's inputs dropped during training, the same at every step, [0, 1).
        recurrent_dropout: Fraction of the states dropped during training, the same at every step, [0, 1).

    Returns:
        A `keras.Model` with the inputs and outputs of `spec`.

    Raises:
        ValueError: `units` is empty.
    """
    if not units:
        raise ValueError("Received an invalid value for argument `units`, expected at least one width, got ().")
    inputs, x = spec.inputs()  # (batch, steps, features)
    for number, width in enumerate(units, start=1):
        x = RecurrentDropoutGRU(
            width,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            return_sequences=spec.per_step or number < len(units),
            name=f"gru_{number}",
        )(x)  # (batch, steps, width); the last layer returns (batch, width)
    return keras.Model(inputs, spec.outputs(x), name="stacked_gru")
