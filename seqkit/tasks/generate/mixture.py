"""Mixture of the network with the Kneser-Ney model: a weighted mean of their probabilities.

The weight and the order of the n-grams are single numbers, so choosing them on the validation text hardly overfits.
"""

from typing import Literal

import numpy as np

from seqkit.stopwatch import spent
from seqkit.tasks.generate.kneser_ney import KneserNey

SHARES = tuple(n / 20 for n in range(1, 21))
"""Candidate weights of the network. Zero is not among them: every run answers with its recipe."""

ORDERS = {"char": (4, 5, 6, 7, 8), "word": (2, 3, 4, 5), "bpe": (2, 3, 4, 5)}
"""Candidate orders of the Kneser-Ney model, by unit."""


def mix(network: np.ndarray, counts: np.ndarray, *, combine: Literal["counts", "none"] = "counts") -> float:
    """Returns the weight of the network in the mixture.

    Args:
        network: Probability that the network gives each validation token, of shape (tokens,).
        counts: Probability that the Kneser-Ney model gives them.
        combine: `counts`: mix the network with an n-gram model of counts (Kneser-Ney), with the weight that is best on
            validation. `none`: the network alone.
    """
    if combine == "none":
        return 1.0
    nats = [-np.log(share * network + (1 - share) * counts).mean() for share in SHARES]
    return SHARES[int(np.argmin(nats))]


@spent("fitting baselines")
def fit_kneser_ney(train: np.ndarray, validation: np.ndarray, vocabulary: int, unit: str) -> KneserNey:
    """Fits a Kneser-Ney model on the training tokens, of the order that is best on the validation tokens."""
    best, best_nats = None, np.inf
    for order in ORDERS[unit]:
        model = KneserNey.fit(train, vocabulary, order)
        reach = min(len(train), model.order - 1)
        probabilities = model.probabilities(np.concatenate([train[len(train) - reach :], validation]))[reach:]
        nats = float(-np.log(probabilities).mean())
        if best is not None and nats >= best_nats:
            break
        best, best_nats = model, nats
    assert best is not None
    return best
