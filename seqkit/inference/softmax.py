"""Probabilities of logits."""

import numpy as np


def softmax(logits: np.ndarray) -> np.ndarray:
    """Returns the softmax over the last axis, float64."""
    x = logits.astype(np.float64)
    x = np.exp(x - x.max(axis=-1, keepdims=True))
    result: np.ndarray = x / x.sum(axis=-1, keepdims=True)
    return result
