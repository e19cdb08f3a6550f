"""Mixture of the network with a Kneser-Ney model and the n-grams of the recent text: a weighted mean of probabilities.

The weights and the order of the n-grams are single numbers, so choosing them on the validation text hardly overfits.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from seqkit.stopwatch import spent
from seqkit.tasks.generate.kneser_ney import KneserNey

NETWORK = tuple(n / 20 for n in range(1, 21))
"""Candidate weights of the network. Zero is not among them: every run answers with its recipe."""

RECENT = tuple(n / 20 for n in range(20))
"""Candidate weights of the recent text."""

ORDERS = {"char": (4, 5, 6, 7, 8), "word": (2, 3, 4, 5), "bpe": (2, 3, 4, 5), "note": (8, 12, 16)}
"""Candidate orders of the Kneser-Ney model, by unit."""


@dataclass(frozen=True)
class Shares:
    """Weights of a mixture.

    Attributes:
        network: Weight of the network where the recent text has none, (0, 1]; the rest is that of the n-gram model.
        recent: Weight of the recent text where it is long, [0, 1).
    """

    network: float = 1.0
    recent: float = 0.0

    def combine(self, network: Any, counts: Any, recent: Any = 0.0, reliability: Any = 0.0) -> Any:
        """Returns the mixture of probabilities; `reliability` is the `weight` of the recent text."""
        weight = self.recent * reliability
        return (1 - weight) * (self.network * network + (1 - self.network) * counts) + weight * recent


def mix(
    network: np.ndarray,
    counts: np.ndarray,
    recent: np.ndarray,
    reliability: np.ndarray,
    *,
    combine: Literal["all", "counts", "none"] = "all",
) -> Shares:
    """Returns the weights of the mixture that are best on the validation text.

    Args:
        network: Probability that the network gives each validation token, of shape (tokens,).
        counts: Probability that the Kneser-Ney model gives them.
        recent: Probability that the n-grams of the text before them give them.
        reliability: Weight of the recent text at each token, [0, 1).
        combine: What the network is mixed with, in weights that are best on validation. `all`: an n-gram model of
            counts (Kneser-Ney), and n-grams of the text that the model has just read. `counts`: the first of them.
            `none`: the network alone.
    """
    if combine == "none":
        return Shares()
    candidates = [Shares(share, other) for share in NETWORK for other in (RECENT if combine == "all" else (0.0,))]
    nats = [-np.log(shares.combine(network, counts, recent, reliability)).mean() for shares in candidates]
    return candidates[int(np.argmin(nats))]


def recent_share(counts: np.ndarray, recent: np.ndarray, reliability: np.ndarray) -> float:
    """Returns the weight of the recent text in its mixture with the n-gram model that is best on validation."""
    nats = [-np.log(Shares(1.0, share).combine(counts, 0.0, recent, reliability)).mean() for share in RECENT]
    return RECENT[int(np.argmin(nats))]


MAX_COUNTED = 10_000_000
"""Tokens at the end of the training text whose n-grams are counted; fitting takes some 300 bytes of memory for each."""


@spent("fitting baselines")
def fit_kneser_ney(train: np.ndarray, validation: np.ndarray, vocabulary: int, unit: str) -> KneserNey:
    """Fits a Kneser-Ney model on the last training tokens, of the order that is best on the validation tokens."""
    best, best_nats, train = None, np.inf, train[-MAX_COUNTED:]
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


@spent("fitting baselines")
def count_again(model: KneserNey, train: np.ndarray, validation: np.ndarray) -> KneserNey:
    """Fits a model of the same order on training and validation tokens, which follow each other."""
    return KneserNey.fit(np.concatenate([train, validation])[-MAX_COUNTED:], model.vocabulary, model.order)
