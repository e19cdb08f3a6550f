"""Convolution over one-hot tokens with max pooling over time: a learned bag of word n-grams.

Without an embedding, a filter has a separate weight for every word at every position of its n-gram, so it
distinguishes "not bad" from "bad, not" as sharply as "good" from "bad".

When to use it: for long texts whose class depends on phrases, such as reviews. It trains in minutes where recurrent
networks take an hour: no step waits for the previous one, and gradients reach only the strongest n-grams.

When not: for short texts or small data sets, where words need an embedding to share what is learned; where distant
words decide the class; for series.

Paper: Johnson & Zhang (2015), Effective Use of Word Order for Text Categorization with Convolutional Neural Networks,
https://arxiv.org/abs/1412.1058
"""

import keras

from seqkit.layers.one_hot_conv_max import OneHotConvMax
from seqkit.layers.token_dropout import TokenDropout
from seqkit.spec import Spec, Tokens

TASKS = ("classify",)
TRAINING = {
    "texts": {
        "epochs": 7,
        "batch_size": 64,
        "clip_norm": None,
        "token_dropout": 0.45,
        "length": 800,
        "vocabulary": 30_000,
    }
}


def build_model(
    spec: Spec,
    *,
    filters: int = 200,
    kernel_size: tuple[int, ...] = (1, 2, 3),
    dropout: float = 0.5,
) -> keras.Model:
    """Builds the uncompiled model.

    Args:
        spec: Model inputs and outputs: tokens and classes.
        filters: Number of filters of each width, [1, inf).
        kernel_size: Filter widths, in tokens, [1, inf).
        dropout: Fraction of the pooled features dropped during training, [0, 1).

    Returns:
        A `keras.Model` with the inputs and outputs of `spec`.

    Raises:
        ValueError: `spec` describes series.
    """
    if not isinstance(spec.reads, Tokens):
        raise ValueError("Received a spec for series, expected one for tokens: `one_hot_conv1d` reads only texts.")
    tokens, _ = spec.inputs()  # (batch, time)
    x = TokenDropout(spec.reads.token_dropout, name="token_dropout")(tokens)
    branches = [
        OneHotConvMax(spec.vocabulary, filters, size, name=f"phrases_{size}")(x) for size in dict.fromkeys(kernel_size)
    ]
    x = keras.layers.Concatenate(name="joined")(branches) if len(branches) > 1 else branches[0]
    x = keras.layers.Dropout(dropout, name="dropout")(x)  # (batch, widths × filters)
    return keras.Model(tokens, spec.outputs(x), name="one_hot_conv1d")
