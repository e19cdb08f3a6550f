"""Draws parts as runs without `data.rules` in `run.json` did, so that their test part is found again."""

from collections.abc import Sequence

import numpy as np


def draw_by_label(
    groups: np.ndarray, labels: Sequence[tuple[str, ...]], shares: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Returns the number of the part of each example, drawn separately for every combination of labels."""
    _, leaders, group_of = np.unique(groups, return_index=True, return_inverse=True)
    part_of_group = np.zeros(len(leaders), np.int64)
    by_labels: dict[tuple[str, ...], list[int]] = {}
    for group, leader in enumerate(leaders.tolist()):
        by_labels.setdefault(labels[leader], []).append(group)
    for members in by_labels.values():
        # A part gets the groups whose position in a random order falls into its share.
        places = (rng.permutation(len(members)) + 0.5) / len(members)
        part_of_group[members] = np.searchsorted(np.cumsum(shares)[:-1], places, side="left")
    part_of: np.ndarray = part_of_group[group_of]
    return part_of
