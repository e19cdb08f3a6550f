"""Splits of labelled examples: three parts with like shares of every label, and no example in two of them.

Examples that are the same word for word (or number for number) go to one part together: what is learned by heart is
not asked again.
"""

from collections.abc import Hashable, Sequence

import numpy as np

from seqkit.errors import UsageError

PARTS = ("train", "validation", "test")

SEED = 20_240_229
"""Of the drawing. It is always the same, so that all runs on the same examples are asked the same."""


def split_examples(
    keys: Sequence[Hashable], labels: Sequence[Hashable], parts: np.ndarray | None, split: str
) -> dict[str, np.ndarray]:
    """Returns the positions of the examples of each part, ascending.

    Args:
        keys: What makes an example the same as another, such as its text.
        labels: Label of each example.
        parts: "train", "validation" or "test" for each example, as far as the data says so; those said to be for
            training are shared between training and validation where nothing is said to be for validation. None where
            nothing is said at all.
        split: Shares of training, validation and test, as in "0.8,0.1,0.1".

    Raises:
        UsageError: `split` is not three shares, or there are too few examples for a part.
    """
    shares = _shares(split)
    open_parts: tuple[str, ...] = PARTS
    if parts is None:
        where = np.arange(len(keys))
        found: dict[str, np.ndarray] = {}
    else:
        found = {name: np.flatnonzero(parts == name) for name in PARTS}
        lacking = [name for name in PARTS if not len(found[name])]
        open_parts = tuple(name for name in PARTS if name == "train" or name in lacking)
        where = found["train"]
    if len(open_parts) > 1:
        weights = np.array([shares[PARTS.index(name)] for name in open_parts])
        drawn = _draw([keys[i] for i in where.tolist()], [labels[i] for i in where.tolist()], weights / weights.sum())
        found |= {name: where[drawn == number] for number, name in enumerate(open_parts)}
    for name in PARTS:
        if not len(found[name]):
            raise UsageError(
                f"There is no example for the {name} part: {len(keys)} examples, split {split}. Give more examples, or "
                "another --split."
            )
    return found


def _draw(keys: list[Hashable], labels: list[Hashable], shares: np.ndarray) -> np.ndarray:
    """Returns the number of the part of each example; every label is drawn for itself, training first."""
    first: dict[Hashable, int] = {}
    group = np.array([first.setdefault(key, len(first)) for key in keys])  # the same examples, one group
    _, leaders = np.unique(group, return_index=True)
    rng = np.random.default_rng(SEED)
    part_of_group = np.zeros(len(first), np.int64)
    by_label: dict[Hashable, list[int]] = {}
    for leader in leaders.tolist():
        by_label.setdefault(labels[leader], []).append(int(group[leader]))
    for own in by_label.values():
        # A part gets the groups whose place in a random order falls into its share.
        places = (rng.permutation(len(own)) + 0.5) / len(own)
        part_of_group[own] = np.searchsorted(np.cumsum(shares)[:-1], places, side="left")
    drawn: np.ndarray = part_of_group[group]
    return drawn


def _shares(split: str) -> np.ndarray:
    try:
        shares = np.array([float(part) for part in split.split(",")])
    except ValueError:
        shares = np.zeros(0)
    if shares.shape != (3,) or not (shares > 0).all() or abs(shares.sum() - 1) > 1e-6:
        raise UsageError(
            f"The split '{split}' cannot be used: give the shares of training, validation and test, above 0 and "
            "together 1, as in 0.8,0.1,0.1."
        )
    return shares
