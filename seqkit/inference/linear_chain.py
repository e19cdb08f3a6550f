"""Decodes sequences of tags: the most likely one of each sequence, and the probability of each tag."""

import numpy as np

IMPOSSIBLE = -1e9
"""Weight of a pair of tags that cannot follow each other."""


def most_likely(logits: np.ndarray, lengths: np.ndarray, transitions: np.ndarray) -> np.ndarray:
    """Returns the tags of each sequence with the largest score, by the Viterbi algorithm.

    The score of a sequence is the sum of the logits of its tags and of the weights of its pairs of consecutive tags.

    Args:
        logits: Scores of the tags, of shape (sequences, time, tags).
        lengths: Lengths of the sequences, of shape (sequences,).
        transitions: Weights of pairs of tags, of shape (tags + 1, tags + 1); the last row and column are the border of
            a sequence. Weights of at most `IMPOSSIBLE` exclude a pair.

    Returns:
        Tags, int64, of shape (sequences, time); -1 after the end of a sequence.
    """
    sequences, time, tags = logits.shape
    pairs, first, last = transitions[:-1, :-1], transitions[-1, :-1], transitions[:-1, -1]
    scores = np.empty((sequences, time, tags))
    previous = np.zeros((sequences, time, tags), np.int64)
    for step in range(time):
        if step == 0:
            scores[:, 0] = first + logits[:, 0]
            continue
        candidates = scores[:, step - 1, :, None] + pairs  # (sequences, tags, tags)
        previous[:, step] = candidates.argmax(axis=1)
        scores[:, step] = candidates.max(axis=1) + logits[:, step]
    result = np.full((sequences, time), -1, np.int64)
    rows = np.flatnonzero(lengths)
    current = (scores[rows, lengths[rows] - 1] + last).argmax(axis=1)
    for step in reversed(range(time)):
        known = step < lengths[rows]
        ends = step == lengths[rows] - 1
        following = result[rows, min(step + 1, time - 1)]
        tag = np.where(ends, current, previous[rows, min(step + 1, time - 1), following])
        result[rows[known], step] = tag[known]
    return result


def marginals(logits: np.ndarray, lengths: np.ndarray, transitions: np.ndarray) -> np.ndarray:
    """Returns the probability of each tag at each step, by the forward-backward algorithm.

    Args:
        logits: As in `most_likely`.
        lengths: As in `most_likely`.
        transitions: As in `most_likely`.

    Returns:
        Probabilities of shape (sequences, time, tags); 0 after the end of a sequence.
    """
    sequences, time, tags = logits.shape
    x = logits.astype(np.float64)
    pairs, first, last = (np.exp(part) for part in (transitions[:-1, :-1], transitions[-1, :-1], transitions[:-1, -1]))
    emitted = np.exp(x - x.max(axis=2, keepdims=True, initial=-np.inf))
    forward, backward = np.zeros((sequences, time, tags)), np.zeros((sequences, time, tags))
    for step in range(time):
        reached = first[None] if step == 0 else forward[:, step - 1] @ pairs
        forward[:, step] = _scaled(reached * emitted[:, step])
    for step in reversed(range(time)):
        ends = (step >= lengths - 1)[:, None]
        following = min(step + 1, time - 1)
        backward[:, step] = np.where(ends, last, _scaled((backward[:, following] * emitted[:, following]) @ pairs.T))
    is_step = (np.arange(time) < lengths[:, None])[:, :, None]
    return np.where(is_step, _scaled(forward * backward), 0.0)


def _scaled(values: np.ndarray) -> np.ndarray:
    """Returns values that sum to 1 over the last axis, or zeros."""
    total = values.sum(axis=-1, keepdims=True)
    result: np.ndarray = values / np.where(total > 0, total, 1)
    return result
