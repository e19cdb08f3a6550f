"""Long short-term memory: a state that is carried along unchanged unless a gate says otherwise.

When to reach for it: where something many steps ago still matters, and there is data enough for its four sets of
weights. Beside `gru` neither is the better one in general: try both.

When not: with short series or few texts, where `autoregression` or `gru` need less data.

Paper: Hochreiter & Schmidhuber (1997), Long Short-Term Memory, https://doi.org/10.1162/neco.1997.9.8.1735; with the
forget gate of Gers, Schmidhuber & Cummins (2000), Learning to Forget, https://doi.org/10.1162/089976600300015015
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
    x = keras.layers.LSTM(units, return_sequences=spec.per_step, name="lstm")(x)  # (batch, units)
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    return keras.Model(inputs, spec.outputs(x), name="lstm")
