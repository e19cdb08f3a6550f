"""How translations are searched: the beam, and the maximum length of a translation."""

import math

from seqkit.inference.beam_search import Beam

MAX_BEAM = 100
"""Maximum size of a beam."""

SPARE_TOKENS = 10
"""Tokens that a translation may have beyond what `longest` allows for its source."""


def search_options(*, beam: int = 5, length_penalty: float = 1.0) -> Beam:
    """Returns how a run searches its translations where nothing else is said.

    Args:
        beam: Translations kept at each step of the search; 1 is greedy, [1, 100].
        length_penalty: Exponent of the length by which the log-probability is divided; 0 prefers short translations,
            [0, 10].
    """
    return Beam(beam, 1, length_penalty)


def longest(tokens: int, ratio: float) -> int:
    """Returns the maximum number of tokens of a translation.

    Args:
        tokens: Tokens of the source.
        ratio: Target tokens per source token in training.
    """
    return SPARE_TOKENS + math.ceil(2 * ratio * tokens)
