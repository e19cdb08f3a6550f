"""Training, evaluating and forecasting from Python."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.errors import DataError, UsageError
from seqkit.runs.run import read_run
from seqkit.tasks.forecast.encode import decode, encode, target_values


def test_a_finished_run_has_all_documented_files(small_run):
    names = {str(p.relative_to(small_run)) for p in small_run.rglob("*") if p.is_file()}

    assert {
        "run.json", "model.keras", "model.onnx", "metrics.json", "history.csv", "predictions.csv",
        "plots/learning_curve.png", "plots/forecast.png", "plots/error_by_step.png", "plots/residuals.png",
    } <= names  # fmt: skip
    assert not any("/." in f"/{name}" for name in names), "a temporary file was left behind"
    manifest = read_run(small_run).manifest
    assert manifest.state == "done"
    assert manifest.options["epochs"] == 2
    assert manifest.units["T (degC)"] == "degC"


def test_scores_include_every_baseline_with_a_paired_test(small_run):
    metrics = json.loads((small_run / "metrics.json").read_text())

    for part in ("validation", "test"):
        names = [row["name"] for row in metrics[part]["models"]]
        assert names == ["dense", "linear (ridge)", "Holt-Winters", "seasonal naive", "last value"]
        for row in metrics[part]["models"][1:]:
            assert 0 <= row["against_model"]["p_value"] <= 1


def test_predictions_agree_with_metrics_and_data(small_run):
    table = pd.read_csv(small_run / "predictions.csv", parse_dates=["ds", "cutoff"])
    metrics = json.loads((small_run / "metrics.json").read_text())["test"]

    assert len(table) == metrics["windows"]
    assert np.abs(table["y"] - table["dense"]).mean() == pytest.approx(metrics["models"][0]["mae"], rel=1e-6)
    assert (table["ds"] - table["cutoff"] == pd.Timedelta(hours=24)).all()
    y_true = demo()[["Date Time", "T (degC)"]].set_index("Date Time")["T (degC)"]
    np.testing.assert_allclose(table["y"], y_true.loc[table["ds"]])
    last_value = next(row for row in metrics["models"] if row["name"] == "last value")
    by_hand = np.abs(y_true.loc[table["ds"]].to_numpy() - y_true.loc[table["cutoff"]].to_numpy()).mean()
    assert last_value["mae"] == pytest.approx(by_hand, rel=1e-9)


def demo(rows=1500):
    from seqkit.registry import find_dataset

    return find_dataset("demo_weather").load().load(rows=rows)


def test_forecast_from_the_stored_rows_equals_that_from_the_data(small_run):
    forecaster = seqkit.load(small_run)

    from_run, from_data = forecaster.forecast(), forecaster.forecast(demo())

    pd.testing.assert_frame_equal(from_run, from_data)
    assert list(from_run.columns) == ["unique_id", "ds", "dense"]
    assert from_run["ds"].tolist() == [demo()["Date Time"].max() + pd.Timedelta(hours=24)]


def test_onnx_forecast_equals_that_of_the_keras_model(small_run):
    import keras

    from seqkit.tasks.forecast import prepare as forecast

    forecaster = seqkit.load(small_run)
    table = forecaster.table(demo())
    values = encode(forecaster.state, table)
    windows = forecast.find_splits(forecaster.state, table).test[:50]

    model = keras.models.load_model(small_run / "model.keras")
    outputs = model.predict(windows.read(values), verbose=0)
    last = target_values(forecaster.state, table, windows.last_rows)

    deviation = forecaster.state.target_deviations(table, table.series_of(windows.starts))
    expected = decode(outputs, last, deviation)
    np.testing.assert_allclose(forecaster.predict(table, values, windows), expected, rtol=1e-4, atol=1e-4)


def test_later_rows_do_not_change_a_forecast(small_run):
    """Rows after t, however extreme, change no forecast made at t."""
    forecaster = seqkit.load(small_run)
    frame = demo()
    wild = frame.copy()
    wild.loc[1001:, "T (degC)"] += 1000.0

    pd.testing.assert_frame_equal(forecaster.forecast(frame[:1001]), forecaster.forecast(wild[:1001]))
    from seqkit.tasks.forecast import prepare as forecast

    calm, other = forecaster.table(frame), forecaster.table(wild)
    windows = forecast.find_splits(forecaster.state, calm).validation
    windows = windows[windows.last_rows <= 1000]
    np.testing.assert_array_equal(
        forecaster.predict(calm, encode(forecaster.state, calm), windows),
        forecaster.predict(other, encode(forecaster.state, other), windows),
    )


def test_evaluating_again_gives_the_same_scores(small_run):
    before = json.loads((small_run / "metrics.json").read_text())

    scores = seqkit.evaluate(small_run)

    assert scores["models"][0]["mae"] == pytest.approx(before["test"]["models"][0]["mae"], rel=1e-12)
    after = json.loads((small_run / "metrics.json").read_text())
    assert after["validation"] == before["validation"]


def test_newer_data_is_evaluated_after_the_validation_part_only(small_run):
    scores = seqkit.evaluate(small_run, demo(rows=1700))

    first = pd.Timestamp(scores["first"])
    assert first == demo()["Date Time"].iloc[1125]
    assert scores["windows"] == 1700 - 1125


def test_data_that_ends_before_the_test_part_is_refused(small_run):
    with pytest.raises(DataError, match="no window whose targets lie after the validation part"):
        seqkit.evaluate(small_run, demo(rows=1000))


def test_same_seed_gives_identical_weights_and_another_seed_different_ones(tmp_path):
    runs = [
        seqkit.train(
            "dense", demo(600), out=tmp_path / name, epochs=1, window=12, target="T (degC)", seed=seed, units=(4,)
        )
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    ]
    import keras

    weights = [keras.models.load_model(run.path / "model.keras").get_weights() for run in runs]
    for first, second in zip(weights[0], weights[1], strict=True):
        np.testing.assert_array_equal(first, second)
    assert not np.array_equal(weights[0][0], weights[2][0])
    pd.testing.assert_frame_equal(seqkit.load(runs[0].path).forecast(), seqkit.load(runs[1].path).forecast())


def test_training_on_a_frame_without_the_test_part(tmp_path):
    run = seqkit.train(
        "autoregression",
        demo(600),
        out=tmp_path / "run",
        window=12,
        horizon=3,
        target=("T (degC)", "p (mbar)"),
        test=False,
    )

    metrics = json.loads((run.path / "metrics.json").read_text())
    assert "test" not in metrics
    assert len(metrics["validation"]["models"][0]["mae_by_step"]) == 3
    assert not (run.path / "plots" / "learning_curve.png").exists(), "a closed form has no learning curve"
    with pytest.raises(DataError, match="trained on a data frame or standard input"):
        seqkit.evaluate(run.path)
    forecast = seqkit.load(run.path).forecast()
    assert forecast["unique_id"].tolist() == ["p (mbar)"] * 3 + ["T (degC)"] * 3 or forecast["unique_id"].nunique() == 2


def test_a_diverging_loss_stops_training_and_names_epoch_step_and_remedy(tmp_path):
    from seqkit.errors import SeqkitError

    with pytest.raises(SeqkitError, match=r"epoch 1, step \d+.*--learning-rate"):
        seqkit.train(
            "dense", demo(600), out=tmp_path / "run", window=12, target="T (degC)",
            learning_rate=1e30, loss="mse", clip_norm=None, schedule="constant",
        )  # fmt: skip
    assert read_run(tmp_path / "run", finished=False).manifest.state == "failed"


def test_options_from_python_are_checked_like_flags(tmp_path):
    with pytest.raises(UsageError, match="'epochs'"):
        seqkit.train("dense", demo(600), out=tmp_path / "run", epoch=3)
    with pytest.raises(UsageError, match="--window"):
        seqkit.train("dense", demo(600), out=tmp_path / "run", window=0)
    assert not (tmp_path / "run").exists()


def test_several_series_are_trained_and_forecast_together(tmp_path):
    frames = [demo(600).assign(unique_id=name) for name in ("north", "south")]
    both = pd.concat(frames)

    run = seqkit.train("dense", both, out=tmp_path / "run", window=12, target="T (degC)", epochs=1, units=(4,))

    forecast = seqkit.load(run.path).forecast()
    assert forecast["unique_id"].tolist() == ["north", "south"]
    assert forecast["dense"].nunique() == 1, "the same history gives the same forecast"


def test_forecasting_imports_neither_keras_nor_tensorflow(small_run):
    program = (
        "import sys, seqkit; seqkit.load(sys.argv[1]).forecast();"
        "print(sorted({'keras', 'tensorflow', 'sklearn', 'matplotlib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program, str(small_run)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_forecasting_needs_only_the_stored_state_rows_and_onnx_model(small_run, tmp_path):
    """The run directory may be moved, and the training data need not exist."""
    import shutil

    moved = tmp_path / "elsewhere"
    shutil.copytree(small_run, moved)
    for name in ("model.keras", "history.csv", "predictions.csv", "metrics.json"):
        (moved / name).unlink()

    assert len(seqkit.load(moved).forecast()) == 1


def test_regularisation_of_a_recipe_is_part_of_the_loss(tmp_path):
    recipe = tmp_path / "ridged.py"
    recipe.write_text(
        "import keras\n"
        "def build_model(spec, *, l2: float = 0.0):\n"
        '    """Args:\n        l2: Strength, [0, inf)."""\n'
        "    inputs, x = spec.inputs()\n"
        "    x = keras.layers.Flatten()(x)\n"
        "    x = keras.layers.Dense(4, kernel_regularizer=keras.regularizers.L2(l2), name='hidden')(x)\n"
        "    return keras.Model(inputs, spec.outputs(x))\n"
    )
    import keras

    norms = []
    for l2 in (0.0, 100.0):
        run = seqkit.train(
            str(recipe), demo(600), out=tmp_path / str(l2), window=12, target="T (degC)", epochs=1, test=False, l2=l2
        )
        kernel = keras.models.load_model(run.path / "model.keras").get_layer("hidden").get_weights()[0]
        norms.append(np.linalg.norm(kernel))
    assert norms[1] < 0.5 * norms[0]


def test_too_short_a_series_is_left_out_of_a_forecast_with_a_warning(tmp_path):
    both = pd.concat([demo(600).assign(unique_id="long"), demo(5).assign(unique_id="short")])
    run = seqkit.train("autoregression", both, out=tmp_path / "run", window=12, target="T (degC)", test=False)

    with pytest.warns(UserWarning, match=r"needs 12 rows; series 'short' has 5\. It is left out"):
        forecast = seqkit.load(run.path).forecast(both)
    assert forecast["unique_id"].tolist() == ["long"]


def test_forecast_times_have_a_time_zone_if_the_data_has_one(tmp_path):
    local = demo(600)
    local["Date Time"] = local["Date Time"].dt.tz_localize("+02:00")
    run = seqkit.train("autoregression", local, out=tmp_path / "run", window=12, target="T (degC)", test=False)

    forecaster = seqkit.load(run.path)
    expected = local["Date Time"].max() + pd.Timedelta(hours=1)
    assert forecaster.forecast(local)["ds"].tolist() == [expected]
    assert forecaster.forecast()["ds"].tolist() == [expected]
    assert "+00:00" in (run.path / "predictions.csv").read_text()


def test_a_run_created_during_training_is_not_overwritten(small_run, tmp_path, monkeypatch):
    """The check before training passes, but another run exists when this one is moved into place."""
    import shutil

    monkeypatch.setattr("seqkit.workflows.train.check_writable", lambda *_, **__: None)
    shutil.copytree(small_run, tmp_path / "run")
    before = (tmp_path / "run" / "run.json").read_bytes()
    with pytest.raises(UsageError, match="another training"):
        seqkit.train("autoregression", demo(600), out=tmp_path / "run", window=12, target="T (degC)", test=False)
    assert (tmp_path / "run" / "run.json").read_bytes() == before
