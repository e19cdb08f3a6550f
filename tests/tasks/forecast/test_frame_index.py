"""A frame with its series and times in the index, from training to the forecast of newer rows."""

import numpy as np
import pandas as pd
import pytest

import seqkit


def panel(index: list[str], periods: int = 80) -> pd.DataFrame:
    """Two daily series at different levels, with some of the columns in the index."""
    days = pd.date_range("2023-01-01", periods=periods)
    waves = np.sin(np.arange(periods)) + np.arange(periods) % 7
    parts = [
        pd.DataFrame({"item_id": name, "timestamp": days, "y": level + waves}) for name, level in (("A", 10), ("B", 50))
    ]
    return pd.concat(parts, ignore_index=True).set_index(index)


@pytest.mark.parametrize("index", [["item_id", "timestamp"], ["item_id"], ["timestamp"]])
def test_a_frame_trains_forecasts_and_evaluates_with_its_index(tmp_path, index):
    options = {"window": 7, "horizon": 2}
    run = seqkit.train("autoregression", data=panel(index), out=tmp_path / "run", **options)
    expected = seqkit.train("autoregression", data=panel(index).reset_index(), out=tmp_path / "plain", **options)
    assert (run.path / "predictions.csv").read_bytes() == (expected.path / "predictions.csv").read_bytes()
    forecaster = seqkit.load(run.path)
    forecast = forecaster.forecast(panel(index, 90))
    assert forecast["unique_id"].tolist() == ["A", "A", "B", "B"]
    assert forecast["ds"].tolist()[:2] == [pd.Timestamp("2023-04-01"), pd.Timestamp("2023-04-02")]
    pd.testing.assert_frame_equal(forecast, forecaster.forecast(panel(index, 90).reset_index()))
    assert seqkit.evaluate(run.path, data=panel(index, 120)) is not None
