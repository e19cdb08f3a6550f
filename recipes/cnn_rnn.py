"""A convolution that shortens the sequence, and a GRU that reads what is left.

When to reach for it: with long windows of fine steps, such as a day by the minute, or long texts: the filters find the
short shapes, and the GRU has fewer steps to carry its memory over, so it trains several times faster than `gru` alone.

When not: where the window is short already, or single steps must not be blurred.

Paper: Sainath, Vinyals, Senior & Sak (2015), Convolutional, Long Short-Term Memory, Fully Connected Deep Neural
Networks, https://doi.org/10.1109/ICASSP.2015.7178838
"""

import keras

from seqkit.layers.masked_conv1d import MaskedConv1D
from seqkit.layers.masked_max_pooling1d import MaskedMaxPooling1D
from seqkit.spec import Spec

TASKS = ("forecast", "classify")


def build_model(
    spec: Spec,
    *,
    filters: int = 32,
    kernel_size: int = 5,
    pool_size: int = 3,
    units: int = 32,
    dropout: float = 0.0,
) -> keras.Model:
    """Builds the model, uncompiled.

    Args:
        spec: What the model takes in and gives out.
        filters: Filters of the convolution, [1, inf).
        kernel_size: Steps that a filter spans, [1, inf).
        pool_size: Neighbouring steps of which the largest is passed on: the GRU reads that many times fewer, [1, inf).
        units: Width of the GRU's state, [1, inf).
        dropout: Share of the last state dropped before the readout in training, [0, 1).

    Returns:
        A model that takes in and gives out what the spec says.
    """
    inputs, x = spec.inputs()  # (batch, steps, features)
    # Padding keeps at least one step, however short the sequence.
    x = MaskedConv1D(filters, kernel_size, padding="causal", activation="relu", name="conv")(x)
    x = MaskedMaxPooling1D(pool_size, name="pool")(x)  # (batch, ⌈steps / pool_size⌉, filters)
    x = keras.layers.GRU(units, name="gru")(x)  # (batch, units)
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    return keras.Model(inputs, spec.outputs(x), name="cnn_rnn")
