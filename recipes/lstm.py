"""Long short-term memory (LSTM): a cell state that changes only through input and forget gates.

When to use it: where steps far back still matter and there is enough data for its four sets of weights. Neither
`lstm` nor `gru` is better in general: try both.

When not: for short series or few texts, where `autoregression` or `gru` need less data.

Paper: Hochreiter & Schmidhuber (1997), Long Short-Term Memory, https://doi.org/10.1162/neco.1997.9.8.1735; with the
forget gate of Gers, Schmidhuber & Cummins (2000), Learning to Forget, https://doi.org/10.1162/089976600300015015
"""

import keras

from seqkit.spec import Spec

TASKS = ("forecast", "classify", "generate", "tag")
CAUSAL = True
TRAINING = {
    "generate": {"units": 256, "dropout": 0.3},
    "corpus": {"learning_rate": 8e-3},
    "music": {"epochs": 4},
}


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
    x = keras.layers.LSTM(units, return_sequences=spec.per_step, name="lstm")(x)  # (batch, units)
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    return keras.Model(inputs, spec.outputs(x), name="lstm")
