"""Transformer encoder: each step looks at all others at once, and takes from them what it asks for.

Normalised before each part (pre-norm), so that it trains without a warm-up. A forecast is read from the last step, a
label from the mean of all.

When to reach for it: where steps far apart belong together, such as words across a sentence, and there is data enough:
nothing about order or nearness is built in, all of it must be learned.

When not: with little data, where `conv1d` or `bidirectional_gru` know more from the start; or with sequences of
thousands of steps, since its cost grows with the square of the length.

Paper: Vaswani et al. (2017), Attention Is All You Need, https://arxiv.org/abs/1706.03762; Xiong et al. (2020), On
Layer Normalization in the Transformer Architecture, https://arxiv.org/abs/2002.04745
"""

from typing import Literal

import keras

from seqkit.layers.learned_positions import LearnedPositions
from seqkit.layers.sinusoidal_positions import SinusoidalPositions
from seqkit.spec import Spec

TASKS = ("forecast", "classify")


def build_model(
    spec: Spec,
    *,
    units: int = 64,
    heads: int = 4,
    layers: int = 2,
    feedforward: int = 128,
    positions: Literal["sinusoidal", "learned"] = "sinusoidal",
    dropout: float = 0.1,
) -> keras.Model:
    """Builds the model, uncompiled.

    Args:
        spec: What the model takes in and gives out.
        units: Width of each step throughout, [1, inf).
        heads: Questions that each step asks of all steps in each layer, [1, inf). They share the width.
        layers: Layers of attention, each followed by a hidden layer, [1, inf).
        feedforward: Width of those hidden layers, [1, inf).
        positions: How a step is told where it stands. `sinusoidal`: by waves of many lengths. `learned`: by a vector
            of its own for each position, where the longest length is known.
        dropout: Share of the attention and of each part's outputs dropped in training, [0, 1).

    Returns:
        A model that takes in and gives out what the spec says.

    Raises:
        ValueError: `positions` is "learned" and it is not known how many there are.
    """
    width = max(1, units // heads)  # of what a head asks for and takes
    inputs, x = spec.inputs()  # (batch, steps, features)
    x = keras.layers.Dense(units, name="project")(x)  # (batch, steps, units), as everywhere below
    if positions == "sinusoidal":
        x = SinusoidalPositions(name="positions")(x)
    elif spec.length is not None:
        x = LearnedPositions(spec.length, name="positions")(x)
    else:
        raise ValueError('Received `positions="learned"` where the longest length is unknown, expected "sinusoidal".')
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    for number in range(1, layers + 1):
        y = keras.layers.LayerNormalization(name=f"attention_norm_{number}")(x)
        attention = keras.layers.MultiHeadAttention(heads, width, dropout=dropout, name=f"attention_{number}")
        y = attention(y, y)
        y = keras.layers.Dropout(dropout, name=f"attention_dropout_{number}")(y)
        x = keras.layers.Add(name=f"attention_sum_{number}")([x, y])
        y = keras.layers.LayerNormalization(name=f"hidden_norm_{number}")(x)
        y = keras.layers.Dense(feedforward, activation="relu", name=f"hidden_{number}")(y)
        y = keras.layers.Dense(units, name=f"hidden_out_{number}")(y)
        y = keras.layers.Dropout(dropout, name=f"hidden_dropout_{number}")(y)
        x = keras.layers.Add(name=f"hidden_sum_{number}")([x, y])
    x = keras.layers.LayerNormalization(name="norm")(x)
    x = keras.layers.GlobalAveragePooling1D(name="mean")(x) if spec.classes else x[:, -1]  # (batch, units)
    return keras.Model(inputs, spec.outputs(x), name="transformer")
