"""Heads for quantiles, and the intervals that they give."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.errors import DataError, UsageError
from seqkit.registry import recipes
from seqkit.spec import Forecast, Spec, Window
from seqkit.tasks.forecast.objective import forecast_objective
from seqkit.tasks.forecast.quantile_intervals import calibrate_quantiles, quantile_levels

QUANTILES = (0.025, 0.1, 0.9, 0.975)


def daily_noise() -> pd.DataFrame:
    """Rows whose noise is large at day and small at night, which no window shows."""
    hours = np.arange(24 * 60)
    noise = np.where(hours % 24 < 12, 0.05, 2.0) * np.random.default_rng(0).normal(size=len(hours))
    return pd.DataFrame({"ds": pd.date_range("2024-01-01", periods=len(hours), freq="h"), "y": noise})


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run with heads, and one without."""
    folder, options = tmp_path_factory.mktemp("quantiles"), {"window": 12, "epochs": 6, "units": 8, "combine": "none"}
    for name, heads in (("with", {"quantiles": QUANTILES}), ("without", {})):
        seqkit.train("gru", daily_noise(), out=folder / name, supervise="last", clip_norm=None, **heads, **options)
    return folder


def test_heads_leave_the_forecast_as_it_is(trained):
    forecasts = [seqkit.load(trained / name).forecast()["gru"] for name in ("with", "without")]
    np.testing.assert_allclose(*forecasts, rtol=1e-3, atol=1e-3)


def test_intervals_follow_the_quantiles_where_they_are_better(trained):
    rows = [seqkit.evaluate(trained / name, daily_noise())["models"][0] for name in ("with", "without")]
    scores, without = (row["levels"]["80"]["winkler"] for row in rows)
    assert scores < 0.97 * without
    assert rows[0]["crps"] < rows[1]["crps"]
    with np.load(trained / "with" / "intervals.npz") as stored:
        assert "quantiles_0_80" in stored


def test_forecast_prints_the_bounds_of_the_quantiles(trained):
    run, rows = seqkit.load(trained / "with"), daily_noise()
    day, night = (run.forecast(rows[: 24 * 50 + hour], levels=(80,)) for hour in (18, 6))
    width_day, width_night = ((frame["gru-hi-80"] - frame["gru-lo-80"]).item() for frame in (day, night))
    assert width_day > 2 * width_night > 0


def test_damaged_quantiles_are_refused(trained, tmp_path):
    copied = shutil.copytree(trained / "with", tmp_path / "run")
    with np.load(copied / "intervals.npz") as file:
        arrays = dict(file)
    np.savez(copied / "intervals.npz", **{**arrays, "quantiles_0_80": np.zeros((2, 2, 1))})
    with pytest.raises(DataError, match=r"intervals\.npz does not belong to this run"):
        seqkit.load(copied).forecast(levels=(80,))
    content = json.loads((copied / "run.json").read_text())
    content["task_state"]["quantiles"] = [0.9, 0.1]
    (copied / "run.json").write_text(json.dumps(content))
    with pytest.raises(DataError, match="quantiles are not ascending numbers between 0 and 1"):
        seqkit.load(copied)


@pytest.mark.parametrize("quantiles", [(0.0, 0.5), (0.5, 1.0)])
def test_a_quantile_of_0_or_1_is_refused(tmp_path, quantiles):
    with pytest.raises(UsageError, match=r"--quantiles, expected numbers separated by commas in \(0, 1\)"):
        seqkit.train("gru", daily_noise(), out=tmp_path / "run", quantiles=quantiles)


@pytest.mark.parametrize("quantiles", [(0.9, 0.1), (0.1, 0.1)])
def test_quantiles_out_of_order_or_doubled_are_refused(tmp_path, quantiles):
    with pytest.raises(UsageError, match=r"must ascend without repetition, got .* Sort them, and give each once"):
        seqkit.train("gru", daily_noise(), out=tmp_path / "run", quantiles=quantiles)
    with pytest.raises(ValueError, match="argument `quantiles`, expected ascending numbers"):
        Forecast(1, (0,), quantiles=quantiles)


def test_a_recipe_in_closed_form_has_no_heads(tmp_path):
    with pytest.raises(UsageError, match="solved in closed form has no heads for --quantiles"):
        seqkit.train("autoregression", daily_noise(), out=tmp_path / "run", quantiles=QUANTILES)


FORECASTING = [name for name, source in recipes().items() if "forecast" in source.constants["TASKS"]]


@pytest.mark.parametrize("name", FORECASTING)
def test_every_recipe_has_heads(name):
    for normalise in ("none", "window"):
        spec = Spec(Window(6, 3), Forecast(5, (2, 0), normalise, QUANTILES))
        model = spec.gives.restored(recipes()[name].load().build_model(spec))
        outputs = np.array(model(np.random.default_rng(0).normal(size=(4, 6, 3)).astype("float32")))
        assert outputs.shape == (4, 5, 2, 5) == (4, *spec.output_shape[1:])
        assert (np.diff(outputs[..., 1:], axis=-1) > 0).all()


def test_pinball_loss_is_added_by_hand():
    objective = forecast_objective(np.ones(1), (0.1, 0.9))
    y_true, outputs = np.array([[[3.0]]], np.float32), np.array([[[[1.0, 2.0, 5.0]]]], np.float32)
    assert float(objective.loss(y_true, outputs)[0, 0, 0]) == pytest.approx(2 + (0.1 * 1 + 0.1 * 2) / 2)
    assert float(objective.score(y_true, outputs)[0, 0, 0]) == 2


def test_levels_are_those_that_two_quantiles_enclose():
    assert quantile_levels(QUANTILES) == {80: (1, 2), 95: (0, 3)}
    assert quantile_levels((0.1, 0.5, 0.7)) == {}


@pytest.mark.parametrize(("factor", "shifted"), [(1.0, False), (0.4, True)])
def test_quantiles_are_conformalised_where_that_is_better(factor, shifted):
    rng = np.random.default_rng(0)
    deviations = np.where(np.arange(4000) % 2, 3.0, 0.2)[:, None, None]
    y_true, quantiles = deviations * rng.normal(size=(4000, 1, 1)), factor * deviations * np.array([-1.2816, 1.2816])
    earlier, later = np.array_split(np.arange(4000), 2)
    ones = np.ones((4000, 1, 1))
    rivals = {80: (-9 * ones[later], 9 * ones[later])}
    bounds = calibrate_quantiles(y_true, quantiles[:, :, None], ones, (0.1, 0.9), rivals, earlier, later)[80]
    assert bool(bounds.shifts.any()) == shifted
    lower, upper = bounds.around(quantiles[:, :, None], ones)
    assert ((y_true >= lower) & (y_true <= upper)).mean() == pytest.approx(0.8, abs=0.02)
    narrow = {80: (-0.5 * ones[later], 0.5 * ones[later])}
    assert calibrate_quantiles(0 * y_true, 5 + quantiles[:, :, None], ones, (0.1, 0.9), narrow, earlier, later) == {}
