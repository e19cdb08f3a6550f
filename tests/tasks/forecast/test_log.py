"""`--log`: forecasts of logarithms, transformed back."""

import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.data.tables.regularise import regularise
from seqkit.errors import DataError, UsageError
from seqkit.progress import Callbacks
from seqkit.tasks.forecast import prepare as forecast
from seqkit.tasks.forecast.encode import decode, encode
from seqkit.tasks.forecast.evaluate import open_evaluator
from seqkit.tasks.forecast.model_names import LINEAR, uncombined_name

OPTIONS = {"window": 6, "horizon": 3, "calendar": "none", "log": True}


def growing(rows=200, *, level=1.0, seed=0):
    """Returns months of a series that grows by 2 % a month, with noise of 5 %."""
    noise = np.random.default_rng(seed).normal(scale=0.05, size=rows)
    times = pd.date_range("2000-01-01", periods=rows, freq="MS")
    return pd.DataFrame({"ds": times, "y": level * np.exp(0.02 * np.arange(rows) + noise)})


def panel(*levels):
    parts = [growing(level=level, seed=seed).assign(unique_id=f"s{seed}") for seed, level in enumerate(levels)]
    return pd.concat(parts, ignore_index=True)


def test_targets_are_scaled_as_logarithms():
    frame = growing()
    table = regularise(frame)
    state, _ = forecast.prepare(table, **OPTIONS)
    logs = np.log(frame["y"].to_numpy())
    assert state.mean[0] == pytest.approx(logs[:140].mean())
    np.testing.assert_allclose(encode(state, table)[:, 0], (logs - logs[:140].mean()) / logs[:140].std(), atol=1e-6)
    deviation = state.target_deviations(table, np.array([0])).item()
    assert deviation == pytest.approx(logs[:140].std() * np.exp(logs[:140].mean()))


def test_change_of_a_logarithm_is_a_share_of_the_level():
    decoded = decode(np.full((1, 2, 1), 0.5), np.array([[80.0]]), np.array([[2 * np.log(1.5)]]), log=True)
    np.testing.assert_allclose(decoded.ravel(), [120.0, 120.0])
    assert np.isfinite(decode(np.full((1, 1, 1), 1e4), np.ones((1, 1)), np.ones((1, 1)), log=True)).all()


@pytest.mark.parametrize("value", [0.0, -3.0])
def test_value_that_has_no_logarithm_is_refused(value):
    frame = growing()
    frame.loc[[190, 195], "y"] = value
    with pytest.raises(DataError, match=rf"'y' is {value:g} at 2015-11-01.* 2 of its 200 values .* Leave out --log"):
        forecast.prepare(regularise(frame), **OPTIONS)


def test_scores_in_deviations_are_refused():
    with pytest.raises(UsageError, match="--log and --scores scaled do not go together"):
        forecast.prepare(regularise(growing()), **OPTIONS, scores="scaled")


def test_growth_continues(tmp_path):
    frame, lines = growing(), []
    run = seqkit.train(
        "autoregression", frame, out=tmp_path / "run", callbacks=Callbacks(on_message=lines.append), **OPTIONS
    )
    assert any("medians, not means" in line for line in lines)
    expected = np.exp(0.02 * np.arange(200, 203))
    np.testing.assert_allclose(seqkit.load(run.path).forecast()["autoregression"], expected, rtol=0.1)
    mae = {model["name"]: model["mae"] for model in run.read_json("metrics.json")["test"]["models"]}
    assert mae["autoregression"] == pytest.approx(mae[LINEAR], rel=1e-3) and mae[LINEAR] < mae["last value"]


def test_combination_is_a_weighted_geometric_mean(tmp_path):
    frame = panel(1.0, 1e4)
    run = seqkit.train("dense", frame, out=tmp_path / "run", epochs=3, units=(8,), **OPTIONS)
    evaluator, _ = open_evaluator(run, frame, print)
    models, windows, share = evaluator.models()[0], evaluator.splits.test, evaluator.forecaster.share
    assert 0 < share < 1
    alone, linear = models[uncombined_name("dense")](windows), models[LINEAR](windows)
    np.testing.assert_allclose(models["dense"](windows), alone**share * linear ** (1 - share), rtol=1e-6)
    by_series = run.read_json("metrics.json")["test"]["models"][0]
    assert by_series["scaled_mae"] < 1


def test_new_series_is_scaled_by_its_own_logarithms(tmp_path):
    run = seqkit.train("autoregression", panel(1.0, 1e4), out=tmp_path / "run", **OPTIONS)
    forecaster = seqkit.load(run.path)
    new = growing(level=1e6).assign(unique_id="new")
    with pytest.warns(UserWarning, match="new"):
        high = forecaster.forecast(new)["autoregression"]
    with pytest.warns(UserWarning, match="new"):
        low = forecaster.forecast(new.assign(y=new["y"] / 1e3))["autoregression"]
    np.testing.assert_allclose(high, 1e3 * low, rtol=1e-4)
