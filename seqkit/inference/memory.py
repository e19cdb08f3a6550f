"""How far back a model remembers, and which columns it reads: its error where parts of the inputs are replaced.

What is replaced comes from the same place of another example, so that the values stay plausible. Knows no task: the
caller gives the inputs and a function that returns the error of predictions from them.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

SETTLED = 0.05
"""Share of the effect of all steps but the last below which steps count as forgotten."""

MAX_LENGTHS = 16
"""Lengths of memory to try, spaced geometrically."""


CHANGE = 0.05
"""Change of each feature of a step in `perturbed_norms`, in standard deviations."""


@dataclass(frozen=True)
class Probe:
    """What a task gives to be measured.

    Attributes:
        inputs: Inputs of the model, of shape (examples, steps, features), at least two examples.
        predict: Returns the outputs of the model for inputs of this shape, (examples, …).
        error: Returns the error of the model on inputs of this shape.
        score: Name of the error.
        columns: Names of the features.
        in_words: Returns a number of steps in words, such as "31 hours".
    """

    inputs: np.ndarray
    predict: Callable[[np.ndarray], np.ndarray]
    error: Callable[[np.ndarray], float]
    score: str
    columns: tuple[str, ...]
    in_words: Callable[[int], str]


@dataclass(frozen=True)
class Memory:
    """Errors of a model that sees only the last steps of its inputs.

    Attributes:
        kept: Numbers of last steps that were kept, ascending; the last is all of them.
        errors: Error with each of them.
        span: Fewest kept steps from which on replacing the others matters little: at most `SETTLED` of what replacing
            all but the last step matters.
    """

    kept: tuple[int, ...]
    errors: tuple[float, ...]
    span: int


def measure_memory(inputs: np.ndarray, error: Callable[[np.ndarray], float], *, seed: int = 0) -> Memory:
    """Measures the error where what lies more than k steps back is replaced, for some k.

    Args:
        inputs: Of shape (examples, steps, features), at least two examples.
        error: Returns the error of the model on inputs of this shape.
        seed: Seed of the examples that replace others.
    """
    steps = inputs.shape[1]
    kept = np.unique(np.round(np.geomspace(1, steps, MAX_LENGTHS)).astype(int))
    other, errors = inputs[_partners(len(inputs), seed)], []
    for count in kept:
        changed = inputs.copy()
        changed[:, : steps - count] = other[:, : steps - count]
        errors.append(error(changed))
    limit = errors[-1] + SETTLED * (errors[0] - errors[-1])
    above = [position for position, value in enumerate(errors) if value > limit]
    span = 1 if errors[0] <= errors[-1] else int(kept[above[-1] + 1])
    return Memory(tuple(kept.tolist()), tuple(errors), span)


def measure_columns(inputs: np.ndarray, error: Callable[[np.ndarray], float], *, seed: int = 0) -> np.ndarray:
    """Returns by how much the error grows where a column is replaced, as shares of the sum, of shape (features,).

    Args:
        inputs: As in `measure_memory`.
        error: As in `measure_memory`.
        seed: As in `measure_memory`.
    """
    other, before = inputs[_partners(len(inputs), seed)], error(inputs)
    growth = np.zeros(inputs.shape[2])
    for column in range(inputs.shape[2]):
        changed = inputs.copy()
        changed[:, :, column] = other[:, :, column]
        growth[column] = max(error(changed) - before, 0.0)
    return growth / growth.sum() if growth.any() else growth


def perturbed_norms(inputs: np.ndarray, predict: Callable[[np.ndarray], np.ndarray], *, seed: int = 0) -> np.ndarray:
    """Estimates the norm of the gradient with respect to each step from small changes of it, of shape (steps,).

    For a model that is not differentiated otherwise, such as a linear one. A step is changed in a random direction; the
    mean square of the slopes over many examples is that of the gradient. Values below a thousandth of the largest are
    rounding errors of the model.

    Args:
        inputs: As in `measure_memory`.
        predict: Returns the outputs of the model, of shape (examples, …).
        seed: Seed of the directions.
    """
    draw, examples = np.random.default_rng(seed), len(inputs)
    signs = draw.choice([-1.0, 1.0], (examples, predict(inputs[:1]).size))
    norms = np.zeros(inputs.shape[1])
    for step in range(inputs.shape[1]):
        direction = draw.choice([-CHANGE, CHANGE], (examples, inputs.shape[2])).astype(inputs.dtype)
        outputs = []
        for sign in (1, -1):
            changed = inputs.copy()
            changed[:, step] += sign * direction
            outputs.append(predict(changed).reshape(examples, -1).astype(np.float64))
        slopes = ((outputs[0] - outputs[1]) * signs).sum(axis=1) / (2 * CHANGE)
        norms[step] = np.sqrt(np.mean(slopes**2))
    return norms


def _partners(examples: int, seed: int) -> np.ndarray:
    """Returns another example for each one, of shape (examples,)."""
    order = np.random.default_rng(seed).permutation(examples)
    partners = np.empty_like(order)
    partners[order] = np.roll(order, 1)
    return partners
