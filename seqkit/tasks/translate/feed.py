"""Training and validation pairs of a translation, as batches of tokens."""

import numpy as np

from seqkit.tasks.translate.prepare import Part, Splits, TranslateState
from seqkit.training.feeds.pairs import PairFeed


def pair_feed(splits: Splits, state: TranslateState, *, batch_tokens: int = 1000) -> tuple[PairFeed, int]:
    """Returns the feed of a training, and the number of tokens per batch.

    Args:
        splits: The parts.
        state: The fitted state.
        batch_tokens: Tokens per step, of the sources or of the targets, whichever are more; many short pairs or few
            long ones make a batch, [1, inf).
    """
    parts = [_short(part, state.length) for part in (splits.train, splits.validation)]
    train, validation = ((part.sources, part.targets) for part in parts)
    return PairFeed(train, validation, state.end), batch_tokens


def _short(part: Part, length: int) -> Part:
    """Returns the pairs with at most `length` tokens on either side; all of them if there is none."""
    keep = np.flatnonzero(np.maximum(part.sources.lengths, part.targets.lengths) <= length)
    keep = keep if len(keep) else np.arange(len(part.sources))
    return Part(part.sources.take(keep), part.targets.take(keep), part.rows[keep])
