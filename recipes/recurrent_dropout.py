"""GRU or LSTM with dropout on what comes in and on the state, by the same mask at every step of a sequence.

Dropping other units at each step would wash out the memory; dropping the same ones for the whole sequence does not, and
keeps a network with memory from overfitting. `weight_dropout` drops weights between the states instead, the same ones
for a whole batch.

When to reach for it: where `gru` or `lstm` do well on the training rows and badly on validation. Give it more units
and more epochs than you would without.

When not: where the model underfits already. On a GPU it is much slower than `gru`, since cuDNN has no dropout on the
state, unless weights are what is dropped: `recurrent_dropout=0, weight_dropout=0.25`.

Paper: Gal & Ghahramani (2016), A Theoretically Grounded Application of Dropout in Recurrent Neural Networks,
https://arxiv.org/abs/1512.05287; dropout on the weights is that of Merity, Keskar & Socher (2017), Regularizing and
Optimizing LSTM Language Models, https://arxiv.org/abs/1708.02182
"""

from typing import Any, Literal

import keras

from seqkit.layers.recurrent_dropout_gru import RecurrentDropoutGRU
from seqkit.layers.recurrent_dropout_lstm import RecurrentDropoutLSTM
from seqkit.spec import Spec

TASKS = ("forecast", "classify")
CAUSAL = True
TRAINING = {"epochs": 15}


def build_model(
    spec: Spec,
    *,
    cell: Literal["gru", "lstm"] = "gru",
    units: int = 32,
    dropout: float = 0.1,
    recurrent_dropout: float = 0.25,
    weight_dropout: float = 0.0,
) -> keras.Model:
    """Builds the model, uncompiled.

    Args:
        spec: What the model takes in and gives out.
        cell: The kind of recurrent layer.
        units: Width of the state, [1, inf).
        dropout: Share of the features dropped in training, the same ones at every step, [0, 1).
        recurrent_dropout: Share of the state that the gates do not see in training, the same at every step, [0, 1).
        weight_dropout: Share of the weights from state to state dropped in training, the same for a batch, [0, 1).

    Returns:
        A model that takes in and gives out what the spec says.
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
