"""Ridge classification against scikit-learn and against regressions on all rows but one."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from seqkit.stats.ridge_classifier import fit_ridge_classifier, logit_scale


def problem(rows: int = 30, features: int = 50, classes: int = 3, seed: int = 0):
    rng = np.random.default_rng(seed)
    y_true = np.arange(rows) % classes
    x = rng.normal(size=(rows, features)) * rng.uniform(0.1, 10, features) + rng.normal(size=features)
    x[:, :classes] += 3 * np.eye(classes)[y_true]
    x[:, -1] = 4.0  # a constant feature
    return x, y_true


def standardised(x: np.ndarray) -> np.ndarray:
    return (x - x.mean(axis=0)) / np.where(x.std(axis=0) > 0, x.std(axis=0), 1)


@pytest.mark.parametrize("features", [8, 50, 2500])
def test_left_out_scores_equal_those_of_regressions_on_all_other_rows(features):
    x, y_true = problem(features=features)
    solution = fit_ridge_classifier(x, y_true, 3, penalties=[0.05])
    z, targets = standardised(x), 2 * np.eye(3)[y_true] - 1
    alpha = 0.05 * np.linalg.eigvalsh(z @ z.T).clip(0).mean()
    for row in (0, 7, 29):
        others = np.arange(30) != row
        reference = Ridge(alpha=alpha).fit(z[others], targets[others]).predict(z[row : row + 1])[0]
        np.testing.assert_allclose(solution.left_out[row], solution.scale * reference, rtol=1e-6, atol=1e-8)


def test_logits_of_all_rows_are_those_of_scikit_learn_times_the_scale():
    x, y_true = problem()
    solution = fit_ridge_classifier(x, y_true, 3, penalties=[0.2])
    z = standardised(x)
    alpha = 0.2 * np.linalg.eigvalsh(z @ z.T).clip(0).mean()
    reference = Ridge(alpha=alpha).fit(z, 2 * np.eye(3)[y_true] - 1).predict(z)
    np.testing.assert_allclose(x @ solution.coefficients + solution.intercept, solution.scale * reference, rtol=1e-6)


def test_penalty_has_the_lowest_log_loss_of_left_out_rows():
    x, y_true = problem()
    penalties = [1e-3, 0.1, 10.0]
    losses = [fit_ridge_classifier(x, y_true, 3, [penalty]).log_loss for penalty in penalties]
    chosen = fit_ridge_classifier(x, y_true, 3, penalties)
    assert chosen.penalty == penalties[int(np.argmin(losses))] and chosen.log_loss == min(losses)


def test_scale_makes_certainty_honest():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(20_000, 3)) * 2
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    y_true = (rng.random((20_000, 1)) > probabilities.cumsum(axis=1)).sum(axis=1)
    assert logit_scale(logits / 5, y_true) == pytest.approx(5, rel=0.05)
    several = rng.random(logits.shape) < 1 / (1 + np.exp(-logits))
    assert logit_scale(logits / 5, several) == pytest.approx(5, rel=0.05)


def test_scale_of_scores_that_are_all_right_stays_moderate():
    y_true = np.arange(20) % 2
    probability = 1 / (1 + np.exp(-2 * logit_scale(2.0 * np.eye(2)[y_true] - 1, y_true)))
    assert probability == pytest.approx(21 / 22, abs=1e-3), "as if one more row had either label"


def test_several_labels_are_regressed_on_their_own():
    x, y_true = problem(features=8)
    several = np.eye(3, dtype=bool)[y_true]
    several[:, 0] |= y_true == 1
    solution = fit_ridge_classifier(x, several, 3)
    assert ((solution.left_out > 0) == several).mean() > 0.6
    expected = np.logaddexp(0, np.where(several, -solution.left_out, solution.left_out)).mean()
    assert solution.log_loss == pytest.approx(expected)


def test_constant_features_get_no_weight():
    x, y_true = problem()
    assert (fit_ridge_classifier(x, y_true, 3).coefficients[-1] == 0).all()
