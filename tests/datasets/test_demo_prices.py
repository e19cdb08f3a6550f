"""Simulated prices: nothing to predict, but for how much they move."""

import importlib

import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.errors import UsageError

demo = importlib.import_module("seqkit.datasets.demo_prices")


@pytest.fixture(scope="module")
def changes() -> pd.DataFrame:
    return np.log(demo.load(rows=20_000).iloc[:, 1:]).diff().dropna()


def test_the_seed_fixes_the_prices_and_more_rows_go_on_from_fewer():
    few = demo.load(rows=50)
    pd.testing.assert_frame_equal(few, demo.load(rows=60).head(50))
    assert (few["rate 1"] != demo.load(rows=50, prices_seed=1)["rate 1"]).any()
    assert list(few) == ["Date", *demo.UNITS] and few["Date"].dt.day_of_week.max() == 4
    assert (few.iloc[0, 1:] == 1).all()


def test_changes_do_not_tell_of_later_ones_but_their_sizes_do(changes):
    assert changes.corrwith(changes.shift(1)).abs().max() < 0.06
    assert abs(changes.mean() / changes.std()).max() < 0.03
    assert (changes.abs().corrwith(changes.abs().shift(1)) > 0.05).all()


def test_changes_have_fat_tails_and_a_common_part(changes):
    assert (changes.kurt() > 1).all()
    correlation = changes.corr().to_numpy()[np.triu_indices(8, 1)]
    assert (correlation > 0.1).all() and (correlation < 0.4).all()


def test_no_model_is_better_than_the_last_value(tmp_path):
    run = seqkit.train("autoregression", "demo_prices", rows=3000, window=24, out=tmp_path / "run")
    models = run.read_json("metrics.json")["test"]["models"]
    last = next(model for model in models if model["name"] == "last value")
    assert all(model["mae"] > 0.99 * last["mae"] for model in models)


@pytest.mark.parametrize(("name", "value"), [("rows", 1), ("rows", 100_001), ("prices_seed", -1)])
def test_options_out_of_range_raise(name, value):
    with pytest.raises(UsageError, match=f"Received an invalid value for `{name}`, expected"):
        demo.load(**{name: value})
