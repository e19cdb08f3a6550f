"""Loss and validation score of a language model, and the options of its feed."""

from typing import Any

import numpy as np
import tensorflow as tf

from seqkit.training.feeds.streams import StreamFeed
from seqkit.training.objective import Measure, Objective


def stream_options(
    train: np.ndarray, validation: np.ndarray, vocabulary: int, *, chunk: int = 64, samples: int = 2048
) -> StreamFeed:
    """Returns the feed of a language model.

    Args:
        train: Training tokens.
        validation: Validation tokens.
        vocabulary: Number of tokens.
        chunk: Tokens per training step and stream; gradients end at its start, the state is carried on, [1, inf).
        samples: Wrong tokens that a training step compares with the right ones, drawn anew for each step, where words
            or pieces are twice as many; fewer train faster. 0 compares with the whole vocabulary, [0, inf).
    """
    return StreamFeed(train, validation, chunk, vocabulary=vocabulary)


def next_token_objective(loss: Measure | None = None) -> Objective:
    """Returns the cross-entropy of the next token, in nats; its mean on validation selects the best epoch.

    Args:
        loss: Training loss. Default: the cross-entropy.
    """
    return Objective(loss or _cross_entropy, _cross_entropy, _cross_entropy, score_name="nats")


def _cross_entropy(y_true: Any, logits: Any) -> Any:
    return tf.nn.sparse_softmax_cross_entropy_with_logits(y_true, logits)
