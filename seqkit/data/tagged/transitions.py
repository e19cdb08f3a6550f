"""Which tags of a scheme may follow each other, as arrays."""

from collections.abc import Sequence

import numpy as np

from seqkit.data.tagged.schemes import is_legal


def legal_transitions(tags: Sequence[str], scheme: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns which tags may start a sentence, follow each other, and end a sentence.

    Args:
        tags: The tags of a model.
        scheme: Their scheme.

    Returns:
        Boolean arrays of shape (tags,), (tags, tags), from row to column, and (tags,).
    """
    start = np.array([is_legal(None, tag, scheme) for tag in tags])
    follow = np.array([[is_legal(before, after, scheme) for after in tags] for before in tags])
    return start, follow, np.array([is_legal(tag, None, scheme) for tag in tags])
