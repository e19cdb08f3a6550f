"""Training and validation pairs of a translation, as batches of tokens."""

import numpy as np

from seqkit.tasks.translate.alignment import Guidance
from seqkit.tasks.translate.prepare import Part, TranslateState
from seqkit.training.feeds.pairs import PairFeed


def pair_feed(
    train: Part, validation: Part, state: TranslateState, guidance: Guidance | None, *, batch_tokens: int = 1000
) -> tuple[PairFeed, int]:
    """Returns the feed of a training, and the number of tokens per batch.

    Args:
        train: Training pairs, without those that are too long.
        validation: Validation pairs, likewise.
        state: The fitted state.
        guidance: Alignment of the training pairs, if attention is guided by it.
        batch_tokens: Tokens per step, of the sources or of the targets, whichever are more; many short pairs or few
            long ones make a batch, [1, inf).
    """
    alignment = None if guidance is None else guidance.positions
    feed = PairFeed((train.sources, train.targets), (validation.sources, validation.targets), state.end, alignment)
    return feed, batch_tokens


def short_pairs(part: Part, length: int) -> Part:
    """Returns the pairs with at most `length` tokens on either side; all of them if there is none."""
    keep = np.flatnonzero(np.maximum(part.sources.lengths, part.targets.lengths) <= length)
    keep = keep if len(keep) else np.arange(len(part.sources))
    return Part(part.sources.take(keep), part.targets.take(keep), part.rows[keep])
