"""Interpolated modified Kneser-Ney: a language model of counts, and the baseline that networks have to beat.

The probability of a token after a context is its discounted count in that context, plus the discounted mass times the
probability after the context without its first token. Lower orders count distinct preceding tokens instead of
occurrences. Everything is array operations on the sorted n-grams of each order; there is no loop over tokens.

S. F. Chen and J. Goodman, "An Empirical Study of Smoothing Techniques for Language Modeling", 1998,
https://doi.org/10.1006/csla.1999.0128, section 3
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from seqkit.errors import DataError
from seqkit.files.arrays import stored_array

MIN_DISCOUNT = 0.1
"""Least discount of a count: with none, a token that never followed a context would have no probability there."""


@dataclass(frozen=True)
class Order:
    """The n-grams of one order, sorted by context and token.

    Attributes:
        keys: Rank of the context among the n-grams of the next lower order, times the vocabulary, plus the token.
        weights: Discounted count of each n-gram.
        totals: Count of each context, of shape (contexts,).
        backoff: Share of each context's mass that goes to the lower order, of shape (contexts,).
    """

    keys: np.ndarray
    weights: np.ndarray
    totals: np.ndarray
    backoff: np.ndarray


class KneserNey:
    """Interpolated modified Kneser-Ney model of token ids.

    Args:
        vocabulary: Number of tokens.
        orders: The n-grams, from unigrams to the highest order.

    Attributes:
        vocabulary, orders: The same.
    """

    def __init__(self, vocabulary: int, orders: Sequence[Order]) -> None:
        self.vocabulary, self.orders = vocabulary, tuple(orders)

    @cached_property
    def starts(self) -> list[np.ndarray]:
        """For each order, the first n-gram of each context, and the end of the last one, of shape (contexts + 1,)."""
        return [
            np.append(0, np.bincount(o.keys // self.vocabulary, minlength=len(o.totals)).cumsum()) for o in self.orders
        ]

    @classmethod
    def fit(cls, ids: np.ndarray, vocabulary: int, order: int) -> KneserNey:
        """Counts the n-grams of a text.

        Args:
            ids: Token ids, at least one, of shape (tokens,).
            vocabulary: Number of tokens.
            order: The highest order, at least 1.

        Raises:
            ValueError: `order` is less than 1, or there are no tokens.
        """
        if order < 1 or not len(ids):
            raise ValueError(f"Expected an order of at least 1 and at least one token, got {order} and {len(ids)}.")
        ids = ids.astype(np.int64)
        order = min(order, len(ids))
        ranks = np.zeros(len(ids), np.int64)  # of the (k − 1)-gram before each position
        keys, counts, firsts, ends = [], [], [], []
        for k in range(1, order + 1):
            positions = np.arange(k - 1, len(ids))
            unique, first, inverse, count = np.unique(
                ranks[positions] * vocabulary + ids[positions],
                return_index=True,
                return_inverse=True,
                return_counts=True,
            )
            at = np.full(len(ids), -1, np.int64)
            at[positions] = inverse
            keys.append(unique)
            counts.append(count)
            firsts.append(positions[first])
            ends.append(at)
            ranks = np.append(0, at[:-1])
        orders = []
        for k in range(order):
            if k < order - 1:  # distinct tokens before the n-gram; at the very start of the text there is none
                count = np.maximum(np.bincount(ends[k][firsts[k + 1]], minlength=len(keys[k])), 1)
            else:
                count = counts[k]
            orders.append(_discounted(keys[k], count, vocabulary, 1 if k == 0 else len(keys[k - 1])))
        return cls(vocabulary, orders)

    @property
    def order(self) -> int:
        """The highest order n: a token depends on the n − 1 before it."""
        return len(self.orders)

    @cached_property
    def frequencies(self) -> np.ndarray:
        """Relative frequency of each token, smoothed, of shape (vocabulary,).

        The unigrams count distinct preceding tokens, if there are longer n-grams, so occurrences are taken from the
        contexts of the longest: each token of the text but the first few and the last ends one.
        """
        if self.order == 1:
            return self.distribution()
        ends = self.orders[-2].keys % self.vocabulary
        counts = np.rint(np.bincount(ends, self.orders[-1].totals, self.vocabulary)).clip(0, 1 << 52).astype(np.int64)
        tokens = np.flatnonzero(counts)
        return KneserNey(self.vocabulary, [_discounted(tokens, counts[tokens], self.vocabulary, 1)]).distribution()

    def probabilities(self, ids: np.ndarray) -> np.ndarray:
        """Returns the probability of each token after those before it, of shape (tokens,)."""
        ids = ids.astype(np.int64)
        result = np.full(len(ids), 1 / self.vocabulary)
        ranks = np.zeros(len(ids), np.int64)  # of the context, −1 where it never occurred
        for order in self.orders:
            is_known = ranks >= 0
            context = np.where(is_known, ranks, 0)
            key = context * self.vocabulary + ids
            at = np.searchsorted(order.keys, key).clip(max=len(order.keys) - 1)
            occurred = is_known & (order.keys[at] == key)
            continued = is_known & (order.totals[context] > 0)
            total = np.where(continued, order.totals[context], 1)
            higher = np.where(occurred, order.weights[at], 0) / total + order.backoff[context] * result
            result = np.where(continued, higher, result)
            ranks = np.append(-1, np.where(occurred, at, -1)[:-1])
        return result

    def distribution(self, context: Sequence[int] = ()) -> np.ndarray:
        """Returns the probabilities of all tokens after a context, of shape (vocabulary,)."""
        reader = Reader(self)
        for token in context[max(0, len(context) - self.order + 1) :]:
            reader.read(int(token))
        return reader.distribution()

    def arrays(self) -> dict[str, np.ndarray]:
        """Returns the model as arrays by name, for `from_arrays`."""
        fields = ("keys", "weights", "totals", "backoff")
        return {f"{field}_{k}": getattr(order, field) for k, order in enumerate(self.orders, 1) for field in fields}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray], vocabulary: int, order: int) -> KneserNey:
        """Returns the model that `arrays` wrote.

        Raises:
            DataError: An array is missing, or does not fit the others.
        """
        orders, contexts = [], 1
        for k in range(1, order + 1):
            keys = stored_array(arrays, f"keys_{k}", np.int64, None)
            weights = stored_array(arrays, f"weights_{k}", np.floating, len(keys))
            totals, backoff = (
                stored_array(arrays, f"{name}_{k}", np.floating, contexts) for name in ("totals", "backoff")
            )
            if not len(keys) or keys[0] < 0 or keys[-1] >= contexts * vocabulary or np.any(keys[1:] <= keys[:-1]):
                raise DataError(f"The n-grams of order {k} are not sorted. Train the run again.")
            orders.append(Order(keys, weights, totals, backoff))
            contexts = len(keys)
        return cls(vocabulary, orders)


class Reader:
    """Reads a text token by token, and gives the distribution of the next one.

    Args:
        model: The model.
    """

    def __init__(self, model: KneserNey) -> None:
        self._model = model
        self._ranks = [0]  # of the last 0, 1, … tokens among the n-grams of their order, as far as they occurred

    def read(self, token: int) -> None:
        """Moves on by a token."""
        ranks = [0]
        for rank, order, starts in zip(self._ranks, self._model.orders, self._model.starts, strict=False):
            key = rank * self._model.vocabulary + token
            first, end = starts[rank], starts[rank + 1]
            at = first + int(order.keys[first:end].searchsorted(key))
            if at == end or order.keys[at] != key:
                break
            ranks.append(at)
        self._ranks = ranks

    def distribution(self) -> np.ndarray:
        """Returns the probabilities of all tokens, of shape (vocabulary,)."""
        model = self._model
        result = np.full(model.vocabulary, 1 / model.vocabulary)
        for rank, order, starts in zip(self._ranks, model.orders, model.starts, strict=False):
            total = order.totals[rank]
            if not total > 0:
                break
            first, end = starts[rank], starts[rank + 1]
            result *= order.backoff[rank]
            result[order.keys[first:end] - rank * model.vocabulary] += order.weights[first:end] / total
        return result


def _discounted(keys: np.ndarray, counts: np.ndarray, vocabulary: int, contexts: int) -> Order:
    """Returns the n-grams of one order with modified Kneser-Ney discounts of counts of 1, 2, and 3 or more."""
    ones, twos, threes, fours = (float(np.count_nonzero(counts == n)) for n in (1, 2, 3, 4))
    ratio = ones / max(ones + 2 * twos, 1)
    after = ((twos, ones), (threes, twos), (fours, threes))
    discounts = [0.0, *(n - (n + 1) * ratio * more / max(fewer, 1) for n, (more, fewer) in enumerate(after, 1))]
    if ones < 10:  # too few to estimate discounts from, as for the characters of a long text
        discounts = [0.0] * 4
    discount = np.clip(discounts, MIN_DISCOUNT, None)[np.minimum(counts, 3)]
    context = keys // vocabulary
    totals = np.bincount(context, counts, minlength=contexts)
    masses = np.bincount(context, discount, minlength=contexts)
    backoff = np.divide(masses, totals, out=np.ones(contexts), where=totals > 0)
    return Order(keys, np.maximum(counts - discount, 0.0), totals, backoff)
