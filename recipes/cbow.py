"""CBOW (continuous bag of words): word vectors learned by predicting each word from the mean of those around it.

When to reach for it: for word vectors from much text in little time, and for frequent words.

When not: for rare words or little text; `skipgram` makes more of each occurrence.

Paper: Mikolov, Chen, Corrado & Dean (2013), Efficient Estimation of Word Representations in Vector Space,
https://arxiv.org/abs/1301.3781; Mikolov et al. (2013), Distributed Representations of Words and Phrases and their
Compositionality, https://arxiv.org/abs/1310.4546 (negative sampling)
"""

import keras

from seqkit.layers.bag_of_words import BagOfWords
from seqkit.spec import Spec

TASKS = ("embed",)


def build_model(spec: Spec, *, window: int = 5, negative: float = 5.0, pool: int = 16) -> keras.Model:
    """Builds the model, uncompiled; its losses are in its layers, so that `compile` needs an optimizer only.

    Args:
        spec: What the model takes in and gives out.
        window: Words to either side that a word is predicted from at most, [1, 1000].
        negative: Words drawn at random that weigh against each true one, (0, inf); no more than there are.
        pool: Words drawn at random for 256 words to share, [1, inf). More are slower and a little better.

    Returns:
        A model from word numbers (batch, time) to their vectors (batch, time, dim).
    """
    tokens, vectors = spec.inputs()  # (batch, time), (batch, time, dim)
    outputs = BagOfWords(spec.vocabulary, window, negative, pool, name="bag_of_words")(tokens, vectors)
    return keras.Model(tokens, outputs, name="cbow")
