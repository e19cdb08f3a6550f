"""Transformer: multi-head self-attention over all steps, or, in language models, over the steps before.

Pre-norm: layer normalisation precedes each block, so no learning-rate warm-up is needed. Forecasts read the last step,
classification the mean over all steps. In a language model each layer attends to the last `context` steps, so that an
output depends on the last `layers * (context - 1) + 1` tokens, and positions are relative (rotary).

When to use it: where distant steps depend on each other, such as words across a sentence, and there is plenty of data:
the model has no built-in notion of order or locality and must learn both.

When not: for small data sets, where the inductive bias of `conv1d` or `bidirectional_gru` helps; for sequences of
thousands of steps, since the cost grows with the square of the length.

Paper: Vaswani et al. (2017), Attention Is All You Need, https://arxiv.org/abs/1706.03762; Xiong et al. (2020), On
Layer Normalization in the Transformer Architecture, https://arxiv.org/abs/2002.04745
"""

from typing import Literal

import keras

from seqkit.layers.learned_positions import LearnedPositions
from seqkit.layers.sinusoidal_positions import SinusoidalPositions
from seqkit.layers.windowed_attention import WindowedAttention
from seqkit.spec import Spec

TASKS = ("forecast", "classify", "generate", "tag")


def build_model(
    spec: Spec,
    *,
    units: int = 64,
    heads: int = 4,
    layers: int = 2,
    feedforward: int = 128,
    positions: Literal["sinusoidal", "learned"] = "sinusoidal",
    dropout: float = 0.1,
    context: int = 64,
) -> keras.Model:
    """Builds the uncompiled model.

    Args:
        spec: Model inputs and outputs.
        units: Width of the model, [1, inf).
        heads: Attention heads per layer, [1, inf); each has `units / heads` dimensions.
        layers: Number of encoder layers: self-attention and a feedforward block, [1, inf).
        feedforward: Hidden units of the feedforward blocks, [1, inf).
        positions: Position encoding. `sinusoidal`: fixed sines and cosines. `learned`: one trained vector for each
            position; needs a known maximum length.
        dropout: Fraction of the attention weights and of each block's outputs dropped during training, [0, 1).
        context: In language models, steps that each layer looks back to, the step itself included, [2, inf).

    Returns:
        A `keras.Model` with the inputs and outputs of `spec`.

    Raises:
        ValueError: `positions` is "learned" and the maximum length is unknown.
    """
    key_dim = max(1, units // heads)
    inputs, x = spec.inputs()  # (batch, steps, features)
    x = keras.layers.Dense(units, name="project")(x)  # (batch, steps, units), as everywhere below
    if spec.causal:
        key_dim += key_dim % 2  # rotary embeddings, which replace the position encoding, turn pairs of dimensions
    elif positions == "sinusoidal":
        x = SinusoidalPositions(name="positions")(x)
    elif spec.length is not None:
        x = LearnedPositions(spec.length, name="positions")(x)
    else:
        raise ValueError('Received `positions="learned"` for an unknown maximum length, expected "sinusoidal".')
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    for number in range(1, layers + 1):
        y = keras.layers.LayerNormalization(name=f"attention_norm_{number}")(x)
        if spec.causal:
            y = WindowedAttention(heads, key_dim, context, dropout, name=f"attention_{number}")(y)
        else:
            y = keras.layers.MultiHeadAttention(heads, key_dim, dropout=dropout, name=f"attention_{number}")(y, y)
        y = keras.layers.Dropout(dropout, name=f"attention_dropout_{number}")(y)
        x = keras.layers.Add(name=f"attention_sum_{number}")([x, y])
        y = keras.layers.LayerNormalization(name=f"hidden_norm_{number}")(x)
        y = keras.layers.Dense(feedforward, activation="relu", name=f"hidden_{number}")(y)
        y = keras.layers.Dense(units, name=f"hidden_out_{number}")(y)
        y = keras.layers.Dropout(dropout, name=f"hidden_dropout_{number}")(y)
        x = keras.layers.Add(name=f"hidden_sum_{number}")([x, y])
    x = keras.layers.LayerNormalization(name="norm")(x)
    if not spec.per_step:
        x = keras.layers.GlobalAveragePooling1D(name="mean")(x) if spec.classes else x[:, -1]  # (batch, units)
    return keras.Model(inputs, spec.outputs(x), name="transformer")
