"""GRU or LSTM with variational dropout: one mask for inputs and state, the same at every step of a sequence.

Dropping different units at each step would erase the memory; dropping the same units for the whole sequence does not,
and still prevents overfitting. `weight_dropout` drops recurrent weights instead, the same ones for a whole batch.

When to use it: where `gru` or `lstm` fit the training data well and the validation data badly. Use more units and more
epochs than without dropout.

When not: where the model already underfits. On a GPU it is much slower than `gru`, since cuDNN has no dropout on the
state; dropping weights avoids that: `recurrent_dropout=0, weight_dropout=0.25`.

Paper: Gal & Ghahramani (2016), A Theoretically Grounded Application of Dropout in Recurrent Neural Networks,
https://arxiv.org/abs/1512.05287; for `weight_dropout` Merity, Keskar & Socher (2017), Regularizing and Optimizing LSTM
Language Models, https://arxiv.org/abs/1708.02182
"""

from typing import Any, Literal

import keras

from seqkit.layers.recurrent_dropout_gru import RecurrentDropoutGRU
from seqkit.layers.recurrent_dropout_lstm import RecurrentDropoutLSTM
from seqkit.spec import Spec

TASKS = ("forecast", "classify", "generate", "tag")
CAUSAL = True
TRAINING = {"epochs": 15, "generate": {"units": 256}}


def build_model(
    spec: Spec,
    *,
    cell: Literal["gru", "lstm"] = "gru",
    units: int = 32,
    dropout: float = 0.1,
    recurrent_dropout: float = 0.25,
    weight_dropout: float = 0.0,
) -> keras.Model:
    """Builds the uncompiled model.

    Args:
        spec: Model inputs and outputs.
        cell: Type of recurrent layer.
        units: Units of the recurrent layer, [1, inf).
        dropout: Fraction of the inputs dropped during training, the same at every step, [0, 1).
        recurrent_dropout: Fraction of the state dropped during training, the same at every step, [0, 1).
        weight_dropout: Fraction of the recurrent weights dropped during training, the same for a batch, [0, 1).

    Returns:
        A `keras.Model` with the inputs and outputs of `spec`.
    """
    inputs, x = spec.inputs()  # (batch, steps, features)
    layers: dict[str, Any] = {"gru": RecurrentDropoutGRU, "lstm": RecurrentDropoutLSTM}
    x = layers[cell](
        units,
        dropout=dropout,
        recurrent_dropout=recurrent_dropout,
        weight_dropout=weight_dropout,
        return_sequences=spec.per_step,
        name=cell,
    )(x)  # (batch, units)
    return keras.Model(inputs, spec.outputs(x), name="recurrent_dropout")
