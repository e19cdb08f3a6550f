"""Tables of several series: each is scaled by itself, and the work grows with the rows."""

import sys
import tracemalloc
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.data.series.table import Table
from seqkit.data.tables.regularise import regularise
from seqkit.errors import DataError, UsageError
from seqkit.tasks.forecast import prepare as forecast
from seqkit.tasks.forecast.encode import (
    decode,
    encode,
    forecast_columns,
    missing_context,
    newest_windows,
    target_values,
)
from seqkit.tasks.forecast.linear_file import fit_linear
from seqkit.tasks.forecast.series_notes import forecast_notes, training_notes


def panel(levels, rows=60, *, seed=0, swing=0.3, noise=0.05):
    """Returns daily series s0, s1, … with the same weekly shape in relation to their level."""
    rng, levels = np.random.default_rng(seed), np.asarray(levels, float)
    shape = 1 + swing * np.sin(2 * np.pi * np.arange(rows) / 7) + noise * rng.standard_normal((len(levels), rows))
    return pd.DataFrame(
        {
            "unique_id": np.repeat([f"s{i}" for i in range(len(levels))], rows),
            "ds": np.tile(pd.date_range("2023-01-02", periods=rows), len(levels)),
            "y": (levels[:, None] * shape).ravel(),
        }
    )


def work(function: Callable[[], object]) -> tuple[int, int]:
    """Returns the calls and the peak of memory in bytes of a function."""
    calls = 0

    def count(_frame, event, _argument):
        nonlocal calls
        calls += event in ("call", "c_call")

    tracemalloc.start()
    sys.setprofile(count)
    try:
        function()
    finally:
        sys.setprofile(None)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return calls, peak


def forecast_all(table: Table) -> None:
    state, _ = forecast.prepare(table, window=14, horizon=7)
    values, windows = encode(state, table), newest_windows(state, table)
    missing_context(state, table)
    windows.read(values)
    forecast_columns(state, table, windows, {"gru": np.zeros((len(windows), 7, 1))})


@pytest.mark.parametrize("function", [lambda table: forecast.prepare(table, window=14, horizon=7), forecast_all])
def test_work_grows_linearly_in_the_number_of_series(function):
    few, many = (regularise(panel(np.ones(series))) for series in (100, 800))
    function(few)  # what is imported, compiled or cached once
    calls, peak = zip(*(work(lambda table=table: function(table)) for table in (few, many)), strict=True)

    assert calls[1] < 9 * calls[0]
    assert peak[1] < 9 * peak[0]


def prepared(frame, **options):
    """Returns the table of a panel, its state and its windows."""
    table = regularise(frame, target=("y",))
    return table, *forecast.prepare(table, **{"window": 4, "season": 7, "calendar": "none", **options})


def rows_of_series(table, name):
    s = table.ids.index(name)
    return slice(int(table.starts[s]), int(table.starts[s + 1]))


def test_series_of_other_levels_are_scaled_alike_and_forecast_in_their_units():
    small = panel([1.0], 40)
    frame = pd.concat([small.assign(unique_id="a"), small.assign(unique_id="b", y=1e6 * small["y"])])
    table, state, _ = prepared(frame, split="0.5,0.25,0.25")
    values, y = encode(state, table), small["y"].to_numpy()

    np.testing.assert_allclose(values[:40, 0], (y - y[:20].mean()) / y[:20].std(), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(values[:40], values[40:], rtol=1e-5, atol=1e-6)
    assert state.series is not None
    assert state.series.season_error[:, 0] == pytest.approx(np.abs(y[7:20] - y[:13]).mean() * np.array([1, 1e6]))
    deviation = state.target_deviations(table, np.array([0, 1]))
    decoded = decode(np.ones((2, 1, 1)), np.array([[2.0], [2e6]]), deviation)
    np.testing.assert_allclose(decoded[:, 0, 0], (2 + y[:20].std()) * np.array([1, 1e6]))


@given(st.floats(1e-6, 1e6), st.floats(0, 100))
@settings(max_examples=25, deadline=None)
def test_unit_and_level_of_a_series_change_no_forecast_of_the_others(unit, level):
    forecasts = []
    for factor, offset in ((1.0, 0.0), (unit, level * unit)):
        frame = panel([3.0, 50.0, 700.0], 40)
        y = frame["y"].where(frame["unique_id"] != "s1", factor * frame["y"] + offset)
        table, state, splits = prepared(frame.assign(y=y))
        values, windows = encode(state, table), newest_windows(state, table)
        linear = fit_linear(state, values, splits).predict(windows)
        change = linear - values[windows.last_rows][:, None, :1]
        last, deviation = target_values(state, table, windows.last_rows), state.target_deviations(table, np.arange(3))
        forecasts.append(decode(change, last, deviation)[:, 0, 0])
    before, after = forecasts
    np.testing.assert_allclose(after[[0, 2]], before[[0, 2]], rtol=1e-4)
    np.testing.assert_allclose(after[1], unit * before[1] + level * unit, rtol=1e-4)


def test_a_series_that_starts_later_is_scaled_by_its_first_window():
    frame = panel([1.0, 10.0], 40)
    late = frame[(frame["unique_id"] == "s0") | (frame["ds"] >= "2023-01-24")]  # 18 of 40 rows, none of the training
    table, state, splits = prepared(late, split="0.5,0.25,0.25")
    own = rows_of_series(table, "s1")
    y = table.columns["y"][own]

    np.testing.assert_allclose(encode(state, table)[own, 0], (y - y[:4].mean()) / y[:4].std(), rtol=1e-4, atol=1e-5)
    assert state.series is not None and np.isnan(state.series.season_error[1, 0])
    assert training_notes(state, table, splits) == [
        "no training window in 1 of 2 series ('s1'): not trained on; scaled by their first 4 rows"
    ]


def test_later_values_do_not_change_the_scale_of_any_row():
    frame = panel([1.0, 10.0, 5.0], 40)
    late = frame[(frame["unique_id"] != "s1") | (frame["ds"] >= "2023-01-24")].reset_index(drop=True)
    changed = late.assign(y=late["y"].where(late["ds"] < "2023-01-28", 1e4))
    (table, state, _), (other, other_state, _) = (prepared(rows, split="0.5,0.25,0.25") for rows in (late, changed))
    same = table.time < np.datetime64("2023-01-28")

    np.testing.assert_array_equal(encode(state, table)[same], encode(other_state, other)[same])


def test_a_series_unknown_in_training_is_scaled_by_its_first_window():
    _, state, _ = prepared(panel([1.0, 10.0], 40))
    new = regularise(panel([1.0, 3000.0], 9).replace({"unique_id": {"s1": "z"}}), target=("y",))
    y = new.columns["y"][rows_of_series(new, "z")]
    mean, deviation = state.scale_of(new, np.array([1, 0, 1]))

    assert state.series is not None
    np.testing.assert_allclose(mean[:, 0], [y[:4].mean(), state.series.mean[0, 0], y[:4].mean()])
    np.testing.assert_allclose(deviation[:, 0], [y[:4].std(), state.series.deviation[0, 0], y[:4].std()])


def test_series_with_a_constant_target_are_left_out_of_training_and_selection():
    frame = panel([1.0, 10.0, 5.0], 40)
    frame.loc[(frame["unique_id"] == "s1") & (frame["ds"] < "2023-02-01"), "y"] = 8.0
    table, state, splits = prepared(frame)

    counts = [np.bincount(table.series_of(part.starts), minlength=3).tolist() for part in vars(splits).values()]
    assert dict(zip(vars(splits), counts, strict=True)) == {
        "train": [24, 0, 24],
        "validation": [6, 6, 6],
        "test": [6, 6, 6],
        "selection": [6, 0, 6],
    }
    np.testing.assert_array_equal(encode(state, table)[40:70, 0], 0)  # whose deviation is its magnitude
    assert state.target_deviations(table, np.array([1])).item() == 8
    assert training_notes(state, table, splits) == [
        "target constant over the training rows of 1 of 3 series ('s1'): not trained on, and not used to choose the "
        "model on validation"
    ]


def test_constant_targets_in_every_series_are_refused():
    with pytest.raises(DataError, match="The target 'y' is constant over the training rows of every series \\('s0', "):
        prepared(panel([1.0, 10.0], 40, swing=0, noise=0))


def test_windows_of_constant_series_only_are_refused():
    frame = panel([1.0, 10.0], 40)
    varies, constant = frame[frame["unique_id"] == "s0"], frame[frame["unique_id"] == "s1"]
    constant = constant.assign(y=constant["y"].where(constant["ds"] >= "2023-02-01", 8.0))
    for rows, part in ((varies[:28], "validation"), (varies[25:], "training")):
        message = f"Every window of the {part} part is of a series whose target is constant .*'s1'.*--scale pooled"
        with pytest.raises(UsageError, match=message):
            prepared(pd.concat([rows, constant]))
        prepared(pd.concat([rows, constant]), scale="pooled")


def test_a_target_of_a_series_whose_square_underflows_is_refused():
    with pytest.raises(
        DataError, match=r"standard deviation of .* over the training rows of series 's1'.*another unit"
    ):
        prepared(panel([1.0, 1e-141], 40))


def test_a_column_constant_in_every_series_keeps_its_differences_between_series():
    frame = panel([1.0, 10.0], 40)
    table, state, _ = prepared(frame.assign(size=np.where(frame["unique_id"] == "s0", 100.0, 300.0)))

    assert state.scaled_by_series == ("y",)
    np.testing.assert_allclose(encode(state, table)[[0, 40], 1], [-1, 1], rtol=1e-6)


def test_pooled_scale_is_that_of_all_series():
    table, state, splits = prepared(panel([1.0, 10.0], 40), scale="pooled", split="0.5,0.25,0.25")
    y = table.columns["y"]

    assert state.scaled_by_series == () and state.panel
    train = np.r_[y[:20], y[40:60]]
    np.testing.assert_allclose(encode(state, table)[:, 0], (y - train.mean()) / train.std(), rtol=1e-5, atol=1e-6)
    assert len(splits.selection) == len(splits.validation)


def test_a_single_series_is_scaled_as_before_and_stores_no_statistics_by_series():
    _, state, _ = prepared(panel([5.0], 40))
    assert state.series is None
    assert set(state.model_dump(exclude_defaults=True)).isdisjoint({"panel", "series", "scaled_by_series"})


def test_series_without_any_window_are_counted_and_named():
    frame = panel([1.0] * 8, 40)
    number = frame["unique_id"].str[1:].astype(int)
    short = frame[(number < 2) | (frame["ds"] < "2023-01-05")]  # six series of 3 rows
    table, state, splits = prepared(short)

    assert training_notes(state, table, splits) == [
        "no window in 6 of 8 series ('s2', 's3', 's4', 's5', 's6' and 1 more): one needs 5 rows without a gap, with "
        "all predicted steps in one part; neither trained on nor scored"
    ]
    lines = forecast_notes(state, table, stored=False)
    assert lines[0] == "A forecast needs 4 rows; series 's2' has 3. It is left out."
    assert lines[5:] == ["1 more series have too few rows without a gap. They are left out."]
