"""`seqkit.Forecaster`: scikit-learn's constructor, frames in long format, cross-validation."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

import seqkit
from seqkit.errors import UsageError

ROWS, H = 300, 6


def panel(names: str = "ab") -> pd.DataFrame:
    rng, times = np.random.default_rng(0), pd.date_range("2024-03-01", periods=ROWS, freq="h")
    wave = np.sin(np.arange(ROWS) * 2 * np.pi / 24)
    frames = [
        pd.DataFrame({"unique_id": name, "ds": times, "y": wave * 10**k + 0.3 * rng.normal(size=ROWS)})
        for k, name in enumerate(names)
    ]
    return pd.concat(frames, ignore_index=True)


@pytest.fixture(scope="module")
def fitted() -> seqkit.Forecaster:
    return seqkit.Forecaster("autoregression", h=H, input_size=24, freq="h").fit(panel())


def test_parameters_are_those_of_the_constructor_and_the_options():
    estimator = seqkit.Forecaster("dense", h=3, units=(8,), epochs=2)
    assert estimator.get_params() == {
        "recipe": "dense", "h": 3, "input_size": None, "freq": None, "val_size": None, "units": (8,), "epochs": 2,
    }  # fmt: skip
    assert clone(estimator).get_params() == estimator.get_params()
    assert estimator.set_params(h=4, epochs=5).get_params() == {**estimator.get_params(), "h": 4, "epochs": 5}
    assert estimator.h == 4 and estimator.options["epochs"] == 5


def test_predict_forecasts_each_series_with_intervals(fitted):
    frame = fitted.predict(level=[80])
    assert list(frame) == ["unique_id", "ds", "autoregression", "autoregression-lo-80", "autoregression-hi-80"]
    assert frame.groupby("unique_id").size().to_dict() == {"a": H, "b": H}
    assert frame["ds"].min() == panel()["ds"].max() + pd.Timedelta("1h")
    assert np.abs(frame["autoregression"]).groupby(frame["unique_id"]).max()["b"] > 3  # the level of each series


def test_predict_reads_newer_rows(fitted):
    newer = panel()[lambda frame: frame["ds"] < "2024-03-10"]
    assert fitted.predict(newer)["ds"].min() == pd.Timestamp("2024-03-10")


def test_columns_keep_the_names_that_were_given():
    frame = panel("a").rename(columns={"unique_id": "shop", "ds": "day", "y": "sales"})
    columns = {"id_col": "shop", "time_col": "day", "target_col": "sales"}
    estimator = seqkit.Forecaster("autoregression", h=H, input_size=24)
    assert list(estimator.fit(frame, **columns).predict()) == ["shop", "day", "autoregression"]
    validated = estimator.cross_validation(frame, **columns)
    assert list(validated)[:5] == ["shop", "day", "cutoff", "sales", "autoregression"]


def test_a_pickled_estimator_forecasts_the_same(fitted):
    restored = pickle.loads(pickle.dumps(fitted))
    pd.testing.assert_frame_equal(restored.predict(level=[80]), fitted.predict(level=[80]))
    assert restored.run.path != fitted.run.path


def test_cross_validation_has_the_cutoffs_of_the_last_windows(fitted):
    frame = fitted.cross_validation(panel(), n_windows=3, step_size=4, level=[80])
    times = np.sort(panel()["ds"].unique())
    assert sorted(frame["cutoff"].unique()) == [times[ROWS - 1 - H - 4 * back] for back in (2, 1, 0)]
    assert {"linear", "seasonal_naive", "last_value", "autoregression-lo-80"} <= set(frame)
    # Trained once, on the rows before the first cutoff: what comes after changes no forecast made there.
    first = frame["cutoff"] == frame["cutoff"].min()
    changed = panel()
    changed.loc[changed["ds"] > frame["cutoff"].min(), "y"] += 100
    again = fitted.cross_validation(changed, n_windows=3, step_size=4, level=[80])
    columns = ["unique_id", "ds", "autoregression", "autoregression-lo-80"]
    pd.testing.assert_frame_equal(again[first][columns], frame[first][columns])


def test_invalid_use_raises(fitted):
    with pytest.raises(NotFittedError, match="This Forecaster is not fitted yet"):
        seqkit.Forecaster().predict()
    with pytest.raises(UsageError, match=r"no column 'value'\. Its columns: unique_id, ds, y"):
        seqkit.Forecaster().fit(panel(), target_col="value")
    with pytest.raises(UsageError, match="300 distinct times, but 400 are for validation"):
        seqkit.Forecaster(val_size=400).fit(panel())
    with pytest.raises(UsageError, match="The rows are h apart, expected freq 'D'"):
        seqkit.Forecaster("autoregression", h=H, input_size=24, freq="D").fit(panel())
    for number in (0, 2.5):
        with pytest.raises(UsageError, match=f"must be whole numbers of at least 1, got {number} and 6"):
            fitted.cross_validation(panel(), n_windows=number)
    with pytest.raises(
        UsageError, match=r"Expected a DataFrame in long format, got a ndarray\. Give one with .* ds and y"
    ):
        seqkit.Forecaster().fit(np.arange(100.0))
    with pytest.raises(UsageError, match="freq is 'often', expected a pandas offset such as 'h' or 'MS'"):
        seqkit.Forecaster(freq="often").fit(panel())
    with pytest.raises(UsageError, match=r"Expected a list of levels, got 90\. Put it in a list, such as \[90\]"):
        fitted.predict(level=90)


def test_failed_fit_leaves_the_former_one(fitted):
    estimator = pickle.loads(pickle.dumps(fitted)).set_params(freq="D")
    with pytest.raises(UsageError, match="The rows are h apart"):
        estimator.fit(panel("c"))
    pd.testing.assert_frame_equal(estimator.predict(), fitted.predict())


def test_level_is_named_as_a_whole_number(fitted):
    assert fitted.predict(level=[80.0]).columns[-1] == "autoregression-hi-80"
