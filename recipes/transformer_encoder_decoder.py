"""Transformer encoder-decoder: attention within the source, within the target so far, and from target to source.

Pre-norm: layer normalisation precedes each block, so no learning-rate warm-up is needed.

When to use it: with plenty of pairs and a GPU, where all steps of a sentence are trained at once.

When not: with few pairs, where `attention_encoder_decoder` gets further in the same time on a CPU.

Paper: Vaswani et al. (2017), Attention Is All You Need, https://arxiv.org/abs/1706.03762; Xiong et al. (2020), On
Layer Normalization in the Transformer Architecture, https://arxiv.org/abs/2002.04745
"""

import keras

from seqkit.layers.sinusoidal_positions import SinusoidalPositions
from seqkit.spec import Spec

TASKS = ("translate",)
TRAINING = {"learning_rate": 1e-3}


def build_model(
    spec: Spec, *, units: int = 256, heads: int = 4, layers: int = 3, feedforward: int = 512, dropout: float = 0.1
) -> keras.Model:
    """Builds the uncompiled model.

    Args:
        spec: Model inputs and outputs.
        units: Width of the model, [1, inf).
        heads: Attention heads per layer, [1, inf); each has `units / heads` dimensions.
        layers: Layers of the encoder, and of the decoder, [1, inf).
        feedforward: Hidden units of the feedforward blocks, [1, inf).
        dropout: Fraction of the attention weights and of each block's outputs dropped during training, [0, 1).

    Returns:
        A `keras.Model` with the inputs and outputs of `spec`, and the attention weights of the last layer, the mean
        over its heads.
    """

    def embed(x: keras.KerasTensor, side: str) -> keras.KerasTensor:
        x = keras.layers.Dense(units, name=f"{side}_project")(x)  # (batch, time, units), as everywhere below
        x = SinusoidalPositions(name=f"{side}_positions")(x)
        return keras.layers.Dropout(dropout, name=f"{side}_dropout")(x)

    def attention(name: str) -> keras.Layer:
        return keras.layers.MultiHeadAttention(heads, max(1, units // heads), dropout=dropout, name=name)

    def add(x: keras.KerasTensor, y: keras.KerasTensor, name: str) -> keras.KerasTensor:
        y = keras.layers.Dropout(dropout, name=f"{name}_dropout")(y)
        return keras.layers.Add(name=f"{name}_sum")([x, y])

    def norm(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
        return keras.layers.LayerNormalization(name=f"{name}_norm")(x)

    def transform(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
        y = keras.layers.Dense(feedforward, activation="relu", name=f"{name}_in")(norm(x, name))
        return add(x, keras.layers.Dense(units, name=f"{name}_out")(y), name)

    source, x = spec.inputs()
    x = embed(x, "source")
    for number in range(1, layers + 1):
        y = norm(x, f"source_attention_{number}")
        x = add(x, attention(f"source_attention_{number}")(y, y), f"source_attention_{number}")
        x = transform(x, f"source_hidden_{number}")
    memory = norm(x, "source")
    is_token = keras.ops.not_equal(source, 0)  # said to each layer, since each removes the mask of what it has read

    previous, y = spec.decoder_inputs()
    y = embed(y, "target")
    weights = None
    for number in range(1, layers + 1):
        z = norm(y, f"target_attention_{number}")
        z = attention(f"target_attention_{number}")(z, z, use_causal_mask=True)
        y = add(y, z, f"target_attention_{number}")
        z = norm(y, f"lookup_{number}")
        lookup = attention(f"lookup_{number}")
        z, weights = lookup(z, memory, value_mask=is_token, return_attention_scores=True)
        y = add(y, z, f"lookup_{number}")
        y = transform(y, f"target_hidden_{number}")
    y = norm(y, "target")
    mean = keras.ops.mean(weights, axis=1)  # (batch, target time, source time)
    return keras.Model([source, previous], spec.outputs(y, mean), name="transformer_encoder_decoder")
