"""McNemar's test against SciPy and hand-made counts."""

import math

import numpy as np
import pytest
from scipy import stats

from seqkit.stats.paired_tests import mcnemar


def outcomes(both: int, only_a: int, only_b: int, neither: int) -> tuple[np.ndarray, np.ndarray]:
    counts = (both, only_a, only_b, neither)
    return np.repeat([True, True, False, False], counts), np.repeat([True, False, True, False], counts)


def test_mcnemar_is_exact_on_discordant_examples():
    # Right alone 8 times and once: 2 · (1 + 9) / 2⁹, were each as likely.
    assert mcnemar(*outcomes(100, 8, 1, 20)) == (7, pytest.approx(20 / 512))
    assert mcnemar(*outcomes(0, 1, 8, 0)) == (-7, pytest.approx(20 / 512))


def test_mcnemar_of_equal_or_balanced_models_is_1():
    assert mcnemar(*outcomes(7, 0, 0, 3)) == (0, 1.0)
    assert mcnemar(*outcomes(7, 4, 4, 3)) == (0, 1.0)


def test_mcnemar_of_many_examples_approaches_the_normal_approximation():
    difference, p_value = mcnemar(*outcomes(20_000, 1_300, 1_200, 2_500))
    normal = 2 * stats.norm.sf((100 - 1) / math.sqrt(2_500))  # with the continuity correction
    assert difference == 100
    assert p_value == pytest.approx(normal, rel=1e-3)
