"""Splits sentence pairs so that no sentence, source or target, occurs in two parts.

Pairs that share a sentence, directly or through others, form a group; groups are drawn at random. Without this, a model
is asked for what it has seen: corpora contain a sentence with several translations, and several with the same one.
"""

from __future__ import annotations

import numpy as np

from seqkit.data.labelled.duplicates import text_groups
from seqkit.data.labelled.splits import PARTS, SEED, part_sizes, shares_of
from seqkit.data.pairs.sentence_pairs import Pairs
from seqkit.errors import UsageError


def pair_groups(pairs: Pairs) -> np.ndarray:
    """Returns the number of the group of each pair, int64 of shape (pairs,).

    Pairs whose sources or targets are equal apart from case, Unicode composition and the form of quotation marks share
    a group, and so do pairs that are connected by others. The time grows with the number of pairs.
    """
    return connected_groups(text_groups(pairs.sources), text_groups(pairs.targets))


def connected_groups(sources: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Returns the number of the connected group of each pair, int64 of shape (pairs,).

    Args:
        sources: Number of the source of each pair, int64 of shape (pairs,); equal sentences have the same.
        targets: Number of the target of each pair, likewise.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    if not len(sources):
        return np.zeros(0, np.int64)
    first_target = int(sources.max()) + 1
    size = first_target + int(targets.max()) + 1
    graph = coo_matrix((np.ones(len(sources), np.int8), (sources, targets + first_target)), shape=(size, size))
    _, number = connected_components(graph, directed=False)
    _, groups = np.unique(number[sources], return_inverse=True)
    return groups.astype(np.int64)


def split_pairs(pairs: Pairs, split: str) -> dict[str, np.ndarray]:
    """Returns the positions of the pairs of each part, ascending.

    All pairs of a group go to one part. Validation and test have the requested sizes if the groups allow it, and
    training has the rest. The seed is fixed, so that all runs on the same pairs use the same split. If the data defines
    parts, they are kept, and training pairs are split further for parts that the data lacks.

    Args:
        pairs: The pairs.
        split: Fractions of training, validation and test, as in "0.8,0.1,0.1".

    Raises:
        UsageError: `split` is not three fractions, or there are too few pairs for a part.
    """
    shares = shares_of(split)
    if pairs.parts is None:
        positions = {"train": np.arange(len(pairs))}
        missing = ["validation", "test"]
    else:
        positions = {name: np.flatnonzero(pairs.parts == name) for name in PARTS}
        missing = [name for name in PARTS[1:] if not len(positions[name])]
    train = positions["train"]
    if missing and len(train):
        weights = np.array([shares[PARTS.index(name)] for name in ("train", *missing)])
        groups = pair_groups(pairs)[train]
        drawn = _draw(groups, part_sizes(len(train), weights / weights.sum()), np.random.default_rng(SEED))
        positions |= {name: train[drawn == number] for number, name in enumerate(("train", *missing))}
    for name in PARTS:
        if not len(positions.get(name, ())):
            raise UsageError(
                f"There is no pair for the {name} part: {len(pairs):,} pairs, split {split}, and pairs that share a "
                "sentence stay together. Pass more pairs, or another --split."
            )
    return positions


def _draw(groups: np.ndarray, sizes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Returns the number of the part of each pair: parts from the last to the second are filled with random groups.

    A group that is larger than the room of a part is tried in the next one; part 0 takes the rest.
    """
    numbers, group_of = np.unique(groups, return_inverse=True)
    weights = np.bincount(group_of, minlength=len(numbers)).tolist()
    part_of_group = np.zeros(len(numbers), np.int64)
    room = sizes.tolist()
    for group in rng.permutation(len(numbers)).tolist():
        fitting = [part for part in range(len(room) - 1, 0, -1) if 0 < weights[group] <= room[part]]
        if fitting:
            part_of_group[group] = fitting[0]
            room[fitting[0]] -= weights[group]
        elif not any(room[1:]):
            break
    result: np.ndarray = part_of_group[group_of]
    return result


def shared_notes(pairs: Pairs, rows: dict[str, np.ndarray]) -> list[str]:
    """Returns notes of validation and test pairs whose source or target also occurs in training.

    Args:
        pairs: The pairs; only parts that the data itself defines can share sentences.
        rows: Positions of the pairs of each part, from `split_pairs`.
    """
    if pairs.parts is None:
        return []
    sides = {"source": text_groups(pairs.sources), "target": text_groups(pairs.targets)}
    notes = []
    for part in ("validation", "test"):
        known = {side: np.isin(number[rows[part]], number[rows["train"]]) for side, number in sides.items()}
        for side, is_known in known.items():
            if count := int(is_known.sum()):
                first = pairs.rows[rows[part][is_known.argmax()]]
                notes.append(
                    f"{count:,} of {len(is_known):,} {part} pairs have a {side} that also occurs in training (first "
                    f"row {first:,}): their scores do not show how new sentences are translated"
                )
    return notes
