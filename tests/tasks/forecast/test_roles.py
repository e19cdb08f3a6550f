"""Columns by role: categories, and columns that tell series apart."""

import json

import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.errors import DataError, UsageError
from seqkit.progress import Callbacks
from seqkit.runs.run import read_run

LEVELS = {"dry": 1.0, "wet": 5.0, "snow": 9.0}
ROWS = 160


def weather(rows=ROWS, *, seed=0, kinds=("dry", "wet", "snow"), start="2024-01-01") -> pd.DataFrame:
    """Values whose level is that of the weather at the same time."""
    rng = np.random.default_rng(seed)
    sky = rng.choice(kinds, rows)
    times = pd.date_range(start, periods=rows, freq="D")
    return pd.DataFrame({"ds": times, "y": [LEVELS[name] + 0.01 * rng.normal() for name in sky], "sky": sky})


def shops(rows=80, names="abcd") -> pd.DataFrame:
    """Shops of two regions: sales rise by 1 a day in the north, and fall by 1 in the south."""
    rng = np.random.default_rng(0)
    frames = [
        pd.DataFrame(
            {
                "unique_id": name,
                "ds": pd.date_range("2024-01-01", periods=rows),
                "y": np.cumsum((1 if i % 2 else -1) + 0.1 * rng.normal(size=rows)),
                "region": ["south", "north"][i % 2],
                "size": 10.0 + i,
            }
        )
        for i, name in enumerate(names)
    ]
    return pd.concat(frames, ignore_index=True)


@pytest.fixture(scope="module")
def weather_run(tmp_path_factory):
    path = tmp_path_factory.mktemp("roles") / "run"
    seqkit.train("autoregression", weather(), out=path, window=5, future=("sky",), test=False)
    return seqkit.load(path)


@pytest.fixture(scope="module")
def shop_run(tmp_path_factory):
    path = tmp_path_factory.mktemp("roles") / "run"
    seqkit.train("autoregression", shops(), out=path, window=2, static=("region",), test=False, calendar="none")
    return seqkit.load(path)


def tomorrow(sky: str, start="2024-06-09") -> pd.DataFrame:
    return pd.DataFrame({"ds": pd.to_datetime([start]), "sky": [sky]})


def test_categories_known_ahead_decide_the_forecast(weather_run):
    state = json.loads((weather_run.run.path / "run.json").read_text())["task_state"]
    assert state["columns"] == ["y", "sky=dry", "sky=snow", "sky=wet"]
    assert state["categories"] == {"sky": ["dry", "snow", "wet"]} and state["future"] == state["columns"][1:]
    for sky, level in LEVELS.items():
        assert weather_run.forecast(future=tomorrow(sky))["autoregression"][0] == pytest.approx(level, abs=0.1)


def test_new_category_is_unknown_and_named(weather_run):
    with pytest.warns(UserWarning, match=r"'sky': 1 category not in the training rows \('hail'\), read as unknown"):
        result = weather_run.forecast(future=tomorrow("hail"))
    assert np.isfinite(result["autoregression"][0])
    newer = weather(20, start="2024-06-09").assign(sky=lambda f: f["sky"].replace("wet", "fog"))
    with pytest.warns(UserWarning, match="'fog'"):
        weather_run.forecast(newer, future=tomorrow("dry", "2024-06-29"))


def test_category_after_the_training_rows_is_no_input(tmp_path):
    messages: list[str] = []
    late = weather(140, kinds=("dry", "wet"))
    frame = pd.concat([late, weather(40, start=late["ds"].iloc[-1] + pd.Timedelta("1D"))], ignore_index=True)
    seqkit.train(
        "autoregression", frame, out=tmp_path / "run", window=5, past=("sky",), test=False,
        callbacks=Callbacks(on_message=messages.append),
    )  # fmt: skip
    assert read_run(tmp_path / "run").manifest.task_state["columns"] == ["y", "sky=dry", "sky=wet"]
    assert "'sky': 1 category not in the training rows ('snow'), read as unknown" in messages
    with pytest.warns(UserWarning, match="'snow'"):
        seqkit.load(tmp_path / "run").forecast(frame)
    assert seqkit.evaluate(tmp_path / "run", frame)["models"]


def test_a_blank_cell_of_a_category_is_a_missing_value(tmp_path):
    frame = weather()
    frame.loc[7, "sky"] = " "
    with pytest.raises(DataError, match=r"missing value\s+sky=dry"):
        seqkit.train("autoregression", frame, out=tmp_path / "run", window=5, past=("sky",))


def test_numbers_are_categories_on_request(tmp_path):
    frame = weather().assign(code=lambda f: f["sky"].map({"dry": 1, "wet": 2, "snow": 3}).astype(float))
    options = {"window": 5, "test": False, "future": ("code",), "category": ("code",)}
    seqkit.train("autoregression", frame.drop(columns="sky"), out=tmp_path / "run", **options)
    future = pd.DataFrame({"ds": pd.to_datetime(["2024-06-09"]), "code": [2]})
    assert seqkit.load(tmp_path / "run").forecast(future=future)["autoregression"][0] == pytest.approx(5, abs=0.1)


def test_static_category_tells_series_apart(shop_run):
    result = shop_run.forecast().set_index("unique_id")["autoregression"]
    last = shops().groupby("unique_id")["y"].last()
    np.testing.assert_allclose(result - last, [-1, 1, -1, 1], atol=0.2)


def test_unseen_series_is_forecast_by_its_category(shop_run):
    newcomer = shops(30, "ab").replace({"unique_id": {"a": "new south", "b": "new north"}})
    with pytest.warns(UserWarning, match="not in training"):
        result = shop_run.forecast(newcomer)
    assert dict(zip(result["unique_id"], result["autoregression"], strict=True)).keys() == {"new south", "new north"}
    last = newcomer.groupby("unique_id")["y"].last()
    changes = result.set_index("unique_id")["autoregression"] - last
    assert changes["new north"] > 0 > changes["new south"]


def test_series_may_have_any_length_and_a_short_one_is_named(tmp_path):
    frame = shops()
    short = frame[(frame["unique_id"] == "d") & (frame["ds"] > "2024-03-18")]
    frame = pd.concat([frame[frame["unique_id"] != "d"], short])
    messages: list[str] = []
    seqkit.train(
        "autoregression", frame, out=tmp_path / "run", window=4, static=("region", "size"), test=False,
        callbacks=Callbacks(on_message=messages.append),
    )  # fmt: skip
    assert any("1 of 4 series ('d')" in line for line in messages)
    with pytest.warns(UserWarning, match="1 of 4 series had fewer"):
        assert set(seqkit.load(tmp_path / "run").forecast()["unique_id"]) == {"a", "b", "c"}


def test_horizon_longer_than_any_series_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"no window for training.* horizon 200 .* Shorten --window"):
        seqkit.train("autoregression", shops(), out=tmp_path / "run", window=4, horizon=200)


@pytest.mark.parametrize(
    ("change", "options", "error", "message"),
    [
        ({"region": lambda f: np.arange(len(f)) % 2}, {"static": ("region",)}, UsageError,
         "varies within the series 'a'"),
        ({"unique_id": "a", "ds": pd.date_range("2000-01-01", periods=320)}, {"static": ("region",)}, UsageError,
         "there is only one. Leave it out, or name the series with --id"),
        ({"region": lambda f: [f"r{i}" for i in range(len(f))]}, {"past": ("region",)}, DataError,
         "has 320 categories, such as 'r0', 'r1', 'r10' and 317 more; at most 100 are read. Merge rare ones"),
        ({}, {"static": ("y",), "target": ("y",)}, UsageError, "The column 'y' is the target"),
        ({}, {"static": ("regoin",)}, UsageError, "There is no column 'regoin' for --static"),
        ({}, {"future": ("ds",)}, UsageError, "'ds' is given with --future, but holds the times of the rows. Leave it"),
        ({}, {"category": ("ds",)}, UsageError, "'ds' is given with --category, but holds the times of the rows"),
        ({}, {"category": ("regoin",)}, UsageError, "There is no column 'regoin' for --category"),
    ],
)  # fmt: skip
def test_a_role_that_does_not_fit_is_refused(tmp_path, change, options, error, message):
    options = {"target": ("y",), **options}
    with pytest.raises(error) as refused:
        seqkit.train("autoregression", shops().assign(**change), out=tmp_path / "run", window=4, **options)
    assert message in str(refused.value)


@pytest.mark.parametrize(("option", "flag"), [("future", "--future"), ("static", "--static"), ("past", "--past")])
def test_wide_tables_have_no_columns_with_roles(tmp_path, option, flag):
    wide = shops(80).pivot(index="ds", columns="unique_id", values="y").reset_index()
    with pytest.raises(UsageError, match=f"--wide columns predicts all columns, so {flag} names nothing. Leave it out"):
        seqkit.train("autoregression", wide, out=tmp_path / "run", window=4, wide="columns", **{option: ("a",)})


def test_flags_that_fix_a_table_are_those_of_its_columns(tmp_path):
    frame = shops().rename(columns={"unique_id": "shop"})
    with pytest.raises(DataError) as refused:
        seqkit.train("autoregression", frame, out=tmp_path / "run", target=("y",), window=4, static=("region", "size"))
    assert "  --id shop --target y\n" in str(refused.value)
    seqkit.train(
        "autoregression", frame, out=tmp_path / "run", target=("y",), window=4, static=("region", "size"), id=("shop",),
        test=False,
    )  # fmt: skip


def test_newer_rows_without_a_category_are_refused_by_its_column(shop_run):
    with pytest.raises(DataError, match=r"The data lacks 'region', which the model was trained on"):
        shop_run.forecast(shops().drop(columns="region"))
