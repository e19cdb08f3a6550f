"""Skip-gram: word vectors learned by predicting, from each word, the words around it.

When to reach for it: for word vectors as such (neighbours, analogies, groups of words), above all where text is
scarce or rare words matter. As a start for a text classifier with few labels (`--vectors RUN`).

When not: where speed is all and text abounds; `cbow` takes fewer steps. Where a word's meaning must depend on its
sentence; look at `transformer`.

Paper: Mikolov, Chen, Corrado & Dean (2013), Efficient Estimation of Word Representations in Vector Space,
https://arxiv.org/abs/1301.3781; Mikolov et al. (2013), Distributed Representations of Words and Phrases and their
Compositionality, https://arxiv.org/abs/1310.4546 (negative sampling)
"""

import keras

from seqkit.layers.skip_gram import SkipGram
from seqkit.spec import Spec

TASKS = ("embed",)
TRAINING = {"learning_rate": 0.25}  # A word is moved by each of its neighbours.


def build_model(spec: Spec, *, window: int = 5, negative: float = 5.0, pool: int = 32) -> keras.Model:
    """Builds the model, uncompiled; its losses are in its layers, so that `compile` needs an optimizer only.

    Args:
        spec: What the model takes in and gives out.
        window: Words to either side that are predicted at most, [1, 1000].
        negative: Words drawn at random that weigh against each true one, (0, inf); no more than there are.
        pool: Words drawn at random for 64 words to share, [1, inf). More are slower and better.

    Returns:
        A model from word numbers (batch, time) to their vectors (batch, time, dim).
    """
    tokens, vectors = spec.inputs()  # (batch, time), (batch, time, dim)
    outputs = SkipGram(spec.vocabulary, window, negative, pool, name="skip_gram")(tokens, vectors)
    return keras.Model(tokens, outputs, name="skipgram")
