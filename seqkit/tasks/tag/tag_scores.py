"""Scores of tags by the network and by the CRF of hand-made features: mixed, and decoded."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seqkit.inference.linear_chain import marginals, most_likely
from seqkit.tasks.tag.baselines import CrfBaseline
from seqkit.tasks.tag.decoding import Decoding, lowered


@dataclass(frozen=True)
class Batch:
    """Scores of the tags of some sentences.

    Attributes:
        rows: Positions of the sentences, of shape (sentences,).
        lengths: Their lengths.
        network: Logits by the network, of shape (sentences, time, tags).
        crf: Logits by the CRF, of the same shape; None without a CRF.
    """

    rows: np.ndarray
    lengths: np.ndarray
    network: np.ndarray
    crf: np.ndarray | None = None


@dataclass(frozen=True)
class Transitions:
    """Weights of pairs of tags; see `seqkit.inference.linear_chain.most_likely`.

    Attributes:
        legal: 0 for pairs that may follow each other, else `IMPOSSIBLE`.
        network: Weights of the network; zeros without a conditional random field.
        crf: Weights of the CRF.
    """

    legal: np.ndarray
    network: np.ndarray
    crf: np.ndarray


def mixed(batch: Batch, transitions: Transitions, decoding: Decoding) -> tuple[np.ndarray, np.ndarray]:
    """Returns the weighted logits of both models, without the bias, and the weights of pairs of tags."""
    share = decoding.share if batch.crf is not None else 1.0
    logits = batch.network
    if batch.crf is not None and share < 1:
        logits = np.float32(share) * batch.network + np.float32(1 - share) * batch.crf
    return logits, transitions.legal + share * transitions.network + (1 - share) * transitions.crf


def best_tags(batch: Batch, transitions: Transitions, decoding: Decoding) -> list[np.ndarray]:
    """Returns the most likely tags of each sentence of a batch."""
    logits, pairs = mixed(batch, transitions, decoding)
    tags = most_likely(lowered(logits, decoding.bias), batch.lengths, pairs)
    return [row[:length] for row, length in zip(tags, batch.lengths, strict=True)]


def probabilities(
    batch: Batch, transitions: Transitions, decoding: Decoding, tags: Sequence[np.ndarray]
) -> list[np.ndarray]:
    """Returns the probabilities of the tags of each sentence of a batch, by the mixture without its bias."""
    logits, pairs = mixed(batch, transitions, decoding)
    by_tag = marginals(logits, batch.lengths, pairs)
    return [row[np.arange(len(path)), path] for row, path in zip(by_tag, tags, strict=True)]


def by_position(batches: Sequence[Batch], values: Sequence[Sequence[np.ndarray]], count: int) -> list[np.ndarray]:
    """Returns values of the sentences of some batches in the order of `count` sentences, empty where there are none."""
    ordered = [np.zeros(0, np.int64)] * count
    for batch, of_batch in zip(batches, values, strict=True):
        for row, value in zip(batch.rows, of_batch, strict=True):
            ordered[row] = value
    return ordered


class CrfScores:
    """Scores of a model's tags by a CRF, which may have fewer tags.

    Args:
        crf: The CRF.
        tags: The model's tags.

    Attributes:
        transitions: Weights of pairs of the model's tags, of shape (tags + 1, tags + 1).
    """

    def __init__(self, crf: CrfBaseline, tags: Sequence[str]) -> None:
        number = {tag: i for i, tag in enumerate(crf.tags)}
        self._crf = crf
        self._columns = np.array([number.get(tag, -1) for tag in tags])
        known = np.flatnonzero(self._columns >= 0)
        self.transitions = np.zeros((len(tags) + 1,) * 2)
        self.transitions[np.ix_(known, known)] = crf.transitions[np.ix_(self._columns[known], self._columns[known])]

    def logits(self, sentences: Sequence[Sequence[str]], time: int) -> np.ndarray:
        """Returns the logits of sentences, float32 of shape (sentences, time, tags).

        A tag that the CRF does not have gets the smallest score of those that it has.
        """
        scores = self._crf.logits(sentences)
        smallest = scores.min(axis=1, keepdims=True, initial=0.0)
        of_words = np.where(self._columns >= 0, scores[:, self._columns], smallest)
        lengths = np.array([len(words) for words in sentences])
        result = np.zeros((len(sentences), time, len(self._columns)), np.float32)
        result[np.arange(time) < lengths[:, None]] = of_words
        return result
