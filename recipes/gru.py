"""Gated recurrent unit: one state, a gate that says how much of it stays and one that says how much of it is heeded.

When to reach for it: as the first network with memory. It learns over long windows as `lstm` does, with three sets of
weights in place of four.

When not: where a plain sum of the newest steps does as well; look at `autoregression` first. In long texts, where the
last state has forgotten how they began; `bidirectional_gru` remembers both ends.

Paper: Cho et al. (2014), Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine
Translation, https://arxiv.org/abs/1406.1078 (Keras resets the state after its matrix product, as cuDNN does)
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
    x = keras.layers.GRU(units, return_sequences=spec.per_step, name="gru")(x)  # (batch, units)
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    return keras.Model(inputs, spec.outputs(x), name="gru")
