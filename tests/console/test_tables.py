"""Verdicts on the difference between two models."""

import pytest

from seqkit.console.tables import verdict


def outcome(**against_model: object) -> str:
    model, other = {"name": "gru", "accuracy": 0.9}, {"name": "majority", "accuracy": 0.8}
    return verdict(model, {**other, "against_model": against_model}, "accuracy", larger_is_better=True)


@pytest.mark.parametrize(
    ("against_model", "expected"),
    [
        ({"p_value": 0.01}, "gru is better than majority (p = .010)"),
        ({"p_value": 0.0625, "disagreements": 9}, "no significant difference between gru and majority (p = .062)"),
        ({"p_value": 1.0, "disagreements": 0}, "no significant difference between gru and majority (p = 1)"),
        (
            {"p_value": 0.0625, "disagreements": 5},
            "no significant difference between gru and majority (p = .062; only one of them is right in 5 examples, "
            "too few for a significant difference)",
        ),
        (
            {"p_value": 1.0, "disagreements": 1},
            "no significant difference between gru and majority (p = 1; only one of them is right in 1 example, too "
            "few for a significant difference)",
        ),
        ({"p_value": None, "reason": "1 time is too few"}, "no paired test of gru and majority: 1 time is too few"),
    ],
)
def test_verdict_says_what_the_test_can_say(against_model, expected):
    assert outcome(**against_model) == expected


def test_six_disagreements_can_be_significant():
    assert outcome(p_value=2 / 2**6, disagreements=6) == "gru is better than majority (p = .031)"
