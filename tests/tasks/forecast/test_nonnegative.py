"""Counts: no forecast and no interval is below 0."""

import numpy as np
import pandas as pd
import pytest

import seqkit
from seqkit.errors import DataError
from seqkit.tasks.forecast.evaluate import open_evaluator


def demand(rows=300) -> pd.DataFrame:
    """Sales that are 0 on most days."""
    rng = np.random.default_rng(0)
    sold = rng.poisson(3, rows) * (rng.random(rows) < 0.3)
    return pd.DataFrame({"ds": pd.date_range("2023-01-01", periods=rows), "y": sold.astype(float)})


def runs(folder, **options):
    demand().to_csv(folder / "demand.csv", index=False)
    for name, nonnegative in (("free", False), ("limited", True)):
        seqkit.train(
            "gru", folder / "demand.csv", out=folder / name, window=8, horizon=2, epochs=1, units=4,
            nonnegative=nonnegative, **options,
        )  # fmt: skip
    return [seqkit.load(folder / name) for name in ("free", "limited")]


def test_forecasts_intervals_and_scores_are_those_of_values_raised_to_zero(tmp_path):
    free, limited = runs(tmp_path)
    frame = demand()[:40].assign(y=lambda f: np.linspace(9, 0, len(f)))  # falls towards 0
    before, after = (run.forecast(frame, levels=(80, 95)) for run in (free, limited))
    names = list(before)[2:]
    assert (before[names].to_numpy() < 0).any()
    np.testing.assert_array_equal(after[names], np.maximum(before[names], 0))
    one, other = (open_evaluator(run.run, None, print)[0] for run in (free, limited))
    windows = other.splits.test
    for (name, unlimited), (other_name, predict) in zip(
        one.models()[0].items(), other.models()[0].items(), strict=True
    ):
        assert name == other_name
        np.testing.assert_allclose(predict(windows), np.maximum(unlimited(windows), 0), atol=1e-9)
    bounds = other.bounds(windows, 80)
    assert min(bound.min() for bound in bounds) == 0
    assert seqkit.backtest(limited.run.path, windows=3, levels=(80,)).forecasts["gru-lo-80"].min() >= 0


def test_negative_targets_are_refused(tmp_path):
    frame = demand()
    frame.loc[[7, 9], "y"] = -2
    with pytest.raises(DataError, match=r"'y' is -2 at 2023-01-08.*, and 2 of its 300 values are negative\. Leave out"):
        seqkit.train("autoregression", frame, out=tmp_path / "run", window=8, nonnegative=True)
