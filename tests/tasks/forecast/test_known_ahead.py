"""Features that are known ahead: read by every model, needed for a forecast, and never a leak of anything else."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import seqkit
from seqkit.cli import main
from seqkit.data.tables.regularise import regularise
from seqkit.errors import DataError, UsageError
from seqkit.progress import Callbacks
from seqkit.runs.run import read_run
from seqkit.tasks.forecast import baselines
from seqkit.tasks.forecast import prepare as forecast
from seqkit.tasks.forecast.encode import encode

ROWS = 240


def prices(rows=ROWS, *, seed=0) -> pd.DataFrame:
    """Sales that follow the price of the same hour, which nobody can predict."""
    rng = np.random.default_rng(seed)
    price, stock = rng.normal(0, 1, rows), rng.normal(0, 1, rows)
    times = pd.date_range("2024-01-01", periods=rows, freq="h")
    return pd.DataFrame(
        {"ds": times, "y": 10 - 3 * price + 0.01 * rng.normal(0, 1, rows), "price": price, "stock": stock}
    )


def panel(series=3, rows=120) -> pd.DataFrame:
    frames = [prices(rows, seed=s).assign(unique_id=f"s{s}", y=lambda f, s=s: f["y"] * (1 + s)) for s in range(series)]
    return pd.concat(frames, ignore_index=True)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ahead")
    prices().to_csv(folder / "prices.csv", index=False)
    path = folder / "run"
    seqkit.train(
        "autoregression", folder / "prices.csv", target=("y",), out=path, window=8, horizon=3, lead=2, future=("price",)
    )
    return seqkit.load(path)


def ahead(count=4, *, start="2024-01-11", seed=1) -> pd.DataFrame:
    price = np.random.default_rng(seed).normal(0, 1, count)
    return pd.DataFrame({"ds": pd.date_range(start, periods=count, freq="h"), "price": price})


def test_inputs_are_named_with_the_distance_of_those_known_ahead():
    table = replace(regularise(prices(80), target=("y",)), future=("price",))
    options = {"horizon": 3, "sampling_rate": 2, "split": "0.5,0.25,0.25", "scale": "none"}
    state, splits = forecast.prepare(table, window=3, lead=2, **options)
    names = ["y", "price", "stock", "price, 8 rows ahead", "price, 2 rows ahead"]
    assert list(state.input_names) == names
    inputs = splits.test.read(encode(state, table))
    price = inputs[:, :, names.index("price")]
    assert np.array_equal(inputs[0, :-1, 4], price[0, 1:]), "the shift of 2 rows is a step of the window"


@pytest.mark.parametrize("window", [2, 8])
def test_window_contains_the_features_of_all_predicted_steps(window):
    frame = prices(80)
    table = replace(regularise(frame, target=("y",)), future=("price",))
    state, splits = forecast.prepare(
        table, window=window, horizon=3, lead=2, sampling_rate=2, split="0.5,0.25,0.25", scale="none"
    )
    inputs = splits.test.read(encode(state, table))
    copies = inputs[..., len(state.columns) : state.regressors]
    for row, values in zip(splits.test.last_rows, copies, strict=True):
        known = frame["price"][row + 2 : row + 2 * (2 + 3 - 1) + 1 : 2].to_numpy()  # up to the last predicted step
        read = np.concatenate([values[:, i] for i in reversed(range(values.shape[1]))])[-len(known) :]
        np.testing.assert_allclose(read, known, rtol=1e-6)


def test_forecast_follows_the_values_given_for_the_predicted_steps(run):
    future = ahead()
    result = run.forecast(future=future)
    assert result["ds"].tolist() == future["ds"].tolist()[1:]
    np.testing.assert_allclose(result["autoregression"], 10 - 3 * future["price"][1:], atol=0.1)


def test_every_linear_model_reads_the_features_but_not_the_last_value(run):
    models = {model["name"]: model["mae"] for model in seqkit.evaluate(run.run.path)["models"]}
    assert models["autoregression"] < 0.1 and models["linear (ridge)"] < 0.1 and models["last value"] > 1


def test_ridge_with_too_many_columns_keeps_those_of_features_known_ahead(monkeypatch, tmp_path):
    monkeypatch.setattr(baselines, "MAX_JOINT_FEATURES", 60)  # of 8 steps × 12 columns
    frame = prices(600).assign(**{f"other{i}": np.arange(600.0) % (i + 3) for i in range(5)})
    seqkit.train("gru", frame, out=tmp_path / "run", window=8, target=("y",), future=("price",), epochs=1, units=4)
    linear = next(m for m in seqkit.evaluate(tmp_path / "run", frame)["models"] if m["name"] == "linear (ridge)")
    assert linear["mae"] < 0.1
    share = seqkit.load(tmp_path / "run").share
    assert share < 1  # so that the exported model contains it
    forecast = seqkit.load(tmp_path / "run").forecast(future=ahead(1, start="2024-01-26"))
    assert np.isfinite(forecast["gru"]).all()


def test_backtest_reads_the_features_of_the_predicted_steps(run):
    result = seqkit.backtest(run.run.path, windows=3)
    assert result.scores["models"][0]["mae"] < 0.1


def test_two_targets_and_a_recurrent_recipe_read_them_too(tmp_path):
    frame = prices().assign(z=lambda f: 5 + 2 * f["price"])
    seqkit.train("gru", frame, out=tmp_path / "run", window=4, target=("y", "z"), future=("price",), epochs=1, units=4)
    loaded = seqkit.load(tmp_path / "run")
    result = loaded.forecast(future=ahead(1))
    assert set(result["unique_id"]) == {"y", "z"}
    linear = next(m for m in seqkit.evaluate(tmp_path / "run", frame)["models"] if m["name"] == "linear (ridge)")
    assert max(linear["mae_by_target"]) < 0.1


@pytest.mark.parametrize(
    ("options", "unread"),
    [
        ({"channels": "shared"}, True),
        ({"channels": "joint"}, False),
        ({"channels": "shared", "normalise": "last"}, True),
        ({"channels": "joint", "normalise": "last"}, False),
    ],
)
def test_model_that_reads_no_feature_known_ahead_is_named(tmp_path, options, unread):
    messages: list[str] = []
    seqkit.train(
        "autoregression", prices(120), out=tmp_path / "run", window=4, horizon=2, future=("price",), test=False,
        callbacks=Callbacks(on_message=messages.append), **options,
    )  # fmt: skip
    assert any(line.startswith("autoregression does not read 'price', only the") for line in messages) == unread


def test_forecast_names_the_times_that_lack(run):
    with pytest.raises(DataError, match=r"needs 'price' at the 4 steps .* missing: 4 \('2024-01-11 00:00:00'"):
        run.forecast()
    with pytest.raises(DataError, match=r"missing: 1 \('2024-01-11 02:00:00'\)\. Give the rows of these times"):
        run.forecast(future=ahead().drop(2))
    with pytest.raises(DataError, match=r"missing: 2 \('2024-01-11 01:00:00', '2024-01-11 03:00:00'\)"):
        run.forecast(future=ahead(2).assign(ds=pd.to_datetime(["2024-01-11T00:00", "2024-01-11T02:00"])))
    with pytest.raises(DataError, match="missing: 1 "):
        run.forecast(future=ahead().assign(price=[1.0, np.nan, 2.0, 3.0]))


def test_future_values_may_repeat_the_data_but_not_contradict_it(run):
    repeated = pd.concat([prices()[["ds", "price"]], ahead()])
    assert (
        run.forecast(future=repeated)["autoregression"].tolist()
        == run.forecast(future=ahead())["autoregression"].tolist()
    )
    repeated.iloc[-5, 1] = 7.0
    with pytest.raises(DataError, match=r"'price' is 7 at 2024-01-10 23:00:00, but .* Give only rows after"):
        run.forecast(future=repeated)


def test_future_values_that_cannot_be_read_are_refused(run, small_run):
    with pytest.raises(DataError, match=r"The future values lack 'price'.* Their columns: 'ds', 'cost'"):
        run.forecast(future=ahead().rename(columns={"price": "cost"}))
    with pytest.raises(DataError, match=r"The future values cannot be read like the rows of training"):
        run.forecast(future=ahead().assign(ds=["x", "y", "z", "w"]))
    with pytest.raises(DataError, match=r"2024-01-11 .*\nFix these rows in the file\.\nRow 1") as error:
        run.forecast(future=pd.concat([ahead(), ahead()]))
    assert "--" not in str(error.value)  # no flag of training fixes them
    with pytest.raises(UsageError, match=r"reads no features ahead\. Leave out --future"):
        seqkit.load(small_run).forecast(future=ahead())
    with pytest.raises(UsageError, match=r"reads 'price' ahead, which arrays do not have\. Use forecast\(future="):
        run.forecast_arrays(np.zeros((8, 3)))


def test_panels_read_values_by_series_or_the_same_for_all(tmp_path):
    frame = panel()
    seqkit.train("autoregression", frame, out=tmp_path / "run", window=8, horizon=2, future=("price",), test=False)
    loaded = seqkit.load(tmp_path / "run")
    rows = [ahead(2, start="2024-01-06", seed=s).assign(unique_id=f"s{s}") for s in range(3)]
    result = loaded.forecast(future=pd.concat(rows))
    for s, given in enumerate(rows):
        forecasts = result.loc[result["unique_id"] == f"s{s}", "autoregression"]
        np.testing.assert_allclose(forecasts, (10 - 3 * given["price"]) * (1 + s), atol=0.5 * (1 + s))
    shared = loaded.forecast(future=rows[0].drop(columns="unique_id"))
    assert shared["autoregression"][0] == result["autoregression"][0]
    with pytest.raises(DataError, match=r"missing of series 's1': 2 .* and values of 1 more series"):
        loaded.forecast(future=rows[0])
    newcomer = prices(30, seed=9).assign(unique_id="new")
    with pytest.warns(UserWarning, match=r"new.* not in training"):
        result = loaded.forecast(newcomer, future=ahead(2, start="2024-01-02 06:00"))
    assert result["unique_id"].tolist() == ["new", "new"]


def test_rows_without_times_are_followed_by_the_future_rows(tmp_path):
    frame = prices().drop(columns="ds")
    seqkit.train("autoregression", frame, out=tmp_path / "run", window=8, horizon=2, future=("price",), test=False)
    result = seqkit.load(tmp_path / "run").forecast(future=ahead(2)[["price"]])
    np.testing.assert_allclose(result["autoregression"], 10 - 3 * ahead(2)["price"], atol=0.1)


def test_future_values_of_other_features_and_targets_change_no_forecast(run):
    frame, cut = prices(), 200
    before = run.forecast(frame[:cut], future=frame[["ds", "price"]][cut : cut + 4])
    for name in ("y", "stock"):
        changed = frame.copy()
        changed.loc[cut:, name] += 100.0
        table = run.table(changed)
        values = encode(run.state, table)
        state = run.state
        start = np.array([cut - state.rows_needed])
        windows = forecast.Windows(start, state.window, state.horizon, state.lead, state.sampling_rate)
        after = run.predict(table, values, windows)[0, :, 0]
        np.testing.assert_allclose(after, before["autoregression"], rtol=1e-6)
    changed = frame.copy()
    changed.loc[cut + 4 :, "price"] += 100.0  # after the last predicted step
    after = run.predict(run.table(changed), encode(run.state, run.table(changed)), windows)[0, :, 0]
    np.testing.assert_allclose(after, before["autoregression"], rtol=1e-6)


def test_command_reads_the_future_values_from_a_file(run, tmp_path):
    ahead().to_csv(tmp_path / "ahead.csv", index=False)
    result = CliRunner().invoke(main, ["forecast", str(run.run.path), "--future", str(tmp_path / "ahead.csv")])
    assert result.exit_code == 0 and result.stdout.startswith("unique_id,ds,autoregression\ny,2024-01-11 01:00:00,")
    result = CliRunner().invoke(main, ["forecast", str(run.run.path)])
    assert result.exit_code == 5 and "Give the rows of these times with --future" in result.stderr
    result = CliRunner().invoke(main, ["forecast", str(run.run.path), "--future", str(tmp_path / "none.csv")])
    assert result.exit_code == 4 and "none.csv" in result.stderr


def test_estimator_is_fitted_on_features_known_ahead(tmp_path):
    frame = panel().rename(columns={"unique_id": "shop", "ds": "when", "y": "sales"})
    estimator = seqkit.Forecaster("autoregression", h=2, input_size=8)
    estimator.fit(frame, "shop", "when", "sales", future=["price"])
    future = ahead(2, start="2024-01-06").rename(columns={"ds": "when"})
    result = estimator.predict(future=future)
    assert list(result) == ["shop", "when", "autoregression"]
    np.testing.assert_allclose(result["autoregression"][:2], 10 - 3 * future["price"], atol=0.5)
    with pytest.raises(DataError, match=r"needs 'price' .* Give the rows of these times with --future"):
        estimator.predict()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"future": ("cost",)}, "There is no column 'cost' for --future"),
        ({"past": ("price",), "future": ("price",)}, "The column 'price' has two roles, one of them --future"),
        ({"future": ("y",)}, "The column 'y' is the target and cannot be given with --future too. Leave it out"),
    ],
)
def test_a_role_that_does_not_fit_a_column_is_refused(tmp_path, options, message):
    with pytest.raises(UsageError) as error:
        seqkit.train("autoregression", prices(), out=tmp_path / "run", window=4, target=("y",), **options)
    assert message in str(error.value)


def test_only_the_past_columns_named_are_read(tmp_path):
    options = {"window": 4, "past": ("stock",), "future": ("price",), "test": False}
    seqkit.train("autoregression", prices().assign(noise=0.5), out=tmp_path / "run", **options)
    state = read_run(tmp_path / "run").manifest.task_state
    assert state["columns"] == ["y", "price", "stock"] and state["future"] == ["price"]
