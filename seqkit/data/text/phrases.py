"""Collocations: joins words that co-occur far more often than by chance, such as New York or ice cream."""

from __future__ import annotations

from collections.abc import MutableMapping

import numpy as np

_CHUNK = 1 << 21
_IDS_AT_ONCE = 1 << 25


def join_phrases(
    ids: np.ndarray, counts: np.ndarray, table: MutableMapping[str, int], *, min_count: int, threshold: float
) -> tuple[int, list[str]]:
    """Joins the phrases in a stream of word ids, in place, from left to right, never across lines.

    A phrase is a pair of adjacent words that occurs at least `min_count` times and whose normalised pointwise mutual
    information, log(p(a, b) / (p(a) p(b))) / -log p(a, b), is at least `threshold`: 0 for independent words, 1 for
    words that only occur together. Punctuation without letters or digits never belongs to a phrase.

    Args:
        ids: Word ids, 0 between lines, int32, of shape (words + line ends,).
        counts: Count of each id, int64, of shape (words + 1,).
        table: Id of each word, in ascending order; phrases are added, their words joined by "_".
        min_count: Minimum count of a pair, [1, inf).
        threshold: Minimum normalised pointwise mutual information, (-1, 1].

    Returns:
        Length of the stream after joining, and notes for the user.

    Raises:
        ValueError: `threshold` is out of range.

    Source: G. Bouma, "Normalized (Pointwise) Mutual Information in Collocation Extraction", 2009; T. Mikolov et al.,
        "Distributed Representations of Words and Phrases and their Compositionality", 2013, section 4
        (https://arxiv.org/abs/1310.4546), for joining the words of phrases before vectors are learnt.
    """
    if not -1 < threshold <= 1:
        raise ValueError(
            f"Received an invalid value for argument `threshold`, expected a number in (-1, 1], got {threshold}."
        )
    words = list(table)
    has_letters = np.array([any(map(str.isalnum, word)) for word in words])
    pairs, pair_counts = _frequent_pairs(ids, (counts >= min_count) & has_letters, min_count)
    total = float(counts[1:].sum())
    first, second = np.divmod(pairs, len(words))
    log_joint = np.log(pair_counts / total)
    with np.errstate(divide="ignore"):
        information = (log_joint - np.log(counts[first] / total) - np.log(counts[second] / total)) / -log_joint
    chosen = information >= threshold
    pairs, first, second = pairs[chosen], first[chosen], second[chosen]
    names = [f"{words[a]}_{words[b]}" for a, b in zip(first.tolist(), second.tolist(), strict=True)]
    phrase_ids = np.array([table.setdefault(name, len(table)) for name in names], np.int32)
    length = _join(ids, pairs, phrase_ids, len(words))
    note = f"{len(pairs):,} phrase{'s' if len(pairs) != 1 else ''} joined"
    if names:
        most = np.argsort(-pair_counts[chosen], kind="stable")[:3]
        note += f", such as {', '.join(names[i] for i in most)}"
    return length, [note]


def _frequent_pairs(ids: np.ndarray, allowed: np.ndarray, least: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns the adjacent pairs with a count of at least `least`, as first * words + second, sorted, and their counts.

    In a long stream, pairs are counted for a subset of first words at a time, to limit memory.
    """
    words = len(allowed)
    parts = -(-len(ids) // _IDS_AT_ONCE)
    pairs, pair_counts = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for part in range(parts):
        keys, counts = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for start in range(0, len(ids) - 1, _CHUNK):
            chunk = np.asarray(ids[start : start + _CHUNK + 1])
            is_pair = allowed[chunk[:-1]] & allowed[chunk[1:]]
            if parts > 1:
                is_pair &= chunk[:-1] % parts == part
            places = np.flatnonzero(is_pair)
            unique, times = np.unique(chunk[places].astype(np.int64) * words + chunk[places + 1], return_counts=True)
            keys.append(unique)
            counts.append(times)
        summed = _summed(np.concatenate(keys), np.concatenate(counts))
        is_frequent = summed[1] >= least
        pairs.append(summed[0][is_frequent])
        pair_counts.append(summed[1][is_frequent])
    order = np.argsort(np.concatenate(pairs))
    return np.concatenate(pairs)[order], np.concatenate(pair_counts)[order]


def _summed(keys: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the distinct keys, sorted, and the sums of their counts."""
    if not len(keys):
        return keys, counts
    order = np.argsort(keys, kind="stable")
    keys, counts = keys[order], counts[order]
    starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
    return keys[starts], np.add.reduceat(counts, starts)


def _join(ids: np.ndarray, pairs: np.ndarray, phrase_ids: np.ndarray, words: int) -> int:
    """Replaces pairs by their phrase ids in place and returns the new length of the stream."""
    if not len(pairs):
        return len(ids)
    begins = np.zeros(words, np.bool_)
    begins[pairs // words] = True
    length, held_back = 0, ids[:0]
    for start in range(0, len(ids), _CHUNK):
        chunk = np.concatenate([held_back, ids[start : start + _CHUNK]])
        places = np.flatnonzero(begins[chunk[:-1]])
        keys = chunk[places].astype(np.int64) * words + chunk[places + 1]
        slots = np.minimum(np.searchsorted(pairs, keys), len(pairs) - 1)
        is_phrase = pairs[slots] == keys
        places, slots = places[is_phrase], slots[is_phrase]
        # Of overlapping phrases, the first, the third, ... are joined, so that each word is used once.
        order = np.arange(len(places))
        begins_run = np.diff(places, prepend=-2) != 1
        is_joined = (order - np.maximum.accumulate(np.where(begins_run, order, 0))) % 2 == 0
        places, slots = places[is_joined], slots[is_joined]
        is_kept = np.ones(len(chunk), np.bool_)
        is_kept[places + 1] = False
        held_back = ids[:0]
        if is_kept[-1] and start + _CHUNK < len(ids):  # it may start a phrase that ends in the next chunk
            held_back, is_kept[-1] = chunk[-1:].copy(), False
        chunk[places] = phrase_ids[slots]
        joined = chunk[is_kept]
        ids[length : length + len(joined)] = joined
        length += len(joined)
    return length
