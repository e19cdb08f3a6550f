"""Sampling: distributions worked out by hand."""

import numpy as np
import pytest

from seqkit.inference.sampling import Sampling

P = np.array([0.5, 0.25, 0.15, 0.1])


@pytest.mark.parametrize(
    ("sampling", "expected"),
    [
        (Sampling(), P),
        (Sampling(temperature=0), [1, 0, 0, 0]),
        (Sampling(temperature=0.5), P**2 / (P**2).sum()),
        (Sampling(top_k=2), [2 / 3, 1 / 3, 0, 0]),
        (Sampling(top_k=9), P),
        (Sampling(top_p=0.7), [2 / 3, 1 / 3, 0, 0]),
        (Sampling(top_p=0.5), [1, 0, 0, 0]),
        (Sampling(top_p=0.76), [0.5 / 0.9, 0.25 / 0.9, 0.15 / 0.9, 0]),
        (Sampling(top_k=3, top_p=0.8), [2 / 3, 1 / 3, 0, 0]),
    ],
)
def test_distribution(sampling, expected):
    np.testing.assert_allclose(sampling.distribution(P), expected, atol=1e-12)


def test_repetition_penalty_makes_recent_tokens_less_likely():
    penalised = Sampling(repetition_penalty=2).distribution(P, recent=[0, 0, 3])
    weights = np.array([0.25, 0.25, 0.15, 0.01])
    np.testing.assert_allclose(penalised, weights / weights.sum())


@pytest.mark.parametrize("sampling", [Sampling(repetition_penalty=1e9), Sampling(temperature=5e-324)])
def test_extreme_values_leave_a_likeliest_token(sampling):
    np.testing.assert_array_equal(sampling.distribution(P, recent=[0, 1, 2, 3]), [1, 0, 0, 0])


def test_draws_follow_the_distribution_and_the_seed():
    def draws(seed: int) -> np.ndarray:
        rng = np.random.default_rng(seed)
        return np.array([Sampling(top_k=3).draw(P, rng) for _ in range(4000)])

    assert np.array_equal(draws(0), draws(0))
    np.testing.assert_allclose(
        np.bincount(draws(1), minlength=4) / 4000, [0.5 / 0.9, 0.25 / 0.9, 0.15 / 0.9, 0], atol=0.03
    )


def test_zero_probability_is_never_drawn_at_any_temperature():
    rng = np.random.default_rng(0)
    assert {Sampling(temperature=5).draw(np.array([0, 1, 0.0]), rng) for _ in range(50)} == {1}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("temperature", -1), ("top_k", 0), ("top_p", 0), ("top_p", 1.5), ("repetition_penalty", 0.5)),
        *((name, number) for name in ("temperature", "repetition_penalty") for number in (np.nan, np.inf)),
    ],
)
def test_invalid_value_is_named(name, value):
    with pytest.raises(ValueError, match=f"argument `{name}`, expected"):
        Sampling(**{name: value})
