"""N-grams of the recent text, against counts by hand and against a text read anew."""

import numpy as np
import pytest

from seqkit.tasks.generate import recent_text
from seqkit.tasks.generate.recent_text import RecentText, recent_probabilities

VOCABULARY = 5


@pytest.fixture(autouse=True)
def small_window(monkeypatch):
    monkeypatch.setitem(recent_text.WINDOWS, "word", 40)


def read(tokens) -> RecentText:
    recent = RecentText(VOCABULARY, "word")
    for token in tokens:
        recent.read(int(token))
    return recent


def test_probabilities_are_interpolated_counts():
    recent = read([1, 2, 1])
    no_context = (1 + 2 / VOCABULARY) / (3 + 2)  # one 2 among three tokens, of two kinds
    assert recent.probability(2) == pytest.approx((1 + 1 * no_context) / (1 + 1))  # once after 1, nothing else
    assert recent.probability(4) == pytest.approx((0 + 1 * (2 / VOCABULARY) / 5) / 2)
    assert RecentText(VOCABULARY, "word").probability(3) == 1 / VOCABULARY


def test_distribution_holds_the_probability_of_each_token_and_sums_to_one():
    recent = read(np.random.default_rng(0).integers(0, VOCABULARY, 30))
    distribution = recent.distribution()
    assert distribution == pytest.approx([recent.probability(token) for token in range(VOCABULARY)])
    assert distribution.sum() == pytest.approx(1)


@pytest.mark.parametrize("length", [41, 77, 200])
def test_only_the_window_counts(length):
    tokens = np.random.default_rng(1).integers(0, VOCABULARY, length)
    np.testing.assert_allclose(read(tokens).distribution(), read(tokens[-40:]).distribution())
    assert read(tokens).weight == read(tokens[-40:]).weight


def test_tokens_that_are_followed_are_context_but_do_not_count():
    recent = read([1, 2, 3, 4, 3, 2])
    before = recent.weight
    recent.follow(3)
    assert recent.weight == before
    assert recent.probability(4) > 0.5  # 4 came after 2, 3 before


def test_weight_grows_with_the_text():
    assert [read([1] * count).weight for count in (0, 2, 38, 500)] == pytest.approx([0, 0.5, 0.95, 40 / 42])


def test_probabilities_of_a_text_depend_on_what_comes_before_only():
    tokens = np.random.default_rng(2).integers(0, VOCABULARY, 120)
    probabilities, weights = recent_probabilities(tokens[70:], tokens[:70], VOCABULARY, "word")
    for number in (0, 13, 49):
        recent = read(tokens[: 70 + number])
        assert probabilities[number] == pytest.approx(recent.probability(tokens[70 + number]))
        assert weights[number] == recent.weight
