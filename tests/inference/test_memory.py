"""Memory and columns of models that are known: moving averages."""

import numpy as np
import pytest

from seqkit.inference.memory import measure_columns, measure_memory, perturbed_norms

INPUTS = np.random.default_rng(0).normal(size=(400, 60, 3)).astype(np.float32)


def error_of_average(steps: int):
    """Returns the error of a model that knows the mean of the last steps of column 1 exactly."""
    y_true = INPUTS[:, -steps:, 1].mean(axis=1)
    return lambda inputs: float(np.abs(inputs[:, -steps:, 1].mean(axis=1) - y_true).mean())


@pytest.mark.parametrize("steps", [1, 4, 11, 60])
def test_a_moving_average_remembers_its_steps(steps):
    memory = measure_memory(INPUTS, error_of_average(steps))
    assert memory.kept[0] == 1 and memory.kept[-1] == 60 and memory.errors[-1] == 0
    below, above = (next((k for k in order if reached(k)), 60) for order, reached in (
        (memory.kept[::-1], lambda k: k <= 0.9 * steps), (memory.kept, lambda k: k >= steps)
    ))  # fmt: skip
    assert memory.span == 1 if steps == 1 else below < memory.span <= above


def test_errors_fall_as_more_steps_are_kept_and_inputs_stay_as_they_are():
    before = INPUTS.copy()
    errors = measure_memory(INPUTS, error_of_average(20)).errors
    assert list(errors) == sorted(errors, reverse=True) and errors[0] > 0.1
    np.testing.assert_array_equal(INPUTS, before)


def test_only_columns_that_are_read_have_a_share():
    np.testing.assert_array_equal(measure_columns(INPUTS, error_of_average(5)), [0, 1, 0])
    y_true = INPUTS[:, -1, 0] + 3 * INPUTS[:, -1, 2]

    def error(inputs: np.ndarray) -> float:
        return float(np.abs(inputs[:, -1, 0] + 3 * inputs[:, -1, 2] - y_true).mean())

    shares = measure_columns(INPUTS, error)
    assert shares == pytest.approx([0.25, 0, 0.75], abs=0.03)


def test_a_model_that_reads_nothing_has_no_shares_and_no_memory():
    assert measure_columns(INPUTS, lambda inputs: 1.0).tolist() == [0, 0, 0]
    assert measure_memory(INPUTS, lambda inputs: 1.0).span == 1


def test_norms_from_changes_of_a_linear_model_are_those_of_its_weights():
    weights = np.random.default_rng(1).normal(size=(60, 3, 2)) * (np.arange(60) > 40)[:, None, None]
    norms = perturbed_norms(INPUTS, lambda inputs: np.einsum("esf,sfo->eo", inputs, weights))
    expected = np.sqrt((weights**2).sum(axis=(1, 2)))
    np.testing.assert_allclose(norms, expected, rtol=0.25, atol=1e-5)
