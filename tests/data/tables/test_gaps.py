"""Gaps: splitting and filling; pandas is the reference."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.data.tables.regularise import regularise
from seqkit.errors import DataError
from tests.data.tables.frames import NAN, holed_series, hourly, hours, regular


def test_weekends_are_no_gaps_among_business_days_and_holidays_are():
    days = pd.date_range("2024-01-01", periods=60, freq="B").delete(10)
    frame = pd.DataFrame({"ds": days, "y": np.arange(59) % 7})
    table = regularise(frame, missing="drop")
    assert table.interval == "B" and table.segments.tolist() == [[0, 10], [10, 59]]


def test_drop_splits_the_series_at_gaps():
    frame = hourly([0.0, 1, NAN, 3, 4, 5, 6, 7]).drop(index=5)
    table = regularise(frame, missing="drop")
    assert hours(table) == [0, 1, 3, 4, 6, 7] and table.segments.tolist() == [[0, 2], [2, 4], [4, 6]]


def test_ffill_inserts_missing_rows_and_repeats_the_last_value():
    frame = hourly([NAN, 1.0, NAN, 3, 4, 5, np.inf], z=[1, 2, 3, 4, 5, 6, 7]).drop(index=[4, 5])
    table = regularise(frame, missing="ffill", target=("y",))
    assert hours(table) == [1, 2, 3, 4, 5, 6]  # nothing is filled backwards
    assert table.frame["y"].tolist() == [1, 1, 3, 3, 3, 3]
    assert table.frame["z"].tolist() == [2, 3, 4, 4, 4, 7]
    assert table.segments.tolist() == [[0, 6]]


def test_interpolate_fills_only_between_known_values():
    frame = hourly([NAN, 0.0, NAN, NAN, 3, 4, 5, NAN]).drop(index=5)
    table = regularise(frame, missing="interpolate")
    assert hours(table) == [1, 2, 3, 4, 5, 6]
    assert table.frame["y"].tolist() == pytest.approx([0, 1, 2, 3, 4, 5])


def test_interpolation_is_linear_in_time_not_in_rows():
    months = pd.date_range("2019-01-01", periods=4, freq="MS")
    table = regularise(pd.DataFrame({"ds": months, "y": [0.0, NAN, 59.0, 60.0]}), missing="interpolate")
    assert table.frame["y"].tolist() == pytest.approx([0, 31, 59, 60])  # January has 31 of the 59 days


def test_nothing_is_filled_from_another_series():
    a = hourly([1.0, 2, 3]).assign(unique_id="a")
    b = hourly([NAN, 5.0, NAN]).assign(unique_id="b")
    frame = pd.concat([a, b])
    filled = regularise(frame, missing="ffill")
    assert filled.frame["y"].tolist() == [1, 2, 3, 5, 5] and filled.starts.tolist() == [0, 3, 5]
    between = regularise(frame, missing="interpolate")
    assert between.frame["y"].tolist() == [1, 2, 3, 5]


def test_series_without_rows_left_is_dropped_with_a_note():
    frame = pd.concat([hourly([1.0, 2, 3]).assign(unique_id="a"), hourly([NAN] * 3).assign(unique_id="b")])
    table = regularise(frame, missing="drop")
    assert table.ids == ("a",) and table.starts.tolist() == [0, 3]
    assert any("without any rows left: 'b'" in note for note in table.notes)


def test_mistyped_year_does_not_fill_centuries():
    frame = hourly([1.0, 2, 3, 5])
    frame.loc[3, "ds"] = pd.Timestamp("2199-01-01")
    with pytest.raises(DataError, match="is this time correct"):
        regularise(frame, missing="ffill")


def test_no_complete_row_is_refused():
    with pytest.raises(DataError, match="no row has a value in every column"):
        regularise(hourly([1.0, NAN, 2, NAN], x=[NAN, 1.0, NAN, 2]), missing="drop", target=("y",))


@settings(max_examples=80, deadline=None)
@given(holed_series(), st.sampled_from(["drop", "ffill", "interpolate"]))
def test_segments_cover_all_rows_without_gaps_or_series_changes(frame, missing):
    table = regular(frame, missing)
    if table is None:
        return
    assert table.segments[0, 0] == 0 and table.segments[-1, 1] == len(table.frame)
    np.testing.assert_array_equal(table.segments[1:, 0], table.segments[:-1, 1])
    for first, end in table.segments:
        assert np.all(np.diff(table.time[first:end]) == np.timedelta64(1, "h"))
        assert np.searchsorted(table.starts, first, "right") == np.searchsorted(table.starts, end - 1, "right")
    for first, end in zip(table.segments[:-1], table.segments[1:], strict=True):
        joined = table.time[end[0]] - table.time[first[1] - 1] == np.timedelta64(1, "h")
        assert not joined or end[0] in table.starts  # no cut without a gap or a new series


@settings(max_examples=80, deadline=None)
@given(holed_series())
def test_drop_invents_nothing_and_loses_no_complete_row(frame):
    table = regular(frame, "drop")
    complete = frame.dropna().sort_values(["unique_id", "ds"])
    if table is None:
        assert complete.empty
        return
    np.testing.assert_array_equal(table.frame[["y", "x"]].to_numpy(), complete[["y", "x"]].to_numpy())
    np.testing.assert_array_equal(table.time, complete["ds"].to_numpy().astype("datetime64[ns]"))


@settings(max_examples=80, deadline=None)
@given(holed_series(), st.sampled_from(["ffill", "interpolate"]))
def test_filling_equals_pandas_in_each_series(frame, missing):
    table = regular(frame, missing)
    parts = []
    for _, part in frame.groupby("unique_id"):
        grid = part.set_index("ds")[["y", "x"]].resample("h").mean()
        filled = grid.ffill() if missing == "ffill" else grid.interpolate("time", limit_area="inside")
        parts.append(filled.dropna())
    expected = pd.concat(parts)
    if table is None:
        assert expected.empty
        return
    np.testing.assert_allclose(table.frame[["y", "x"]].to_numpy(), expected.to_numpy(), rtol=1e-12)
    np.testing.assert_array_equal(table.time, expected.index.to_numpy().astype("datetime64[ns]"))


@settings(max_examples=60, deadline=None)
@given(holed_series(), st.integers(0, 29))
def test_ffill_does_not_depend_on_later_rows(frame, cut):
    moment = pd.Timestamp("2020-01-01") + pd.Timedelta(hours=cut)
    whole, earlier = regular(frame, "ffill"), regular(frame[frame["ds"] <= moment], "ffill")
    if whole is None or earlier is None or whole.ids != earlier.ids:
        return
    for s in range(len(earlier.ids)):
        rows = slice(*earlier.starts[s : s + 2])
        length = rows.stop - rows.start
        first = int(whole.starts[s])
        np.testing.assert_array_equal(whole.frame.iloc[first : first + length], earlier.frame.iloc[rows])


@settings(max_examples=80, deadline=None)
@given(holed_series(), st.sampled_from(["drop", "ffill", "interpolate"]))
def test_filled_marks_exactly_the_values_that_are_not_in_the_file(frame, missing):
    table = regular(frame, missing)
    if table is None:
        return
    known = {name: set(zip(frame["unique_id"], frame["ds"], frame[name], strict=True)) for name in ("y", "x")}
    series = np.repeat(table.ids, np.diff(table.starts))
    for name, values in table.columns.items():
        cells = zip(series, pd.to_datetime(table.time), values, strict=True)
        in_file = np.array([cell in known[name] for cell in cells])
        np.testing.assert_array_equal(table.filled.get(name, np.zeros(len(table), bool)), ~in_file)
        assert name not in table.filled or table.filled[name].any()


def test_infinite_values_and_empty_bins_count_as_filled():
    frame = hourly([1.0, 2, np.inf, 4, 5, 6, 7, 8], z=[1, 2, 3, 4, 5, 6, 7, 8]).drop(index=[4, 5])
    table = regularise(frame, missing="ffill", resample="2h", target=("y",))
    assert table.frame["y"].tolist() == [1.5, 4, 4, 7.5]
    assert table.filled["y"].tolist() == [False, False, True, False]
    assert table.measured(("z", "y")).tolist() == [[True, True], [True, True], [False, False], [True, True]]
    complete = regularise(frame.drop(index=2), missing="drop", resample="2h", target=("y",))
    assert complete.filled == {} and complete.measured(("y", "z")) is None


@settings(max_examples=60, deadline=None)
@given(holed_series(), st.integers(0, 200))
def test_rows_up_to_one_without_lookahead_do_not_depend_on_later_rows(frame, drawn):
    table = regular(frame, "interpolate")
    if table is None:
        return
    known = np.arange(len(table)) if table.lookahead is None else np.flatnonzero(~table.lookahead)
    row = known[drawn % len(known)]
    series = int(table.series_of(np.array([row]))[0])
    earlier = regular(frame[frame["ds"] <= pd.Timestamp(table.time[row])], "interpolate")
    if earlier is None or table.ids[series] not in earlier.ids:
        return
    position = earlier.ids.index(table.ids[series])
    rows = slice(*earlier.starts[position : position + 2])
    expected = table.frame.iloc[table.starts[series] : row + 1]
    np.testing.assert_array_equal(earlier.time[rows], table.time[expected.index])
    np.testing.assert_allclose(earlier.frame.iloc[rows].to_numpy(), expected.to_numpy())


def test_only_interpolated_rows_look_ahead():
    frame = hourly([1.0, NAN, 3, 4, NAN, 6], z=[1, 2, NAN, 4, 5, 6])
    lookahead = {
        policy: regularise(frame, missing=policy, target=("y",)).lookahead
        for policy in ("interpolate", "ffill", "drop")
    }
    assert lookahead.pop("interpolate").tolist() == [False, True, True, False, True, False]
    assert set(lookahead.values()) == {None}
    assert regularise(hourly([1.0, 3, 2]), missing="interpolate").lookahead is None
