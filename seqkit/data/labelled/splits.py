"""Stratified train, validation and test splits of labelled examples.

Duplicate examples go to the same part, so that no test example also occurs in training.
"""

from collections.abc import Hashable, Sequence

import numpy as np

from seqkit.errors import UsageError

PARTS = ("train", "validation", "test")

SEED = 20_240_229
"""Seed of the split. It is fixed, so that all runs on the same examples use the same split."""


def split_examples(
    keys: Sequence[Hashable], labels: Sequence[Hashable], parts: np.ndarray | None, split: str
) -> dict[str, np.ndarray]:
    """Returns the positions of the examples of each part, ascending.

    Args:
        keys: Key of each example, such as its text; equal keys mark duplicates.
        labels: Label of each example.
        parts: "train", "validation" or "test" for each example, if the data defines parts; training examples are split
            further for parts that the data lacks. None if the data defines no parts.
        split: Fractions of training, validation and test, as in "0.8,0.1,0.1".

    Raises:
        UsageError: `split` is not three fractions, or there are too few examples for a part.
    """
    shares = _shares(split)
    open_parts: tuple[str, ...] = PARTS
    if parts is None:
        where = np.arange(len(keys))
        positions: dict[str, np.ndarray] = {}
    else:
        positions = {name: np.flatnonzero(parts == name) for name in PARTS}
        missing = [name for name in PARTS if not len(positions[name])]
        open_parts = tuple(name for name in PARTS if name == "train" or name in missing)
        where = positions["train"]
    if len(open_parts) > 1:
        weights = np.array([shares[PARTS.index(name)] for name in open_parts])
        drawn = _draw([keys[i] for i in where.tolist()], [labels[i] for i in where.tolist()], weights / weights.sum())
        positions |= {name: where[drawn == number] for number, name in enumerate(open_parts)}
    for name in PARTS:
        if not len(positions[name]):
            raise UsageError(
                f"There is no example for the {name} part: {len(keys)} examples, split {split}. Pass more examples, or "
                "another --split."
            )
    return positions


def _draw(keys: list[Hashable], labels: list[Hashable], shares: np.ndarray) -> np.ndarray:
    """Returns the index of the part of each example, drawn separately for every label."""
    first: dict[Hashable, int] = {}
    group = np.array([first.setdefault(key, len(first)) for key in keys])  # duplicates share a group
    _, leaders = np.unique(group, return_index=True)
    rng = np.random.default_rng(SEED)
    part_of_group = np.zeros(len(first), np.int64)
    by_label: dict[Hashable, list[int]] = {}
    for leader in leaders.tolist():
        by_label.setdefault(labels[leader], []).append(int(group[leader]))
    for groups in by_label.values():
        # A part gets the groups whose position in a random order falls into its share.
        places = (rng.permutation(len(groups)) + 0.5) / len(groups)
        part_of_group[groups] = np.searchsorted(np.cumsum(shares)[:-1], places, side="left")
    drawn: np.ndarray = part_of_group[group]
    return drawn


def _shares(split: str) -> np.ndarray:
    try:
        shares = np.array([float(part) for part in split.split(",")])
    except ValueError:
        shares = np.zeros(0)
    if shares.shape != (3,) or not (shares > 0).all() or abs(shares.sum() - 1) > 1e-6:
        raise UsageError(
            f"The split '{split}' cannot be used: pass the fractions of training, validation and test, above 0 and "
            "with sum 1, such as 0.8,0.1,0.1."
        )
    return shares
