"""Segment GRU: a GRU that reads the window in segments and forecasts each target from its own past.

A window of 720 hours is 30 segments of a day: the GRU takes 30 steps instead of 720, so it forgets less, and a step
costs one matrix product more. All targets share the weights. The segments of the horizon are decoded in parallel: a
second GRU takes one step from the last state for each of them, and reads a learned vector of its position and target.

When to use it: for several targets, long windows and long horizons, with a season that `segment` divides. Level and
spread of a window are set aside (`normalise`), and the mean with the linear baseline errs less than either.

When not: where other columns or the calendar tell what comes next; `recurrent_dropout` reads all of them.

Paper: Lin, Lin, Wu, Zhao, Mo & Zhang (2023), SegRNN: Segment Recurrent Neural Network for Long-Term Time Series
Forecasting, https://arxiv.org/abs/2308.11200
"""

import keras

from seqkit.layers.learned_positions import LearnedPositions
from seqkit.spec import Spec

TASKS = ("forecast",)
TRAINING = {
    "normalise": "window",
    "schedule": "warmup_cosine",
    "learning_rate": 3e-3,
    "batch_size": 64,
    "epochs": 3,
}


def build_model(spec: Spec, *, segment: int = 24, units: int = 64, dropout: float = 0.3) -> keras.Model:
    """Builds the uncompiled model.

    Args:
        spec: Model inputs and outputs.
        segment: Steps per segment, at most half the window. The oldest steps that fill no segment are not read,
            [1, inf).
        units: Units of the GRU layers, [1, inf).
        dropout: Fraction of the decoded states dropped before the output layer during training, [0, 1).

    Returns:
        A `keras.Model` with the inputs and outputs of `spec`.
    """
    ops, targets = keras.ops, len(spec.targets)
    inputs, x = spec.inputs()  # (batch, steps, features)
    segment = max(1, min(segment, x.shape[1] // 2))
    read, ahead = x.shape[1] // segment, -(-spec.horizon // segment)
    x = ops.transpose(ops.take(x[:, -read * segment :], spec.targets, axis=2), (0, 2, 1))  # (batch, targets, steps)
    x = ops.reshape(x, (-1, read, segment))  # (batch × targets, read, segment)
    x = keras.layers.Dense(units, activation="relu", name="embedding")(x)
    x = keras.layers.GRU(units, name="gru")(x)  # (batch × targets, units)
    states = keras.layers.RepeatVector(ahead, name="states")(x)  # (batch × targets, ahead, units)
    positions = ops.zeros_like(ops.reshape(states, (-1, targets * ahead, units)))
    positions = LearnedPositions(targets * ahead, name="positions")(positions)
    positions, states = ops.reshape(positions, (-1, 1, units)), ops.reshape(states, (-1, units))
    x = keras.layers.GRU(units, name="decoder")(positions, initial_state=states)  # (batch × targets × ahead, units)
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    return keras.Model(inputs, spec.outputs(ops.reshape(x, (-1, targets, ahead, units))), name="segment_gru")
