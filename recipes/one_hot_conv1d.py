"""Convolutions straight over one-hot words: each filter looks for runs of a few words, and the strongest one counts.

There is no embedding in between: a filter has a number of its own for every word in every place of its run, so that
"not bad" and "bad, not" are told apart as sharply as "good" and "bad". It is a bag of word n-grams that learns which
ones there should be.

When to reach for it: for long texts whose label hangs on telling phrases, such as reviews. It trains in minutes where
recurrent networks take an hour, since it waits for no step before and learns only where the strongest phrase stood.

When not: for short texts or few of them, where words have to share what is learned through an embedding; where what
decides is far apart; for series.

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
    """Builds the model, uncompiled.

    Args:
        spec: What the model takes in and gives out: tokens and labels.
        filters: Filters of each width, [1, inf).
        kernel_size: Widths of the filters, in tokens, side by side, [1, inf).
        dropout: Share of the filters' answers dropped in training, [0, 1).

    Returns:
        A model that takes in and gives out what the spec says.

    Raises:
        ValueError: The spec is one of series.
    """
    if not isinstance(spec.reads, Tokens):
        raise ValueError("Received a spec of series, expected one of tokens: this recipe reads texts.")
    tokens, _ = spec.inputs()  # (batch, time)
    x = TokenDropout(spec.reads.token_dropout, name="token_dropout")(tokens)
    strongest = [
        OneHotConvMax(spec.vocabulary, filters, size, name=f"phrases_{size}")(x) for size in dict.fromkeys(kernel_size)
    ]
    x = keras.layers.Concatenate(name="joined")(strongest) if len(strongest) > 1 else strongest[0]
    x = keras.layers.Dropout(dropout, name="dropout")(x)  # (batch, widths × filters)
    return keras.Model(tokens, spec.outputs(x), name="one_hot_conv1d")
