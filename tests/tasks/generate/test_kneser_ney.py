"""Kneser-Ney against a direct reading of its definition, in dictionaries."""

import math
from collections import Counter, defaultdict

import numpy as np
import pytest

from seqkit.errors import DataError
from seqkit.tasks.generate.kneser_ney import KneserNey, Reader

VOCABULARY = 12


def text(length: int = 3000, seed: int = 0) -> np.ndarray:
    """Token ids in which the next token depends on the two before."""
    rng = np.random.default_rng(seed)
    ids = [1, 2]
    for _ in range(length - 2):
        likely = (ids[-1] * 3 + ids[-2]) % (VOCABULARY - 1)
        ids.append(int(likely if rng.random() < 0.6 else rng.integers(VOCABULARY - 1)))
    return np.array(ids)


class Definition:
    """Interpolated modified Kneser-Ney, written down as Chen and Goodman define it."""

    def __init__(self, ids: np.ndarray, order: int) -> None:
        tokens = [int(token) for token in ids]
        grams = [
            [tuple(tokens[i : i + k]) for i in range(len(tokens) - k + 1)] for k in range(order + 2)
        ]  # grams[k]: all k-grams
        self.order, self.counts = order, [Counter()]
        for k in range(1, order + 1):
            if k == order:
                self.counts.append(Counter(grams[k]))
            else:
                before = defaultdict(set)
                for gram in grams[k + 1]:
                    before[gram[1:]].add(gram[0])
                continuation = Counter({gram: len(tokens) for gram, tokens in before.items()})
                continuation[tuple(tokens[:k])] = max(continuation[tuple(tokens[:k])], 1)
                self.counts.append(continuation)
        self.discounts = [None]
        for k in range(1, order + 1):
            n = [0, *(sum(count == size for count in self.counts[k].values()) for size in (1, 2, 3, 4))]
            if n[1] < 10:
                self.discounts.append([0, 0.1, 0.1, 0.1])
                continue
            y = n[1] / (n[1] + 2 * n[2])
            self.discounts.append(
                [0, *(max(0.1, size - (size + 1) * y * n[size + 1] / max(n[size], 1)) for size in (1, 2, 3))]
            )

    def probability(self, token: int, context: tuple[int, ...]) -> float:
        context = context[max(0, len(context) - self.order + 1) :]
        return self._probability(token, context)

    def _probability(self, token: int, context: tuple[int, ...]) -> float:
        k = len(context) + 1
        lower = 1 / VOCABULARY if not context else self._probability(token, context[1:])
        followers = {gram: count for gram, count in self.counts[k].items() if gram[:-1] == context}
        total = sum(followers.values())
        if not total:
            return lower
        discount = self.discounts[k]
        mass = sum(discount[min(count, 3)] for count in followers.values())
        count = followers.get((*context, token), 0)
        return (count - discount[min(count, 3)]) / total * (count > 0) + mass / total * lower


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_probabilities_equal_the_definition(order):
    train, test = text(), text(60, seed=1)
    model, definition = KneserNey.fit(train, VOCABULARY, order), Definition(train, order)
    expected = [definition.probability(int(test[i]), tuple(map(int, test[:i]))) for i in range(len(test))]
    np.testing.assert_allclose(model.probabilities(test), expected, rtol=1e-12)


def test_distribution_sums_to_one_and_equals_the_probabilities():
    model, test = KneserNey.fit(text(), VOCABULARY, 4), text(80, seed=2)
    reader, probabilities = Reader(model), model.probabilities(test)
    for position, token in enumerate(test):
        distribution = reader.distribution()
        assert math.isclose(distribution.sum(), 1, rel_tol=1e-12)
        assert math.isclose(distribution[token], probabilities[position], rel_tol=1e-12)
        np.testing.assert_allclose(model.distribution(test[:position].tolist()), distribution, rtol=1e-12)
        reader.read(int(token))


@pytest.mark.parametrize("order", [1, 2, 3, 6])
def test_frequencies_are_those_of_occurrences(order):
    ids = np.append(np.tile([1, 2, 1, 3, 1, 4], 500), [1, 2])  # each token after a 1, which itself follows three others
    frequencies = KneserNey.fit(ids, 6, order).frequencies
    np.testing.assert_allclose(frequencies, np.bincount(ids, minlength=6) / len(ids), atol=1e-3)
    assert np.isclose(frequencies.sum(), 1) and frequencies.min() > 0


def test_token_that_never_occurred_has_a_probability():
    model = KneserNey.fit(text(), VOCABULARY, 3)
    assert not np.any(text() == VOCABULARY - 1)
    assert 0 < model.frequencies[VOCABULARY - 1] < model.frequencies.max() / 10


def test_higher_order_predicts_a_text_of_that_order_better():
    train, test = text(20_000), text(2000, seed=3)
    nats = [-np.log(KneserNey.fit(train, VOCABULARY, order).probabilities(test)).mean() for order in (1, 2, 3)]
    assert nats[2] < nats[0] - 0.5 and nats[2] < nats[1] - 0.5


def test_stored_arrays_give_the_same_model():
    model, test = KneserNey.fit(text(), VOCABULARY, 3), text(50, seed=4)
    again = KneserNey.from_arrays(model.arrays(), VOCABULARY, model.order)
    assert np.array_equal(again.probabilities(test), model.probabilities(test))


def test_order_is_limited_by_the_text():
    assert KneserNey.fit(np.array([1, 2, 1]), VOCABULARY, 8).order == 3


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda a: a.pop("backoff_2"), "backoff_2"),
        (lambda a: a.update(keys_2=a["keys_2"][::-1].copy()), "order 2 are not sorted"),
        (lambda a: a.update(keys_1=a["keys_1"] + VOCABULARY), "order 1 are not sorted"),
        (lambda a: a.update(totals_2=a["totals_2"][:-1]), "totals_2"),
    ],
)
def test_damaged_arrays_are_refused(damage, reason):
    arrays = KneserNey.fit(text(500), VOCABULARY, 2).arrays()
    damage(arrays)
    with pytest.raises(DataError, match=reason):
        KneserNey.from_arrays(arrays, VOCABULARY, 2)


@pytest.mark.parametrize(("ids", "order"), [(np.array([1]), 0), (np.array([], int), 2)])
def test_invalid_arguments_are_refused(ids, order):
    with pytest.raises(ValueError, match="Expected an order of at least 1 and at least one token"):
        KneserNey.fit(ids, VOCABULARY, order)


def test_no_token_is_impossible_where_all_counts_are_alike():
    ids = np.concatenate([np.tile(np.random.default_rng(seed).permutation(40), 4) for seed in range(6)])
    model = KneserNey.fit(ids, 40, 3)
    assert all(model.distribution(context).min() > 0 for context in ((), (3,), (3, 7), ids[5:7].tolist()))
