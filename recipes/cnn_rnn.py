"""Convolution and max pooling, which shorten the sequence, followed by a GRU.

When to use it: for long windows of fine steps, such as a day by the minute, and for long texts. The filters detect
short patterns and the GRU has fewer steps to bridge, so it trains several times faster than `gru` alone.

When not: where the window is already short, or where pooling would blur single steps that matter.

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
    """Builds the uncompiled model.

    Args:
        spec: Model inputs and outputs.
        filters: Number of filters in the convolution, [1, inf).
        kernel_size: Steps that each filter spans, [1, inf).
        pool_size: Size of the max pooling window, in steps; divides the steps that the GRU reads, [1, inf).
        units: Units of the GRU, [1, inf).
        dropout: Fraction of the last state dropped before the output layer during training, [0, 1).

    Returns:
        A `keras.Model` with the inputs and outputs of `spec`.
    """
    inputs, x = spec.inputs()  # (batch, steps, features)
    # Padding leaves at least one step of any sequence.
    x = MaskedConv1D(filters, kernel_size, padding="causal", activation="relu", name="conv")(x)
    x = MaskedMaxPooling1D(pool_size, name="pool")(x)  # (batch, ⌈steps / pool_size⌉, filters)
    x = keras.layers.GRU(units, name="gru")(x)  # (batch, units)
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    return keras.Model(inputs, spec.outputs(x), name="cnn_rnn")
