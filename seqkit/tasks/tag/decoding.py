"""Weighs the tag O against the others.

A tagger is trained to be right about words, most of which are outside of spans, but is judged by F1 of spans. Where
spans are rare or new, it misses far more of them than it invents. Lowering the score of O trades precision for recall;
how far is chosen on validation.
"""

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np

from seqkit.tasks.tag.metrics import f1

COARSE = (0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0)
"""Amounts by which the score of O is lowered, in nats; the best epoch is chosen among them."""

STEP = 0.25
"""Distance of the amounts that are tried around the best of them."""


def choose_bias(
    counts: Callable[[Sequence[float]], np.ndarray], *, outside: Literal["tuned", "trained"] = "tuned"
) -> float:
    """Returns the amount by which the score of O is lowered, in nats.

    Args:
        counts: Returns the correct, predicted and true spans for some amounts, of shape (amounts, 3).
        outside: Score of the tag O of words outside of spans. `tuned`: after training, it is lowered as far as F1 of
            spans on validation grows. `trained`: it is left as it is.
    """
    if outside == "trained":
        return 0.0
    best = _best(COARSE, counts(COARSE))
    fine = [max(0.0, best + STEP * number) for number in range(-3, 4)]
    return _best(fine, counts(fine))


def biases(outside: str) -> tuple[float, ...]:
    """Returns the amounts among which the best epoch is chosen; see `choose_bias`."""
    return COARSE if outside == "tuned" else (0.0,)


def lowered(logits: np.ndarray, bias: float) -> np.ndarray:
    """Returns logits with that of O, the first tag, lowered."""
    if not bias:
        return logits
    result = logits.copy()
    result[..., 0] -= bias
    return result


def _best(amounts: Sequence[float], counts: np.ndarray) -> float:
    """Returns the amount with the largest F1, the smallest of several."""
    return float(amounts[int(np.argmax(f1(counts)))])
