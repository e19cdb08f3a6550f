"""The state fitted on the training rows, the splits, and encoding and decoding."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.data.tables.regularise import regularise
from seqkit.errors import DataError, UsageError
from seqkit.tasks.forecast import prepare as forecast
from seqkit.tasks.forecast.encode import check_columns, decode, encode, forecast_frame, newest_windows, target_values
from seqkit.tasks.forecast.state import ForecastState


def hourly(rows=200, *, columns=("y", "x"), start="2021-03-01", seed=0):
    values = np.random.default_rng(seed).normal(size=(rows, len(columns))).cumsum(axis=0)
    frame = pd.DataFrame(values, columns=list(columns))
    frame.insert(0, "ds", pd.date_range(start, periods=rows, freq="h"))
    return frame


def prepared(frame, *, target=("y",), missing="error", **options):
    table = regularise(frame, target=target, missing=missing)
    state, splits = forecast.prepare(table, **{"window": 5, "calendar": "none", **options})
    return table, state, splits


def training_targets(state, values, windows):
    """Returns the targets of the training feed: scaled changes against the last value."""
    import tensorflow as tf

    from seqkit.training.feeds.windows import WindowFeed

    feed = WindowFeed(values, state.target_positions, windows, windows)
    return feed.gather(tf.constant(windows.starts))[1].numpy()


def test_scaler_is_fitted_on_training_rows_only():
    frame = hourly()
    _, state, _ = prepared(frame, split="0.5,0.25,0.25")

    train = frame[["y", "x"]].to_numpy()[:100]
    np.testing.assert_allclose(state.mean, train.mean(axis=0))
    np.testing.assert_allclose(state.deviation, train.std(axis=0))


def test_scaling_keeps_its_precision_at_a_huge_offset():
    frame = hourly()
    small = frame.assign(y=np.tile([0.0, 1.0], 100))
    table, state, _ = prepared(small.assign(y=small["y"] + 1e12))
    values = encode(state, table)

    np.testing.assert_allclose(np.unique(values[:, 0]), [-1, 1], atol=1e-3)
    decoded = decode(np.ones((1, 1, 1)), np.array([[1e12]]), state.target_deviations(table, np.array([0])))
    assert decoded.item() == 1e12 + state.deviation[0]


def test_a_value_out_of_the_range_of_float32_is_named():
    frame = hourly()
    frame.loc[frame.index[170], "x"] = 1e300
    table, state, _ = prepared(frame)
    with pytest.raises(
        DataError,
        match=r"The value 1e\+300 of 'x' at [-0-9T:]+ is too far from the training rows .* --features names those",
    ):
        encode(state, table)


@pytest.mark.parametrize("unit", [1e200, 1e-200])
def test_a_target_whose_squared_errors_overflow_is_refused(unit):
    frame = hourly()
    with pytest.raises(DataError, match=r"The target 'y' has a standard deviation of .*e[+-]\d{3} .* another unit"):
        prepared(frame.assign(y=frame["y"] * unit))
    prepared(frame.assign(x=frame["x"] * unit))


def test_a_constant_input_is_zero_and_a_constant_target_is_refused():
    frame = hourly().assign(x=7.0)
    table, state, _ = prepared(frame)
    assert not encode(state, table)[:, 1].any()

    flat = hourly()
    flat.loc[:139, "y"] = 3.0  # constant over the training rows, not over all
    with pytest.raises(DataError, match="'y' is constant over the 140 training rows"):
        prepared(flat)


def test_scaling_can_be_turned_off():
    frame = hourly()
    table, state, _ = prepared(frame, scale="none")
    np.testing.assert_allclose(encode(state, table), frame[["y", "x"]].to_numpy(), rtol=1e-6)


def test_training_targets_are_changes_against_the_last_value():
    frame = hourly()
    table, state, splits = prepared(frame, horizon=3, lead=2)
    values = encode(state, table)

    changes = training_targets(state, values, splits.test)

    y = frame["y"].to_numpy()
    last = splits.test.last_rows[4]
    expected = [(y[last + 2 + h] - y[last]) / state.deviation[0] for h in range(3)]
    np.testing.assert_allclose(changes[4, :, 0], expected, rtol=1e-5)


def test_decoding_the_training_targets_returns_the_actual_values():
    frame = hourly(columns=("a", "b", "c"))
    table, state, splits = prepared(frame, target=("c", "a"), horizon=4)
    values = encode(state, table)
    y_true = target_values(state, table)

    rows = splits.validation.last_rows
    deviation = state.target_deviations(table, table.series_of(rows))
    decoded = decode(training_targets(state, values, splits.validation), y_true[rows], deviation)

    np.testing.assert_allclose(decoded, splits.validation.read_targets(y_true), rtol=1e-4, atol=1e-5)
    assert state.spec.targets == tuple(state.columns.index(t) for t in state.targets)


def test_state_round_trips_through_json():
    _, state, _ = prepared(hourly(rows=400))

    assert ForecastState.model_validate_json(state.model_dump_json()) == state


def test_splits_of_the_stored_state_equal_the_original_ones():
    table, state, splits = prepared(hourly(), split="0.5,0.25,0.25")
    again = forecast.find_splits(ForecastState.model_validate_json(state.model_dump_json()), table)

    for name in ("train", "validation", "test"):
        np.testing.assert_array_equal(getattr(again, name).starts, getattr(splits, name).starts)


def test_rows_after_the_parts_are_left_out_unless_the_end_is_open():
    table, state, splits = prepared(hourly(), split="100,40,40")

    assert splits.test.target_rows.max() == 179
    assert forecast.find_splits(state, table, open_end=True).test.target_rows.max() == 199


def test_season_error_is_the_mean_daily_change_of_the_training_rows():
    frame = hourly(rows=400)
    _, state, _ = prepared(frame, split="0.5,0.25,0.25")
    y = frame["y"].to_numpy()[:200]

    assert state.season == 24
    assert state.season_error[0] == pytest.approx(np.abs(y[24:] - y[:-24]).mean())


def test_calendar_terms_follow_the_columns():
    table, state, _ = prepared(hourly(rows=24 * 30), calendar="auto")

    assert state.calendar == ("hour of day", "day of week")
    assert state.spec.features == 2 + 4
    np.testing.assert_allclose(encode(state, table)[6, 2:4], [1, 0], atol=1e-6)  # six in the morning


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"window": 500}, "no window for training.*200 rows"),
        ({"window": 5, "horizon": 31}, "no window for validation: window 5.*horizon 31"),
        ({"window": 90, "sampling_rate": 3}, "span 271 rows"),
    ],
)
def test_windows_that_do_not_fit_are_refused_with_the_numbers(options, message):
    with pytest.raises(UsageError, match=message):
        prepared(hourly(), **options)


def test_a_missing_column_is_named():
    _, state, _ = prepared(hourly())
    with pytest.raises(DataError, match=r"lacks 'x'.*y"):
        check_columns(state, hourly()[["ds", "y"]])


def test_newest_window_ends_at_the_newest_row():
    table, state, _ = prepared(hourly(), sampling_rate=3)

    assert newest_windows(state, table).last_rows.tolist() == [199]


def test_too_few_rows_are_refused_with_both_numbers():
    _, state, _ = prepared(hourly())
    with pytest.raises(DataError, match=r"needs 5 rows.*has 4"):
        newest_windows(state, regularise(hourly(rows=4), target=("y",)))


def test_a_gap_in_the_newest_rows_is_refused():
    _, state, _ = prepared(hourly())
    table = regularise(hourly().drop(index=197), target=("y",), missing="drop")
    with pytest.raises(DataError, match=r"without a gap.*has 2 after"):
        newest_windows(state, table)


def test_forecast_frame_has_the_future_times_of_each_series_and_target():
    two = pd.concat([hourly().assign(unique_id="a"), hourly(start="2021-04-01").assign(unique_id="b")])
    table = regularise(two, target=("y", "x"))
    state, _ = forecast.prepare(table, window=5, horizon=2, lead=3, calendar="none")

    windows = newest_windows(state, table)
    frame = forecast_frame(state, table, windows, {"gru": np.arange(8.0).reshape(2, 2, 2)})

    assert frame["unique_id"].tolist() == ["a/y", "a/y", "a/x", "a/x", "b/y", "b/y", "b/x", "b/x"]
    assert frame["gru"].tolist() == [0, 2, 1, 3, 4, 6, 5, 7]
    newest = two[two["unique_id"] == "b"]["ds"].max()
    assert frame["ds"].tolist()[4:6] == [newest + pd.Timedelta(hours=3), newest + pd.Timedelta(hours=4)]


def test_a_single_series_is_labelled_by_its_target():
    table, state, _ = prepared(hourly())
    windows = newest_windows(state, table)
    assert forecast_frame(state, table, windows, {"gru": np.zeros((1, 1, 1))})["unique_id"].tolist() == ["y"]


@settings(max_examples=40, deadline=None)
@given(
    row=st.integers(100, 199),
    column=st.sampled_from(["y", "x"]),
    change=st.floats(-1e3, 1e3).filter(lambda c: abs(c) > 1e-3),
)
def test_a_later_value_changes_neither_the_state_nor_earlier_inputs(row, column, change):
    """A change of row t after the training rows changes neither the fitted state nor any input before t."""
    frame = hourly()
    changed = frame.copy()
    changed.loc[row, column] += change
    table, state, splits = prepared(frame, split="0.5,0.25,0.25", horizon=2)
    table_2, state_2, splits_2 = prepared(changed, split="0.5,0.25,0.25", horizon=2)

    assert state == state_2
    before, after = encode(state, table), encode(state_2, table_2)
    np.testing.assert_array_equal(before[:row], after[:row])
    np.testing.assert_array_equal(splits.train.read(before), splits_2.train.read(after))
    earlier = splits.test[splits.test.last_rows < row]
    np.testing.assert_array_equal(earlier.read(before), earlier.read(after))
    assert splits.train.target_rows.max() < 100 <= splits.validation.target_rows.min()


@settings(max_examples=40, deadline=None)
@given(absent=st.sets(st.integers(1, 198), max_size=12), horizon=st.integers(1, 3), rate=st.integers(1, 2))
def test_no_window_spans_a_gap_and_every_legal_window_is_found(absent, horizon, rate):
    """The rows of each window are one step apart in time, and every window of such rows is found."""
    frame = hourly().drop(index=sorted(absent))
    table = regularise(frame, target=("y",), missing="drop")
    _, splits = forecast.prepare(
        table, window=3, horizon=horizon, sampling_rate=rate, calendar="none", split="2021-03-05,2021-03-07"
    )
    hours = ((table.time - np.datetime64("2021-03-01", "ns")) / np.timedelta64(1, "h")).astype(int)
    found = set()
    for windows in (splits.train, splits.validation, splits.test):
        rows = np.concatenate([windows.starts[:, None] + rate * np.arange(3), windows.target_rows], axis=1)
        assert (np.diff(hours[rows], axis=1) == rate).all()
        found |= set(hours[windows.starts].tolist())
    present, borders = set(hours.tolist()), (0, 96, 144, 200)
    for start in present:
        needed = range(start, start + rate * (3 + horizon - 1) + 1)
        targets = [start + rate * (3 + h) for h in range(horizon)]
        one_part = any(low <= min(targets) and max(targets) < high for low, high in pairwise(borders))
        assert (start in found) == (present >= set(needed) and one_part)


@pytest.mark.parametrize("missing", ["ffill", "interpolate"])
def test_no_filled_value_is_a_target(missing):
    frame = hourly()
    frame.loc[20:24, "y"] = np.nan
    frame.loc[[50, 185], "y"] = np.nan
    table, state, splits = prepared(frame, missing=missing, horizon=3)
    complete = prepared(hourly(), horizon=3)[2]
    # Left out: windows that predict rows 20 to 24 only, and with interpolation those that end on a filled row.
    left_out = {19, 20, 21} if missing == "ffill" else {19, 20, 21, 22, 23, 24, 50}
    assert set(complete.train.last_rows) - set(splits.train.last_rows) == left_out
    assert set(complete.test.last_rows) - set(splits.test.last_rows) == ({185} if missing == "interpolate" else set())
    assert forecast.count_lookahead(state, table) == (7 if missing == "interpolate" else 0)
    y = frame["y"].to_numpy()
    assert state.mean[0] == pytest.approx(np.nanmean(y[:140])) and state.deviation[0] == pytest.approx(
        np.nanstd(y[:140])
    )
    errors = np.abs(y[24:140] - table.frame["y"].to_numpy()[:116])
    assert state.season_error[0] == pytest.approx(np.nanmean(errors))


def test_filled_inputs_do_not_shift_the_scale():
    frame = hourly()
    frame.loc[60:100, "x"] = np.nan
    _, state, splits = prepared(frame, missing="ffill")
    assert state.mean[1] == pytest.approx(np.nanmean(frame["x"][:140]))
    assert len(splits.train) == len(prepared(hourly())[2].train)  # every target was measured


def test_part_whose_targets_were_all_filled_is_refused():
    frame = hourly()
    frame.loc[140:169, "y"] = np.nan
    message = r"no measured value of 'y' to predict in the validation part: {}\. Change --split"
    with pytest.raises(UsageError, match=message.format("all of them were filled")):
        prepared(frame, missing="ffill")
    frame.loc[169, "y"] = 1.0
    with pytest.raises(UsageError, match=message.format("they, or the rows before them, were filled")):
        prepared(frame, missing="interpolate")


def test_target_that_is_constant_where_it_was_measured_is_refused():
    frame = hourly()
    frame.loc[:139, "y"] = 3.0
    frame.loc[30:40, "y"] = np.nan
    with pytest.raises(DataError, match="'y' is constant over the 129 training rows"):
        prepared(frame, missing="ffill")
