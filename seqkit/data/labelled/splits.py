"""Stratified train, validation and test splits of labelled examples.

Duplicate examples go to the same part, so that no test example also occurs in training.
"""

from collections.abc import Callable, Sequence

import numpy as np

from seqkit.data.labelled.stratification import stratify
from seqkit.errors import UsageError

PARTS = ("train", "validation", "test")

SEED = 20_240_229
"""Seed of the split. It is fixed, so that all runs on the same examples use the same split."""


def draw_stratified(
    groups: np.ndarray, labels: Sequence[tuple[str, ...]], shares: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Returns the number of the part of each example: parts of the requested sizes, with similar shares of labels."""
    return stratify(groups, labels, part_sizes(len(groups), shares), rng)


Draw = Callable[[np.ndarray, Sequence[tuple[str, ...]], np.ndarray, np.random.Generator], np.ndarray]


def split_examples(
    groups: np.ndarray,
    labels: Sequence[tuple[str, ...]],
    parts: np.ndarray | None,
    split: str,
    *,
    draw: Draw = draw_stratified,
) -> dict[str, np.ndarray]:
    """Returns the positions of the examples of each part, ascending.

    The parts have the requested shares of all examples, and of each label as far as its number of examples allows.

    Args:
        groups: Number of the group of each example, int64 of shape (examples,); the examples of a group, such as
            duplicates, go to the same part.
        labels: Labels of each example; their order does not matter.
        parts: "train", "validation" or "test" for each example, if the data defines parts; training examples are split
            further for parts that the data lacks. None if the data defines no parts.
        split: Fractions of training, validation and test, as in "0.8,0.1,0.1".
        draw: Returns the number of the part of each example, given groups, labels, shares and a random generator.

    Raises:
        UsageError: `split` is not three fractions, or there are too few examples for a part.
    """
    shares = shares_of(split)
    open_parts: tuple[str, ...] = PARTS
    if parts is None:
        where = np.arange(len(groups))
        positions: dict[str, np.ndarray] = {}
    else:
        positions = {name: np.flatnonzero(parts == name) for name in PARTS}
        missing = [name for name in PARTS if not len(positions[name])]
        open_parts = tuple(name for name in PARTS if name == "train" or name in missing)
        where = positions["train"]
    if len(open_parts) > 1:
        weights = np.array([shares[PARTS.index(name)] for name in open_parts])
        rng = np.random.default_rng(SEED)
        drawn = draw(groups[where], [labels[i] for i in where.tolist()], weights / weights.sum(), rng)
        positions |= {name: where[drawn == number] for number, name in enumerate(open_parts)}
    for name in PARTS:
        if not len(positions[name]):
            distinct = len(np.unique(groups))
            count = f"{len(groups):,} examples" + (f", {distinct:,} of them different" * (distinct < len(groups)))
            raise UsageError(
                f"There is no example for the {name} part: {count}, split {split}. Pass more examples, or another "
                "--split."
            )
    return positions


def part_sizes(count: int, shares: np.ndarray) -> np.ndarray:
    """Returns how many of `count` examples each part gets, int64 of shape (parts,), by largest remainder."""
    quotas = count * shares
    sizes = np.floor(quotas + 1e-9).astype(np.int64)
    sizes[np.argsort(sizes - quotas, kind="stable")[: count - sizes.sum()]] += 1
    return sizes


def shares_of(split: str) -> np.ndarray:
    """Returns the fractions of training, validation and test, float64 of shape (3,), from a text like "0.8,0.1,0.1".

    Raises:
        UsageError: They are not three fractions above 0 with sum 1.
    """
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
