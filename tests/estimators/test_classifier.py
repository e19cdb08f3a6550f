"""`seqkit.Classifier` in the tools of scikit-learn."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone, is_classifier
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import estimator_checks

import seqkit
from seqkit.errors import UsageError

RNG = np.random.default_rng(0)
WAVES = np.array([np.sin(np.arange(20) * (1 + i % 2)) + 0.1 * RNG.normal(size=20) for i in range(60)])
LABELS = np.array([7, 3] * 30)
TEXTS = [f"{'good fine' if i % 2 else 'bad awful'} day {i}" for i in range(80)]
OPINIONS = ["pos" if i % 2 else "neg" for i in range(80)]


@pytest.fixture(scope="module")
def fitted() -> seqkit.Classifier:
    return seqkit.Classifier("dense", epochs=4, units=(8,)).fit(WAVES, LABELS)


def test_it_is_a_classifier_with_the_parameters_of_recipe_and_training(fitted):
    assert is_classifier(fitted)
    assert clone(fitted).get_params() == {"recipe": "dense", "epochs": 4, "units": (8,)}


def test_labels_keep_their_type_and_order(fitted):
    assert fitted.classes_.tolist() == [3, 7]
    predicted = fitted.predict(WAVES)
    assert predicted.dtype == LABELS.dtype and fitted.score(WAVES, LABELS) == (predicted == LABELS).mean() == 1
    probabilities = fitted.predict_proba(WAVES)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    np.testing.assert_array_equal(fitted.classes_[probabilities.argmax(axis=1)], predicted)


def test_texts_are_classified_and_the_estimator_is_pickled():
    estimator = seqkit.Classifier("dense", epochs=3).fit(TEXTS, OPINIONS)
    assert estimator.score(TEXTS, OPINIONS) > 0.9
    restored = pickle.loads(pickle.dumps(estimator))
    np.testing.assert_array_equal(restored.predict_proba(TEXTS), estimator.predict_proba(TEXTS))


def test_it_works_in_a_pipeline_and_a_grid_search():
    pipeline = make_pipeline(StandardScaler(), seqkit.Classifier("dense", units=(8,), epochs=1))
    search = GridSearchCV(pipeline, {"classifier__learning_rate": [1e-9, 0.02]}, cv=2).fit(WAVES, LABELS)
    assert search.best_params_ == {"classifier__learning_rate": 0.02}


def test_invalid_use_raises():
    with pytest.raises(NotFittedError, match="This Classifier is not fitted yet"):
        seqkit.Classifier().predict(TEXTS)
    with pytest.raises(UsageError, match=r"one label for each of the 80 examples, got labels of shape \(2,\)"):
        seqkit.Classifier().fit(TEXTS, ["a", "b"])


@pytest.mark.parametrize("X", ["good day", pd.DataFrame({"text": TEXTS})])
def test_single_text_and_frame_are_no_examples(X, fitted):
    with pytest.raises(UsageError, match="Expected texts or series for X, got a"):
        fitted.predict(X)
    with pytest.raises(UsageError, match="Expected texts or series for X, got a"):
        seqkit.Classifier().fit(X, OPINIONS)


@pytest.mark.parametrize("missing", [None, np.nan])
def test_missing_labels_are_refused(missing):
    with pytest.raises(UsageError, match=r"2 examples have no label, the first at position 1. Leave them out"):
        seqkit.Classifier().fit(TEXTS[:4], [1.0, missing, 2.0, missing])


def test_no_examples_and_an_option_of_its_own_are_refused(tmp_path):
    with pytest.raises(UsageError, match="There are no examples"):
        seqkit.Classifier().fit([], [])
    with pytest.raises(UsageError, match=r"`out` is no option of a Classifier, which sets it. Leave it out"):
        seqkit.Classifier(out=tmp_path).fit(TEXTS, OPINIONS)


CHECKS = (
    estimator_checks.check_estimator_cloneable,
    estimator_checks.check_get_params_invariance,
    estimator_checks.check_set_params,
    estimator_checks.check_dont_overwrite_parameters,
    estimator_checks.check_estimators_unfitted,
    estimator_checks.check_estimators_empty_data_messages,
    estimator_checks.check_estimators_nan_inf,
    estimator_checks.check_estimator_sparse_array,
    estimator_checks.check_complex_data,
    estimator_checks.check_fit1d,
    estimator_checks.check_fit2d_1sample,
    estimator_checks.check_requires_y_none,
    estimator_checks.check_classifiers_one_label,
    estimator_checks.check_classifiers_regression_target,
    estimator_checks.check_supervised_y_no_nan,
    estimator_checks.check_n_features_in,
)
"""Checks of scikit-learn for estimators; the others pass as well, but train often, or suppose fixed parameters."""


@pytest.mark.parametrize("check", CHECKS)
def test_checks_of_scikit_learn_pass(check):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check("Classifier", seqkit.Classifier("dense", epochs=1, units=(8,)))
