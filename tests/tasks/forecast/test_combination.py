"""Combining a model with the linear baseline: the share, the combined model, and what a run stores of it."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.data.series.windows import Windows, legal_windows
from seqkit.errors import DataError
from seqkit.runs.run import read_run
from seqkit.tasks.forecast.baselines import Ridge
from seqkit.tasks.forecast.combination import EQUAL_WINDOWS, SHARES, combine_with_linear, shrunk_share
from seqkit.tasks.forecast.inference import open_run
from seqkit.tasks.forecast.scoring import Evaluator


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    return np.cumsum(np.random.default_rng(0).normal(size=(600, 2)), axis=0).astype(np.float32)


def windows_in(first: int, end: int) -> Windows:
    return legal_windows([(0, 600)], [(first, end)], steps=4, horizon=2)


def fitted_ridge(values: np.ndarray) -> Ridge:
    return Ridge.fit(values, [1, 0], windows_in(0, 400), windows_in(400, 600), shared=False)


def network(kernel: np.ndarray) -> keras.Model:
    """A linear network on the flattened window with the given weights."""
    window = keras.Input((4, 2), name="window")
    readout = keras.layers.Dense(4, use_bias=False, name="readout")
    model = keras.Model(window, keras.layers.Reshape((2, 2))(readout(keras.layers.Flatten()(window))), name="known")
    readout.set_weights([kernel])
    return model


def mean_error(outputs: np.ndarray, values: np.ndarray, windows: Windows, scale: np.ndarray) -> float:
    y_true = windows.read_targets(values[:, [1, 0]]) - values[windows.last_rows][:, None, [1, 0]]
    return float((np.abs(outputs - y_true) * scale).mean())


def test_share_follows_the_validation_error(values):
    validation, scale, linear = windows_in(400, 600), np.array([1.0, 3.0]), fitted_ridge(values)
    linear.coefficients[:] += np.random.default_rng(1).normal(size=linear.coefficients.shape) * 0.02
    model = network(np.random.default_rng(2).normal(size=(8, 4)) * 0.02)
    x = validation.read(values)
    outputs = model(x).numpy()
    linear_outputs = linear.predict(validation) - values[validation.last_rows][:, None, [1, 0]]
    errors = {s: mean_error(s * outputs + (1 - s) * linear_outputs, values, validation, scale) for s in (0.0, *SHARES)}
    combined, share = combine_with_linear(model, linear, validation, scale, None)
    best = min(errors, key=errors.__getitem__)
    assert share == shrunk_share(errors, len(validation) / 2)  # two steps ahead: every other window overlaps
    assert 0 < best < 1 and abs(share - 0.5) <= abs(best - 0.5)
    np.testing.assert_allclose(combined(x), share * outputs + (1 - share) * linear_outputs, atol=1e-4)
    np.testing.assert_array_equal(model(x), outputs, err_msg="the model itself must not change")
    assert combined.input_shape == model.input_shape and combined.output_shape == model.output_shape


def test_targets_that_were_not_measured_do_not_choose_the_share(values):
    validation = windows_in(400, 600)[::6]  # no window reads a row that another one predicts
    model = network(np.random.default_rng(2).normal(size=(8, 4)) * 0.02)
    measured = np.random.default_rng(3).random((600, 2)) < 0.5
    linear = fitted_ridge(values)
    linear.coefficients[:] += np.random.default_rng(1).normal(size=linear.coefficients.shape) * 0.02
    filled = values.copy()
    filled[validation.target_rows] += np.where(measured, 0, 50)[validation.target_rows][:, :, ::-1]

    def share(series: np.ndarray, measured: np.ndarray | None) -> float:
        return combine_with_linear(model, replace(linear, inputs=series), validation, np.ones(2), measured)[1]

    assert share(values, measured) == share(filled, measured) != share(filled, None)


def test_share_is_shrunk_towards_a_half_where_validation_is_short():
    errors = {share / 20: 1 + (share / 20 - 0.7) ** 2 for share in range(21)}
    assert shrunk_share(errors, 1e6) == 0.7
    assert shrunk_share(errors, EQUAL_WINDOWS) == 0.6
    assert shrunk_share(errors, 0) == 0.5


def test_share_is_not_shrunk_where_one_of_the_models_alone_errs_less():
    errors = {share / 20: 1 + (share / 20 - 0.1) ** 2 for share in range(21)}
    assert shrunk_share(errors, EQUAL_WINDOWS) == 0.1
    assert shrunk_share({share: -share for share in errors}, 1.0) == 1.0


def test_share_is_one_if_the_linear_baseline_raises_the_error(values):
    linear = fitted_ridge(values)
    linear.coefficients[:] = np.random.default_rng(2).normal(size=linear.coefficients.shape)
    model = network(np.zeros((8, 4)))
    assert combine_with_linear(model, linear, windows_in(400, 600), np.ones(2), None) == (model, 1.0)


def test_a_model_far_worse_than_the_linear_baseline_has_the_lowest_share(values):
    model = network(np.random.default_rng(1).normal(size=(8, 4)) * 10)
    _, share = combine_with_linear(model, fitted_ridge(values), windows_in(400, 600), np.ones(2), None)
    assert share == SHARES[0] == 0.05


def test_model_is_not_combined_on_request_or_if_the_baseline_has_no_coefficients(values):
    model = network(np.random.default_rng(1).normal(size=(8, 4)) * 10)
    linear = fitted_ridge(values)
    assert combine_with_linear(model, linear, windows_in(400, 600), np.ones(2), None, combine="none") == (model, 1.0)
    one_step = [legal_windows([(0, 600)], [part], steps=1) for part in ((0, 400), (400, 600))]
    empty = Ridge.fit(values, [1, 0], *one_step, shared=True)
    assert combine_with_linear(model, empty, one_step[1], np.ones(2), None) == (model, 1.0)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("combined") / "run"
    short = {"warmup": 8, "chunk": 16}
    seqkit.train("gru", out=out, rows=1500, window=24, epochs=1, units=4, learning_rate=0.02, **short)
    return out


def test_run_stores_its_share_and_scores_the_uncombined_network(run):
    share = read_run(run).manifest.model["share"]
    assert 0.05 <= share < 1
    metrics = read_run(run).read_json("metrics.json")
    for part in ("validation", "test"):
        assert [model["name"] for model in metrics[part]["models"][:3]] == ["gru", "gru alone", "linear (ridge)"]
    combined, uncombined, linear = (model["mae"] for model in metrics["validation"]["models"][:3])
    assert combined < uncombined and combined < 1.05 * linear
    history = pd.read_csv(run / "history.csv")
    assert uncombined == pytest.approx(history["validation_mae"].min(), rel=1e-4), "as reported during training"


def test_exported_model_is_the_combined_forecast(run):
    forecaster = open_run(read_run(run))
    table = forecaster.context()
    evaluator = Evaluator(forecaster, table)
    (rows,) = evaluator.values[None, -24:]
    change = keras.models.load_model(run / "model.keras")(rows[None]).numpy()[0, 0, 0]
    last = table.frame["T (degC)"].iloc[-1]
    forecast = seqkit.load(run).forecast()["gru"].iloc[0]
    assert forecast == pytest.approx(
        last + change * forecaster.state.deviation[forecaster.state.target_positions[0]], abs=1e-4
    )


@pytest.mark.parametrize("share", [0, -0.5, 1.5, "half", None])
def test_an_invalid_share_in_run_json_is_refused(run, share, tmp_path):
    path = Path(shutil.copytree(run, tmp_path / "run"))
    manifest = json.loads((path / "run.json").read_text(encoding="utf-8"))
    manifest["model"]["share"] = share
    (path / "run.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(DataError, match="share"):
        seqkit.load(path)


def test_run_without_combination_has_no_row_for_the_uncombined_network(tmp_path):
    run = seqkit.train("dense", out=tmp_path / "run", rows=300, window=6, epochs=1, units=(4,), combine="none")
    assert run.manifest.model["share"] == 1
    names = [model["name"] for model in run.read_json("metrics.json")["test"]["models"]]
    assert names[:2] == ["dense", "linear (ridge)"]
