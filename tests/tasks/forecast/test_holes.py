"""A hole that is mended costs no window across it; its values are no targets."""

import numpy as np
import pandas as pd
import pytest

from seqkit.data.tables.regularise import regularise
from seqkit.tasks.forecast import prepare as forecast
from seqkit.tasks.forecast.encode import encode
from seqkit.tasks.forecast.linear_file import fit_linear
from seqkit.training.feeds.windows import WindowFeed

OPTIONS = {"window": 12, "horizon": 4, "split": "0.6,0.2,0.2", "calendar": "none"}


def rows() -> pd.DataFrame:
    rng, time = np.random.default_rng(0), pd.date_range("2024-01-01", periods=300, freq="h")
    return pd.DataFrame({"ds": time, "y": rng.normal(size=300), "wind": rng.normal(size=300)})


def starts(frame, missing="error"):
    table = regularise(frame, target=("y",), missing=missing)
    state, splits = forecast.prepare(table, **OPTIONS)
    return table, state, splits


@pytest.mark.parametrize("missing", ["ffill", "interpolate"])
def test_hole_in_an_input_costs_only_windows_that_would_know_the_future(missing):
    whole, frame = starts(rows())[2], rows()
    frame.loc[50:54, "wind"] = np.nan
    mended = starts(frame, missing)[2]
    lost = np.setdiff1d(whole.train.last_rows, mended.train.last_rows)
    assert lost.tolist() == ([] if missing == "ffill" else [50, 51, 52, 53, 54])
    np.testing.assert_array_equal(mended.test.starts, whole.test.starts)
    assert len(starts(frame, "drop")[2].train) < len(whole.train) - 12  # where the user cuts the series instead


def test_missing_target_is_a_step_without_weight_and_its_window_stays():
    whole, frame = starts(rows())[2], rows()
    frame.loc[60:61, "y"] = np.nan
    table, state, splits = starts(frame, "ffill")
    np.testing.assert_array_equal(splits.train.starts, whole.train.starts)
    measured = table.measured(state.targets)
    feed = WindowFeed(encode(state, table), state.target_positions, splits.train, splits.validation, measured)
    across = splits.train[splits.train.last_rows == 58].starts  # predicts rows 59 to 62
    _, (_, mask) = feed.gather(across)
    assert np.asarray(mask)[0, :, 0].tolist() == [True, False, False, True]
    assert np.isfinite(fit_linear(state, encode(state, table), splits, measured).coefficients).all()
