"""`--normalise`: the targets of each window are scaled within the model, and its outputs back."""

import numpy as np
import pytest

import seqkit
from seqkit.data.series.windows import legal_windows
from seqkit.errors import UsageError
from seqkit.registry import recipes
from seqkit.spec import Forecast, Spec, Window
from seqkit.stats.ridge import PENALTIES
from seqkit.training.export import to_onnx, verify_onnx
from seqkit.training.feeds.windows import WindowFeed
from seqkit.training.model_building import build_model
from seqkit.training.ridge_readout import solve_readout
from seqkit.workflows.settings import plan_training

STEPS, HORIZON, TARGETS = 12, 4, (2, 0)
RECIPES = sorted(name for name, recipe in recipes().items() if "forecast" in recipe.constants["TASKS"])


def built(name, normalise, **options):
    import keras

    keras.utils.set_random_seed(0)
    model = build_model(recipes()[name], Spec(Window(STEPS, 3), Forecast(HORIZON, TARGETS, normalise)), options)
    rng = np.random.default_rng(1)
    model.set_weights([rng.normal(size=weight.shape) / 4 for weight in model.get_weights()])
    return model


def random_windows(seed=0):
    return np.random.default_rng(seed).normal(size=(5, STEPS, 3)).astype(np.float32).cumsum(axis=1)


@pytest.mark.parametrize("name", RECIPES)
def test_forecast_follows_the_level_and_the_spread_of_the_targets(name):
    windows, factor, shift = random_windows(), np.array([3.0, 1.0, 0.5]), np.array([7.0, 0.0, -2.0])
    moved = (windows * factor + shift).astype(np.float32)
    model = built(name, "window")
    expected = model(windows, training=False).numpy() * factor[list(TARGETS)]
    np.testing.assert_allclose(model(moved, training=False), expected, rtol=1e-3, atol=1e-3)
    model = built(name, "last")
    moved = (windows + shift).astype(np.float32)
    np.testing.assert_allclose(model(moved, training=False), model(windows, training=False), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("name", ["gru", "conv1d"])
def test_other_columns_are_not_scaled(name):
    windows = random_windows()
    moved = windows + np.array([0, 1, 0], np.float32)
    model = built(name, "window")
    assert np.abs(model(moved, training=False) - model(windows, training=False)).max() > 1e-2


def test_constant_window_gives_a_finite_forecast():
    outputs = built("dense", "window")(np.full((1, STEPS, 3), 4.0, np.float32), training=False)
    assert np.isfinite(outputs).all() and np.abs(outputs).max() < 0.1


def test_normalisation_is_exported():
    model = built("gru", "window")
    assert verify_onnx(to_onnx(model, ("window", "forecast")), model, random_windows()) < 1e-4


def test_closed_form_readout_is_the_ridge_regression_of_scaled_windows():
    rng = np.random.default_rng(3)
    values = np.stack([rng.normal(size=300).cumsum() * 3 + 5, rng.normal(size=300)], axis=1).astype(np.float32)
    train, validation = (legal_windows([(0, 300)], [part], steps=6, horizon=2) for part in ((0, 200), (200, 300)))
    spec = Spec(Window(6, 2), Forecast(2, (0,), "window"))
    model = build_model(recipes()["autoregression"], spec, {})
    history = solve_readout(model, WindowFeed(values, (0,), train, validation), lambda _: None, None)

    def scaled(windows):
        x, y = windows.read(values).astype(float), windows.read_targets(values[:, [0]])[:, :, 0].astype(float)
        centre, deviation = x[:, :, 0].mean(axis=1, keepdims=True), x[:, :, 0].std(axis=1, keepdims=True)
        x[:, :, 0] = (x[:, :, 0] - centre) / deviation
        x[:, :-1] -= x[:, -1:]
        return x.reshape(len(x), -1), (y - centre) / deviation, centre, deviation

    x, y, *_ = scaled(train)
    x_mean, y_mean = x.mean(axis=0), y.mean(axis=0)
    x = x - x_mean
    penalty = history.epochs[0]["penalty"]
    assert penalty in PENALTIES
    gram = x.T @ x / len(x)
    weights = np.linalg.solve(
        gram + penalty * np.trace(gram) / len(gram) * np.eye(len(gram)), x.T @ (y - y_mean) / len(x)
    )
    x, _, centre, deviation = scaled(validation)
    expected = ((x - x_mean) @ weights + y_mean) * deviation + centre - values[validation.last_rows, :1]
    outputs = model(validation.read(values)).numpy()[:, :, 0]
    np.testing.assert_allclose(outputs, expected, rtol=1e-3, atol=2e-3)


def test_normalised_run_forecasts_as_it_was_scored(tmp_path):
    run = seqkit.train("gru", out=tmp_path / "run", rows=600, epochs=1, window=24, units=4, normalise="window")
    assert run.manifest.task_state["normalise"] == "window"
    assert run.manifest.options["supervise"] == "last"
    forecaster = seqkit.load(run.path)
    assert np.isfinite(forecaster.forecast()["gru"]).all()
    again = seqkit.evaluate(run.path)
    assert again["models"][0]["mae"] == pytest.approx(run.read_json("metrics.json")["test"]["models"][0]["mae"])


def test_chunks_need_windows_that_are_not_normalised():
    plan = plan_training(recipes()["gru"])
    assert plan.choose({})["supervision"]["supervise"] == "every"
    assert plan.choose({"normalise": "last"})["supervision"]["supervise"] == "last"
    with pytest.raises(UsageError, match=r"--supervise every needs --normalise none, but it is window\. Leave out one"):
        plan.choose({"normalise": "window", "supervise": "every"})
