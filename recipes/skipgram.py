"""Skip-gram: learns word vectors by predicting the context of each word.

When to use it: for word vectors to query (neighbours, analogies), above all on a small corpus or where rare words
matter; as pretrained vectors for a text classifier with few labelled examples (`--vectors RUN`).

When not: on a large corpus where speed matters most; `cbow` takes fewer steps. Where a word's meaning must depend on
its sentence; see `transformer`.

Paper: Mikolov, Chen, Corrado & Dean (2013), Efficient Estimation of Word Representations in Vector Space,
https://arxiv.org/abs/1301.3781; Mikolov et al. (2013), Distributed Representations of Words and Phrases and their
Compositionality, https://arxiv.org/abs/1310.4546 (negative sampling)
"""

import keras

from seqkit.layers.skip_gram import SkipGram
from seqkit.spec import Spec

TASKS = ("embed",)
TRAINING = {"learning_rate": 0.25}  # Every context word updates the vector once more.


def build_model(spec: Spec, *, window: int = 5, negative: float = 5.0, pool: int = 32) -> keras.Model:
    """Builds the uncompiled model; its layers add the loss, so `compile` needs only an optimizer.

    Args:
        spec: Model inputs and outputs.
        window: Maximum distance between a word and its context words, [1, 1000].
        negative: Negative samples per positive example, (0, inf), at most the size of the vocabulary.
        pool: Negative samples shared by 64 consecutive words, [1, inf). More are slower and better.

    Returns:
        A `keras.Model` that maps word ids (batch, time) to vectors (batch, time, dim).
    """
    tokens, vectors = spec.inputs()  # (batch, time), (batch, time, dim)
    outputs = SkipGram(spec.vocabulary, window, negative, pool, name="skip_gram")(tokens, vectors)
    return keras.Model(tokens, outputs, name="skipgram")
