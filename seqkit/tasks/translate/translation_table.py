"""IBM model 1: how likely each source word is translated by each target word, learnt from sentence pairs alone.

Each word of a target sentence comes from one word of the source sentence, or from none (the empty word). Which one is
not known; expectation maximisation alternates between the probability of each link and the table of translations.
Brown, Della Pietra, Della Pietra and Mercer, "The Mathematics of Statistical Machine Translation: Parameter
Estimation", 1993, https://aclanthology.org/J93-2003. The prior prefers links near the diagonal, as in Dyer,
Chahuneau and Smith, "A Simple, Fast, and Effective Reparameterization of IBM Model 2", 2013,
https://aclanthology.org/N13-1073.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MAX_LINKS = 8_000_000
"""Maximum number of possible links, which bounds time and memory; of more pairs, an evenly spaced part is used."""


@dataclass(frozen=True)
class TranslationTable:
    """Pairs of words that occur in a pair of sentences, sorted by source and target.

    Attributes:
        sources: Id of the source word, int64 of shape (entries,); -1 is the empty word.
        targets: Id of the target word, int64 of shape (entries,).
        probabilities: Probability of the target given the source, float64 of shape (entries,).
        counts: Expected number of links, float64 of shape (entries,).
        pairs: Number of sentence pairs that were used.
    """

    sources: np.ndarray
    targets: np.ndarray
    probabilities: np.ndarray
    counts: np.ndarray
    pairs: int


def fit_translation_table(
    sources: Sequence[Sequence[int]],
    targets: Sequence[Sequence[int]],
    *,
    iterations: int = 5,
    empty: float = 0.08,
    tension: float = 4.0,
    max_links: int = MAX_LINKS,
) -> TranslationTable:
    """Fits the table by expectation maximisation.

    Args:
        sources: Word ids of each source sentence, [0, 2^31).
        targets: Word ids of each target sentence, likewise.
        iterations: Number of iterations, [1, inf).
        empty: Prior probability that a target word comes from the empty word, (0, 1).
        tension: How strongly the prior prefers links near the diagonal; 0 for equally likely ones, [0, inf).
        max_links: Maximum number of possible links.
    """
    chosen = _within(sources, targets, max_links)
    links = _links([sources[i] for i in chosen], [targets[i] for i in chosen], empty, tension)
    if not len(links.sources):
        return TranslationTable(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), np.zeros(0), 0)
    keys = links.sources.astype(np.int64) << 32 | links.targets
    entries, entry = np.unique(keys, return_inverse=True)
    table_sources, table_targets = (entries >> 32) - 1, entries & 0xFFFFFFFF
    firsts = np.flatnonzero(np.diff(table_sources, prepend=-2))
    sizes = np.diff(np.append(firsts, len(entries)))
    probabilities: np.ndarray = np.ones(len(entries))
    counts = probabilities
    for _ in range(iterations):
        weights = probabilities[entry] * links.prior
        weights /= np.repeat(np.add.reduceat(weights, links.firsts), links.sizes)
        counts = np.bincount(entry, weights, minlength=len(entries))
        probabilities = counts / np.repeat(np.add.reduceat(counts, firsts), sizes)
    return TranslationTable(table_sources, table_targets, probabilities, counts, len(chosen))


@dataclass(frozen=True)
class _Links:
    """All possible links, those of one target word together.

    Attributes:
        sources: Id of the source word plus one, 0 for the empty word, int32 of shape (links,).
        targets: Id of the target word, int32 of shape (links,).
        prior: Prior probability of each link, of shape (links,).
        firsts: First link of each target word, of shape (target words,).
        sizes: Number of links of each target word, of shape (target words,).
    """

    sources: np.ndarray
    targets: np.ndarray
    prior: np.ndarray
    firsts: np.ndarray
    sizes: np.ndarray


def _within(sources: Sequence[Sequence[int]], targets: Sequence[Sequence[int]], max_links: int) -> list[int]:
    """Returns the positions of the pairs to use: those with words on both sides, thinned out evenly to `max_links`."""
    lengths = np.array([(len(a), len(b)) for a, b in zip(sources, targets, strict=True)], np.int64).reshape(-1, 2)
    links = (lengths[:, 0] + 1) * lengths[:, 1]
    usable = np.flatnonzero((lengths > 0).all(axis=1) & (links <= max_links // 100))
    total = int(links[usable].sum())
    if total > max_links:
        kept = np.linspace(0, len(usable) - 1, int(len(usable) * max_links / total)).astype(np.int64)
        usable = usable[kept]
        usable = usable[np.cumsum(links[usable]) <= max_links]
    positions: list[int] = usable.tolist()
    return positions


def _links(sources: Sequence[Sequence[int]], targets: Sequence[Sequence[int]], empty: float, tension: float) -> _Links:
    source_lengths = np.array([len(sentence) for sentence in sources], np.int64)
    target_lengths = np.array([len(sentence) for sentence in targets], np.int64)
    source_ids = np.array([number for sentence in sources for number in sentence], np.int32)
    target_ids = np.array([number for sentence in targets for number in sentence], np.int32)
    sentence = np.repeat(np.arange(len(targets)), target_lengths)  # of each target word
    sizes = source_lengths[sentence] + 1
    firsts = np.cumsum(sizes) - sizes
    offset = np.arange(sizes.sum(), dtype=np.int32) - np.repeat(firsts, sizes).astype(np.int32)  # 0: the empty word
    source_firsts = np.cumsum(source_lengths) - source_lengths
    place = np.repeat(source_firsts[sentence], sizes) + offset - 1
    is_empty = offset == 0
    linked = np.where(is_empty, 0, source_ids[np.where(is_empty, 0, place)] + 1).astype(np.int32)
    target_firsts = np.cumsum(target_lengths) - target_lengths
    target_place = np.arange(len(target_ids)) - np.repeat(target_firsts, target_lengths)
    height = ((target_place + 0.5) / target_lengths[sentence]).astype(np.float32)
    distance = np.abs((offset - 0.5) / np.repeat(sizes - 1, sizes) - np.repeat(height, sizes))
    closeness = np.where(is_empty, 0, np.exp(-tension * distance))
    prior = (1 - empty) * closeness / np.repeat(np.add.reduceat(closeness, firsts), sizes) if len(firsts) else closeness
    prior[is_empty] = empty
    return _Links(linked, np.repeat(target_ids, sizes), prior, firsts, sizes)
