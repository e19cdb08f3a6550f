"""Gated recurrent unit (GRU): one state and two gates, update and reset.

When to use it: as the first recurrent network to try. It learns dependencies as long as those of `lstm` with three
sets of weights instead of four.

When not: where a linear model does as well; try `autoregression` first. For long texts, where the last state has
forgotten the beginning; `bidirectional_gru` remembers both ends.

Paper: Cho et al. (2014), Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine
Translation, https://arxiv.org/abs/1406.1078 (Keras applies the reset gate after the matrix product, as cuDNN does)
"""

import keras

from seqkit.spec import Spec

TASKS = ("forecast", "classify", "generate", "tag")
CAUSAL = True
TRAINING = {"generate": {"units": 256, "dropout": 0.3}, "music": {"epochs": 4}}


def build_model(spec: Spec, *, units: int = 32, dropout: float = 0.0) -> keras.Model:
    """Builds the uncompiled model.

    Args:
        spec: Model inputs and outputs.
        units: Units of the GRU, [1, inf).
        dropout: Fraction of the last state dropped before the output layer during training, [0, 1).

    Returns:
        A `keras.Model` with the inputs and outputs of `spec`.
    """
    inputs, x = spec.inputs()  # (batch, steps, features)
    x = keras.layers.GRU(units, return_sequences=spec.per_step, name="gru")(x)  # (batch, units)
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    return keras.Model(inputs, spec.outputs(x), name="gru")
