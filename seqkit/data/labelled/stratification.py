"""Iterative stratification: divides examples with any number of labels into parts of given sizes.

K. Sechidis, G. Tsoumakas, I. Vlahavas, "On the stratification of multi-label data", 2011,
https://doi.org/10.1007/978-3-642-23808-6_10. Unlike in the paper, parts have exact sizes, and what a label with few
examples cannot give to each part is evened out over the next labels, so that rare labels as a whole have their share
of each part.
"""

from collections.abc import Sequence
from heapq import heapify, heappop, heappush

import numpy as np

_MAX_CARRY = 0.5
"""How many examples of a label at most a part gets more or less in order to even out the labels before it."""


def stratify(
    groups: np.ndarray, labels: Sequence[tuple[str, ...]], sizes: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Returns the number of the part of each example, int64 of shape (examples,).

    Every label has an example in part 0, the training part, before it has one in another part. Sizes are exact unless
    groups or this rule prevent it.

    Args:
        groups: Number of the group of each example, int64 of shape (examples,); a group goes to one part.
        labels: Labels of each example; examples without labels are distributed like those of a label.
        sizes: Number of examples of each part, int64 of shape (parts,); their sum is the number of examples.
        rng: Decides between examples with the same labels.
    """
    if not len(groups):
        return np.zeros(0, np.int64)
    _, group_of = np.unique(groups, return_inverse=True)
    division = _Division(_label_counts(group_of, labels), np.bincount(group_of).tolist(), sizes, rng)
    division.distribute()
    division.even_out()
    part_of: np.ndarray = np.array(division.part_of, np.int64)[group_of]
    return part_of


def _label_counts(group_of: np.ndarray, labels: Sequence[tuple[str, ...]]) -> list[dict[int, int]]:
    """Returns for each group the number of its examples with each label; labels are numbered, 0 is none."""
    number_of: dict[str, int] = {}
    counts: list[dict[int, int]] = [{} for _ in range(int(group_of.max()) + 1)]
    for group, example in zip(group_of.tolist(), labels, strict=True):
        own = counts[group]
        for number in {number_of.setdefault(label, len(number_of) + 1) for label in example} or (0,):
            own[number] = own.get(number, 0) + 1
    return counts


class _Division:
    """Groups of examples on their way into parts.

    Attributes:
        part_of: Part of each group; -1 before it has one.
        room: Number of examples that each part still takes.
    """

    def __init__(
        self, counts: list[dict[int, int]], weights: list[int], sizes: np.ndarray, rng: np.random.Generator
    ) -> None:
        self.part_of = [-1] * len(counts)
        self.room = sizes.tolist()
        self._counts, self._weights = counts, weights
        self._shares = (sizes / sizes.sum()).tolist()
        self._sizes, self._given = list(self.room), 0
        # Large groups first, so that small ones can fill the gaps; equal ones in random order.
        order = rng.permutation(len(counts))
        self._order: list[int] = order[np.argsort(-np.array(weights)[order], kind="stable")].tolist()
        self._groups_of: dict[int, list[int]] = {}
        self._remaining: dict[int, int] = {}
        for group in self._order:
            for label, count in counts[group].items():
                self._groups_of.setdefault(label, []).append(group)
                self._remaining[label] = self._remaining.get(label, 0) + count
        self._wanted = {label: [count * share for share in self._shares] for label, count in self._remaining.items()}
        self._in_training = dict.fromkeys(self._wanted, 0)

    def distribute(self) -> None:
        """Gives every group a part: the groups of the label with the fewest remaining examples first."""
        heap = [(count, label) for label, count in self._remaining.items()]
        heapify(heap)
        while heap:
            count, label = heappop(heap)
            if count != self._remaining[label] or not count:
                continue  # a newer entry exists
            touched: set[int] = set()
            carry = self._carry()
            for group in self._groups_of[label]:
                if self.part_of[group] < 0:
                    self._give(group, self._best_part(group, label, carry))
                    touched.update(self._counts[group])
            for other in touched:
                if self._remaining[other]:
                    heappush(heap, (self._remaining[other], other))

    def even_out(self) -> None:
        """Moves groups from parts with too many examples to others, unless a label would leave training."""
        if not any(self.room):
            return
        for group in reversed(self._order):
            weight, source = self._weights[group], self.part_of[group]
            if self.room[source] + weight > 0:
                continue
            targets = [part for part in range(len(self.room)) if self.room[part] >= weight]
            if not targets:
                continue
            if source or all(self._in_training[label] > count for label, count in self._counts[group].items()):
                self._move(group, max(targets, key=self.room.__getitem__))

    def _carry(self) -> list[float]:
        """Returns how many examples each part lacks so far, scaled to at most `_MAX_CARRY`."""
        lacking = [
            self._given * share - (size - room)
            for share, size, room in zip(self._shares, self._sizes, self.room, strict=True)
        ]
        scale = _MAX_CARRY / max(_MAX_CARRY, *map(abs, lacking))
        return [scale * value for value in lacking]

    def _best_part(self, group: int, label: int, carry: list[float]) -> int:
        """Returns the part that lacks most examples of a label and has room; training for the first of any label."""
        if not all(map(self._in_training.__getitem__, self._counts[group])):
            return 0
        weight = self._weights[group]
        best, most = -1, 0.0
        for part, wanted in enumerate(self._wanted[label]):
            # The small terms decide between equal parts: first what the label lacks, then what the part lacks.
            lacking = wanted + carry[part] + 1e-6 * wanted + 1e-13 * self.room[part]
            if self.room[part] >= weight and (best < 0 or lacking > most):
                best, most = part, lacking
        return best if best >= 0 else max(range(len(self.room)), key=self.room.__getitem__)

    def _give(self, group: int, part: int) -> None:
        self._place(group, part, 1)
        self._given += self._weights[group]
        for label, count in self._counts[group].items():
            self._remaining[label] -= count

    def _move(self, group: int, part: int) -> None:
        self._place(group, self.part_of[group], -1)
        self._place(group, part, 1)

    def _place(self, group: int, part: int, sign: int) -> None:
        """Adds a group to a part, or with sign -1 removes it."""
        self.part_of[group] = part
        self.room[part] -= sign * self._weights[group]
        for label, count in self._counts[group].items():
            self._wanted[label][part] -= sign * count
            if part == 0:
                self._in_training[label] += sign * count
