"""Encoder-decoder: a GRU reads the source into one vector, and another GRU writes the target from it.

When to use it: as the simplest model from one sequence to another of its own length, and to see what attention adds.

When not: for sentences of more than about ten words. One vector of fixed size has to hold the whole source, and the
model forgets and repeats words; use `attention_encoder_decoder`.

Paper: Sutskever, Vinyals & Le (2014), Sequence to Sequence Learning with Neural Networks,
https://arxiv.org/abs/1409.3215 (the source is read backwards); Cho et al. (2014), Learning Phrase Representations
using RNN Encoder-Decoder for Statistical Machine Translation, https://arxiv.org/abs/1406.1078
"""

import keras

from seqkit.spec import Spec

TASKS = ("translate",)


def build_model(spec: Spec, *, units: int = 256, dropout: float = 0.2, backwards: bool = True) -> keras.Model:
    """Builds the uncompiled model.

    Args:
        spec: Model inputs and outputs.
        units: Units of the encoder and of the decoder, [1, inf).
        dropout: Fraction of the embeddings and of the decoder's outputs dropped during training, [0, 1).
        backwards: Read the source from its end, so that its first words are the freshest when the target begins.

    Returns:
        A `keras.Model` with the inputs and outputs of `spec`.
    """
    source, x = spec.inputs()  # (batch, source time, features)
    x = keras.layers.Dropout(dropout, name="source_dropout")(x)
    encoder = keras.layers.GRU(units, return_state=True, go_backwards=backwards, name="encoder")
    _, state = encoder(x)  # (batch, units)
    previous, y = spec.decoder_inputs()  # (batch, target time, features)
    y = keras.layers.Dropout(dropout, name="target_dropout")(y)
    y = keras.layers.GRU(units, return_sequences=True, name="decoder")(y, initial_state=state)
    y = keras.layers.Dropout(dropout, name="dropout")(y)  # (batch, target time, units)
    return keras.Model([source, previous], spec.outputs(y), name="encoder_decoder")
