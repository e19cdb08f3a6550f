"""Shares of network and baseline in the labels of rows, chosen on validation."""

from collections.abc import Callable
from typing import Literal

from seqkit.tasks.tag.decoding import SHARES, Decoding


def choose_share(
    score: Callable[[Decoding], float], *, combine: Literal["regression", "none"] = "regression"
) -> Decoding:
    """Returns the weight of the network in the mixture with the baseline.

    Args:
        score: Returns the score of a weight on validation, larger is better.
        combine: What the network is mixed with. `regression`: the smoothed logistic regression on the rows around, in
            shares that are best on validation. `none`: the network alone.
    """
    shares = [Decoding(share) for share in (SHARES if combine == "regression" else SHARES[:1])]
    return max(shares, key=score)  # the first of equal ones, which is the largest share of the network
