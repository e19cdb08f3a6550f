"""CBOW (continuous bag of words): learns word vectors by predicting each word from the mean of its context.

When to use it: to train vectors on a large corpus quickly, or when frequent words matter most.

When not: for rare words or a small corpus; `skipgram` learns more from each occurrence.

Paper: Mikolov, Chen, Corrado & Dean (2013), Efficient Estimation of Word Representations in Vector Space,
https://arxiv.org/abs/1301.3781; Mikolov et al. (2013), Distributed Representations of Words and Phrases and their
Compositionality, https://arxiv.org/abs/1310.4546 (negative sampling)
"""

import keras

from seqkit.layers.bag_of_words import BagOfWords
from seqkit.spec import Spec

TASKS = ("embed",)


def build_model(spec: Spec, *, window: int = 5, negative: float = 5.0, pool: int = 16) -> keras.Model:
    """Builds the uncompiled model; its layers add the loss, so `compile` needs only an optimizer.

    Args:
        spec: Model inputs and outputs.
        window: Maximum distance between a word and its context words, [1, 1000].
        negative: Negative samples per positive example, (0, inf), at most the size of the vocabulary.
        pool: Negative samples shared by 256 consecutive words, [1, inf). More are slower and slightly better.

    Returns:
        A `keras.Model` that maps word ids (batch, time) to vectors (batch, time, dim).
    """
    tokens, vectors = spec.inputs()  # (batch, time), (batch, time, dim)
    outputs = BagOfWords(spec.vocabulary, window, negative, pool, name="bag_of_words")(tokens, vectors)
    return keras.Model(tokens, outputs, name="cbow")
