"""How the command line tells whether a difference is more than chance."""

from typing import Any

SIGNIFICANT = 0.05
"""Probability below which a difference is called real."""


def p_value(value: float | None) -> str:
    """Returns a probability with three digits at most."""
    return "–" if value is None else "<.001" if value < 0.001 else f"{value:.3f}".lstrip("0") if value < 1 else "1"


def verdict(model: dict[str, Any], other: dict[str, Any], score: str, *, larger_is_better: bool) -> str:
    """Returns in words how the model stands to another.

    Args:
        model: The model's `name` and its score.
        other: The other's, and under `against_model` the `p_value` of the difference.
        score: The key of the score.
        larger_is_better: Whether it is a share of what is right and not an error.
    """
    p = other["against_model"]["p_value"]
    if model[score] == other[score] or p is None or p >= SIGNIFICANT:
        relation = "is not told apart from"
    else:
        better = (model[score] > other[score]) == larger_is_better
        relation = "is better than" if better else "is WORSE than"
    shown = p_value(p)
    told = shown.replace("<", "< ") if shown.startswith("<") else f"= {shown}"
    return f"{model['name']} {relation} {other['name']} (p {told})"
