"""Weighs the scores of tags: those of the network against those of the CRF, and that of O against the others.

A tagger is trained to be right about words, most of which are outside of spans, but is judged by F1 of spans. Where
spans are rare or new, it misses far more of them than it invents. Lowering the score of O trades precision for recall.
Network and CRF err at different words, so that the sum of their scores errs less. Both weights are chosen on
validation.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from seqkit.tasks.tag.metrics import f1

COARSE = (0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0)
"""Amounts by which the score of O is lowered, in nats; the best epoch is chosen among them."""

STEP = 0.25
"""Distance of the amounts that are tried around the best of them."""

SHARES = (1.0, 0.95, 0.9, 0.8, 0.6, 0.4, 0.2, 0.1, 0.05)
"""Weights of the network in the mixture with the CRF."""


@dataclass(frozen=True)
class Decoding:
    """Weights of the scores of tags.

    Attributes:
        share: Weight of the network, (0, 1]; that of the CRF is the rest.
        bias: Amount by which the score of O is lowered, in nats.
    """

    share: float = 1.0
    bias: float = 0.0


def choose_decoding(
    score: Callable[[Decoding], float],
    *,
    combine: Literal["crf", "none"] = "crf",
    outside: Literal["tuned", "trained"] = "tuned",
) -> tuple[Decoding, Decoding]:
    """Returns the weights of the mixture, and those of the network alone.

    Args:
        score: Returns the score of some weights on validation, larger is better.
        combine: What the network is mixed with. `crf`: the linear-chain CRF of hand-made features, in shares that are
            best on validation. `none`: the network alone.
        outside: Score of the tag O of words outside of spans. `tuned`: after training, it is lowered as far as F1 of
            spans on validation grows. `trained`: it is left as it is.
    """
    shares = SHARES if combine == "crf" else SHARES[:1]
    coarse = [[Decoding(share, bias) for bias in biases(outside)] for share in shares]
    scores = [[score(decoding) for decoding in of_share] for of_share in coarse]
    best = _first_best([max(of_share) for of_share in scores])
    mixture, alone = (coarse[i][_first_best(scores[i])] for i in (best, 0))
    if outside == "trained":
        return mixture, alone
    alone = _refined(score, alone)
    return (_refined(score, mixture) if best else alone), alone


def choose_bias(counts: Callable[[Sequence[float]], np.ndarray]) -> float:
    """Returns the amount by which the score of O is lowered, in nats.

    Args:
        counts: Returns the correct, predicted and true spans for some amounts, of shape (amounts, 3).
    """
    best = COARSE[_first_best(f1(counts(COARSE)))]
    fine = _around(best)
    return fine[_first_best(f1(counts(fine)))]


def biases(outside: str) -> tuple[float, ...]:
    """Returns the amounts among which the best epoch is chosen; see `choose_decoding`."""
    return COARSE if outside == "tuned" else COARSE[:1]


def lowered(logits: np.ndarray, bias: float) -> np.ndarray:
    """Returns logits with that of O, the first tag, lowered."""
    if not bias:
        return logits
    result = logits.copy()
    result[..., 0] -= bias
    return result


def _refined(score: Callable[[Decoding], float], decoding: Decoding) -> Decoding:
    """Returns the best weights with the same share and about the same bias, of equal ones those that lower O least."""
    fine = [Decoding(decoding.share, bias) for bias in _around(decoding.bias)]
    return fine[_first_best([score(each) for each in fine])]


def _around(bias: float) -> list[float]:
    return [max(0.0, bias + STEP * number) for number in range(-3, 4)]


def _first_best(scores: Sequence[float] | np.ndarray) -> int:
    return int(np.argmax(scores))
