"""Encoder-decoder with attention: at every step, the decoder looks up the source words that matter for the next one.

A bidirectional GRU encodes the source. The first GRU of the decoder asks it, by its state, for a weighted mean of the
encoded words; the second one reads that mean and writes the target.

When to use it: as the first model for translation and other pairs of texts with up to some hundred thousand examples.
The weights show which source words a target word came from.

When not: with millions of pairs and a GPU, where `transformer_encoder_decoder` trains faster and gets better; where
source and target correspond step by step, which a tagger solves.

Paper: Bahdanau, Cho & Bengio (2015), Neural Machine Translation by Jointly Learning to Align and Translate,
https://arxiv.org/abs/1409.0473; Luong, Pham & Manning (2015), Effective Approaches to Attention-based Neural Machine
Translation, https://arxiv.org/abs/1508.04025 (dot products of transformed states)
"""

import keras

from seqkit.spec import Spec

TASKS = ("translate",)


def build_model(spec: Spec, *, units: int = 256, dropout: float = 0.2) -> keras.Model:
    """Builds the uncompiled model.

    Args:
        spec: Model inputs and outputs.
        units: Units of the encoder, half of them in each direction, and of each layer of the decoder, [2, inf).
        dropout: Fraction of the inputs of each layer dropped during training, [0, 1).

    Returns:
        A `keras.Model` with the inputs and outputs of `spec`, and the attention weights.
    """
    source, x = spec.inputs()  # (batch, source time, features)
    x = keras.layers.Dropout(dropout, name="source_dropout")(x)
    encoder = keras.layers.GRU(units // 2, return_sequences=True, return_state=True, name="encoder_gru")
    memory, forward, backward = keras.layers.Bidirectional(encoder, name="encoder")(x)
    memory = keras.layers.Dropout(dropout, name="memory_dropout")(memory)  # (batch, source time, units)
    keys = keras.layers.Dense(units, name="keys")(memory)  # (batch, source time, units)
    ends = keras.layers.Concatenate(name="ends")([forward, backward])
    start = keras.layers.Dense(units, activation="tanh", name="start")(ends)  # (batch, units)

    previous, y = spec.decoder_inputs()  # (batch, target time, features)
    y = keras.layers.Dropout(dropout, name="target_dropout")(y)
    y = keras.layers.GRU(units, return_sequences=True, name="decoder_1")(y, initial_state=start)
    query = keras.layers.Dense(units, name="query")(y)
    attention = keras.layers.Attention(name="lookup")
    context, weights = attention([query, memory, keys], return_attention_scores=True)
    y = keras.layers.Concatenate(name="looked_up")([y, context])  # (batch, target time, 2 × units)
    y = keras.layers.Dropout(dropout, name="context_dropout")(y)
    y = keras.layers.GRU(units, return_sequences=True, name="decoder_2")(y)
    y = keras.layers.Concatenate(name="joined")([y, context])
    y = keras.layers.Dense(units, activation="tanh", name="output")(y)  # (batch, target time, units)
    y = keras.layers.Dropout(dropout, name="dropout")(y)
    return keras.Model([source, previous], spec.outputs(y, weights), name="attention_encoder_decoder")
