"""From a frame as it was read to a regular table: nothing wrong gets in, nothing is invented or mended unasked."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.data.series.table import Table
from seqkit.data.tables.reading import read_frame
from seqkit.data.tables.regularise import regularise
from seqkit.errors import DataError, UsageError
from seqkit.options import module_options


def hourly(values, *, start: str = "2020-01-01", **columns) -> pd.DataFrame:
    """A table of hourly rows with the target `y`."""
    times = pd.date_range(start, periods=len(values), freq="h")
    return pd.DataFrame({"ds": times, "y": values, **columns})


def hours(table: Table) -> list[int]:
    """The times of a table in hours since 2020."""
    return ((table.time - np.datetime64("2020-01-01")) / np.timedelta64(1, "h")).astype(int).tolist()


NAN = float("nan")


# ---- roles


def test_targets_are_inputs_too_and_columns_keep_the_order_of_the_file():
    frame = hourly([1, 2, 4], a=[1, 2, 3], b=[3, 1, 2])
    table = regularise(frame, features=("b",), target=("y",))
    assert list(table.frame.columns) == ["y", "b"] and table.targets == ("y",)
    assert list(regularise(frame).frame.columns) == ["y", "a", "b"]
    assert regularise(frame, target=("b", "a")).targets == ("b", "a")
    assert regularise(frame, target=("all",)).targets == ("y", "a", "b")


@pytest.mark.parametrize("name", ["y", "target", "Target", "#Passengers"])
def test_target_is_told_by_a_usual_name_or_as_the_only_column_of_numbers(name):
    frame = hourly([1, 2, 4]).rename(columns={"y": name})
    assert regularise(frame).targets == (name,)


def test_target_that_nobody_told_is_asked_for_with_the_columns_there_are():
    frame = pd.DataFrame({"ds": pd.date_range("2020", periods=3), "load": [1, 2, 3], "price": [3, 1, 2]})
    with pytest.raises(UsageError, match=r"Say --target with one of 'load', 'price', or 'all'"):
        regularise(frame)


def test_id_and_time_are_no_inputs_unless_asked_for():
    frame = pd.DataFrame({"d": ["2020-01-01"] * 4, "hr": [0, 1, 2, 3], "y": [1, 2, 3, 5]})
    assert list(regularise(frame, time=("d", "hr"), target=("y",)).frame.columns) == ["y"]
    asked = regularise(frame, time=("d", "hr"), target=("y",), features=("hr",))
    assert list(asked.frame.columns) == ["hr", "y"]
    with pytest.raises(UsageError, match="'hr' tells the time"):
        regularise(frame, time=("d", "hr"), target=("hr",))
    with pytest.raises(UsageError, match="'y' names the series"):
        regularise(frame, id="y", target=("y",))


def test_nameless_row_numbers_are_left_out_and_truth_values_are_numbers():
    frame = hourly([1.5, 2, 4], on=[True, False, True])
    frame.insert(0, "Unnamed: 0", [0, 1, 2])
    table = regularise(frame)
    assert list(table.frame.columns) == ["y", "on"]
    assert table.frame["on"].tolist() == [1, 0, 1]
    assert any("counts the rows; it is left out" in note for note in table.notes)


def test_index_of_times_is_the_time():
    frame = hourly([1, 2, 4]).set_index("ds").rename_axis(None)
    assert hours(regularise(frame)) == [0, 1, 2]


def test_text_columns_are_left_out_with_a_note_and_refused_as_target():
    frame = hourly([1, 2, 4], sky=["clear", "clear", "rain"])
    table = regularise(frame)
    assert list(table.frame.columns) == ["y"]
    assert any(note.startswith("text column in 'sky'") for note in table.notes)
    with pytest.raises(DataError, match=r"not a number +sky +3 +1 +clear"):
        regularise(frame, target=("sky",))


def test_constant_target_is_refused_unless_a_finished_run_reads_it():
    frame = hourly([2, 2, 2], x=[1, 2, 4])
    with pytest.raises(DataError, match=r"constant +y .* nothing to predict"):
        regularise(frame, target=("y",))
    assert regularise(frame, target=("y",), interval="h").frame["y"].tolist() == [2, 2, 2]


# ---- time


def test_rows_without_a_time_are_counted():
    table = regularise(pd.DataFrame({"y": [3.0, 1, 2]}))
    assert table.interval == "1" and table.time.tolist() == [0, 1, 2] and table.time_column == ()
    assert table.frame["y"].tolist() == [3, 1, 2]


def test_rows_of_each_series_are_counted_on_their_own():
    table = regularise(pd.DataFrame({"unique_id": list("baab"), "y": [3.0, 1, 2, 4]}))
    assert table.ids == ("a", "b") and table.starts.tolist() == [0, 2, 4]
    assert table.time.tolist() == [0, 1, 0, 1] and table.frame["y"].tolist() == [1, 2, 3, 4]


def test_whole_numbers_that_rise_by_a_step_are_counters():
    table = regularise(pd.DataFrame({"time": [20, 0, 10], "y": [3.0, 1, 2]}))
    assert table.interval == "10" and table.time.tolist() == [0, 10, 20] and table.time.dtype == np.int64


def test_months_are_one_segment():
    table = regularise(pd.DataFrame({"Month": ["1949-01", "1949-02", "1949-03", "1949-04"], "n": [1, 2, 3, 5]}))
    assert table.interval == "MS" and table.segments.tolist() == [[0, 4]]


def test_weekends_are_no_gaps_among_business_days_and_holidays_are():
    days = pd.date_range("2024-01-01", periods=60, freq="B").delete(10)
    frame = pd.DataFrame({"ds": days, "y": np.arange(59) % 7})
    table = regularise(frame, missing="drop")
    assert table.interval == "B" and table.segments.tolist() == [[0, 10], [10, 59]]


def test_names_of_series_are_sorted_and_numbers_by_size():
    frame = pd.concat([hourly([1, 2, 3]).assign(item_id=name) for name in (10, 9, 1)])
    table = regularise(frame)
    assert table.ids == ("1", "9", "10") and table.id_column == "item_id"


def test_series_need_one_interval():
    frame = pd.concat(
        [hourly(np.arange(40)).assign(unique_id="a"), hourly(np.arange(40)).iloc[::2].assign(unique_id="b")]
    )
    with pytest.raises(DataError, match=r"mixed intervals [\s\S]* --resample 2h"):
        regularise(frame.assign(y=np.arange(60)))


def test_series_may_start_at_different_minutes():
    late = hourly([1, 2, 3, 4]).assign(unique_id="b")
    late["ds"] += pd.Timedelta("7min")
    table = regularise(pd.concat([hourly([5, 6, 7, 8]).assign(unique_id="a"), late]))
    assert table.segments.tolist() == [[0, 4], [4, 8]] and table.interval == "h"


def test_series_that_follow_each_other_in_time_are_not_joined():
    first, second = (
        hourly([1, 2, 3]).assign(unique_id="a"),
        hourly([4, 5], start="2020-01-01 03:00").assign(unique_id="b"),
    )
    table = regularise(pd.concat([first, second]))
    assert table.segments.tolist() == [[0, 3], [3, 5]] and table.starts.tolist() == [0, 3, 5]


def test_one_row_has_no_interval_unless_it_is_known():
    with pytest.raises(DataError, match="two rows of a series at least"):
        regularise(hourly([1.0]), target=("y",))
    known = regularise(hourly([1.0]), target=("y",), interval="h")
    assert known.segments.tolist() == [[0, 1]] and known.interval == "h"


def test_rows_of_another_interval_than_the_run_wants_are_refused():
    with pytest.raises(DataError, match="the rows come every h, and every 10min was expected"):
        regularise(hourly([1, 2, 3, 4]), interval="10min")
    with pytest.raises(DataError, match="timestamps at interval h were expected"):
        regularise(pd.DataFrame({"y": [1, 2, 3]}), interval="h")


def test_few_business_days_fit_the_run_that_knows_them():
    week = pd.DataFrame({"ds": pd.date_range("2024-01-01", periods=5), "y": [1, 2, 3, 4, 6]})
    assert regularise(week).interval == "D"
    assert regularise(week, interval="B").segments.tolist() == [[0, 5]]


# ---- what is mended, and how


def test_everything_wrong_is_named_at_once_with_the_flags_that_mend_it():
    frame = hourly(np.arange(400.0) % 7, x=np.arange(400) % 5).drop(index=[100, 101])
    frame.loc[[20, 30], "y"] = -9999
    frame = pd.concat([frame, frame.iloc[[50]]])
    with pytest.raises(DataError) as error:
        regularise(frame, target=("y",))
    message = str(error.value)
    assert "3 problems" in message and "Row 1 is the first under the header" in message
    for part in ("sentinel        y          2         21  -9999", "duplicate time  ds", "gap"):
        assert part in message
    assert "--target y --sentinel -9999 --missing drop --duplicates first" in message


def test_rows_are_sorted_and_that_is_noted():
    table = regularise(hourly([1, 2, 3, 4]).iloc[[2, 0, 3, 1]])
    assert table.frame["y"].tolist() == [1, 2, 3, 4]
    assert any(note.startswith("unsorted") for note in table.notes)


@pytest.mark.parametrize(("policy", "expected"), [("first", [1, 2, 3]), ("last", [1, 8, 3]), ("mean", [1, 5, 3])])
def test_rows_of_the_same_time_become_one(policy, expected):
    frame = pd.concat([hourly([1.0, 2, 3]), hourly([8.0], start="2020-01-01 01:00")])
    table = regularise(frame, duplicates=policy)
    assert table.frame["y"].tolist() == expected and table.segments.tolist() == [[0, 3]]
    assert any(note.startswith("duplicate time") for note in table.notes)


def test_mean_of_duplicates_is_of_the_known_values():
    frame = pd.concat([hourly([1.0, NAN, 3]), hourly([8.0], start="2020-01-01 01:00")])
    assert regularise(frame, duplicates="mean").frame["y"].tolist() == [1, 8, 3]


def test_drop_leaves_gaps_and_cuts_at_them():
    frame = hourly([0.0, 1, NAN, 3, 4, 5, 6, 7]).drop(index=5)
    table = regularise(frame, missing="drop")
    assert hours(table) == [0, 1, 3, 4, 6, 7] and table.segments.tolist() == [[0, 2], [2, 4], [4, 6]]


def test_ffill_puts_missing_rows_in_and_carries_the_last_value_on():
    frame = hourly([NAN, 1.0, NAN, 3, 4, 5, np.inf], z=[1, 2, 3, 4, 5, 6, 7]).drop(index=[4, 5])
    table = regularise(frame, missing="ffill", target=("y",))
    assert hours(table) == [1, 2, 3, 4, 5, 6]  # nothing is filled backwards
    assert table.frame["y"].tolist() == [1, 1, 3, 3, 3, 3]
    assert table.frame["z"].tolist() == [2, 3, 4, 4, 4, 7]
    assert table.segments.tolist() == [[0, 6]]


def test_interpolate_fills_between_known_values_only():
    frame = hourly([NAN, 0.0, NAN, NAN, 3, 4, 5, NAN]).drop(index=5)
    table = regularise(frame, missing="interpolate")
    assert hours(table) == [1, 2, 3, 4, 5, 6]
    assert table.frame["y"].tolist() == pytest.approx([0, 1, 2, 3, 4, 5])


def test_interpolation_is_linear_in_time_and_not_in_rows():
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


def test_series_that_loses_all_rows_is_left_out_with_a_note():
    frame = pd.concat([hourly([1.0, 2, 3]).assign(unique_id="a"), hourly([NAN] * 3).assign(unique_id="b")])
    table = regularise(frame, missing="drop")
    assert table.ids == ("a",) and table.starts.tolist() == [0, 3]
    assert any("no row is left: 'b'" in note for note in table.notes)


def test_mistyped_year_does_not_fill_centuries():
    frame = hourly([1.0, 2, 3, 5])
    frame.loc[3, "ds"] = pd.Timestamp("2199-01-01")
    with pytest.raises(DataError, match="is this time right"):
        regularise(frame, missing="ffill")


def test_no_complete_row_is_refused():
    with pytest.raises(DataError, match="no row has a value in every column"):
        regularise(hourly([1.0, NAN, 2, NAN], x=[NAN, 1.0, NAN, 2]), missing="drop", target=("y",))


def test_sentinels_become_missing():
    frame = hourly(np.array([1, -9999, 3, 4, -999], np.int32))
    table = regularise(frame, sentinel=(-9999.0, -999.0), missing="drop")
    assert table.frame["y"].tolist() == [1, 3, 4]
    with pytest.raises(DataError, match=r"missing value +y +2 +2"):
        regularise(frame, sentinel=(-9999.0, -999.0))


def test_texts_that_mean_missing_become_missing():
    frame = hourly(["1", "?", "3", "4"])
    assert regularise(frame, null=("?",), missing="drop").frame["y"].tolist() == [1, 3, 4]


def test_resample_averages_bins_and_empty_bins_are_missing():
    frame = hourly([1.0, 3, 5, NAN, 10, 20, 30, 40]).drop(index=[6, 7])
    table = regularise(frame, resample="2h")
    assert table.frame["y"].tolist() == [2, 5, 15] and table.interval == "2h" and hours(table) == [0, 2, 4]
    gap = frame.drop(index=[2, 3])
    with pytest.raises(DataError, match=r"gap [\s\S]* --missing"):
        regularise(gap, resample="120min")
    assert regularise(gap, resample="2h", missing="drop").segments.tolist() == [[0, 1], [1, 2]]


def test_resample_is_by_series():
    frame = pd.concat([hourly([1.0, 3, 5, 7]).assign(unique_id=name) for name in "ab"])
    table = regularise(frame, resample="2h")
    assert table.frame["y"].tolist() == [2, 6, 2, 6] and table.starts.tolist() == [0, 2, 4]


def test_row_between_the_steps_stops_and_bins_mend_it():
    frame = hourly(np.arange(40.0))
    frame.loc[10, "ds"] += pd.Timedelta("7min")
    with pytest.raises(DataError, match=r"off the grid +ds +1 +11 +2020-01-01 10:07"):
        regularise(frame)
    assert regularise(frame, resample="h").segments.tolist() == [[0, 40]]


def test_first_row_can_be_the_one_between_the_steps():
    frame = hourly(np.arange(40.0))
    frame.loc[0, "ds"] -= pd.Timedelta("7min")
    with pytest.raises(DataError, match=r"off the grid +ds +1 +1 +2019-12-31 23:53"):
        regularise(frame)


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"missing": "backfill"}, "--missing is one of error, ffill, interpolate, drop; got 'backfill'"),
        ({"duplicates": "max"}, "--duplicates is one of"),
        ({"resample": "foo"}, "--resample cannot be used"),
        ({"resample": "B"}, "no place for what fell on a weekend"),
        ({"resample": "5"}, "does not fit: the times are timestamps"),
        ({"sentinel": (-9.0,), "not_sentinel": (-9.0,)}, "-9 is given both"),
        ({"time": ("when",)}, "no column 'when' for --time"),
        ({"id": "station"}, "no column 'station' for --id"),
    ],
)
def test_choice_that_is_none_is_refused(choices, message):
    with pytest.raises(UsageError, match=message):
        regularise(hourly([1, 2, 4]), **choices)


def test_frame_without_rows_or_with_names_twice_is_refused():
    with pytest.raises(DataError, match="no rows"):
        regularise(hourly([]))
    with pytest.raises(DataError, match="Several columns are called 'y'"):
        regularise(pd.DataFrame([[1, 2], [3, 4]], columns=["y", "y"]))


# ---- the table


def test_clean_table_shares_its_numbers_with_the_frame_and_leaves_it_alone():
    frame = hourly(np.arange(5.0), x=np.arange(5, dtype=np.float32))
    before = frame.copy()
    table = regularise(frame)
    assert np.shares_memory(table.frame["x"].to_numpy(), frame["x"].to_numpy())
    assert table.frame["x"].dtype == np.float32 and table.notes == ()
    regularise(frame.iloc[::-1], missing="ffill", duplicates="mean")
    pd.testing.assert_frame_equal(frame, before)


def test_times_are_nanoseconds_and_offsets_whole_numbers():
    table = regularise(hourly([1, 2, 4]))
    assert table.time.dtype == np.dtype("datetime64[ns]")
    assert table.starts.dtype == np.int64 and table.segments.dtype == np.int64
    assert isinstance(table.frame.index, pd.RangeIndex) and table.ids == ("series",)


def test_check_takes_the_same_options_and_explains_them_alike():
    own = {o.name: o for o in module_options("seqkit.data.tables.regularise", "regularise") if o.name != "interval"}
    same = {o.name: o for o in module_options("seqkit.data.tables.report", "check")}
    assert own == same and all(o.help for o in own.values())


def test_clean_file_is_one_segment(requires_data):
    table = regularise(read_frame(requires_data("etth1/ETTh1.csv")), target=("OT",))
    assert table.interval == "h" and table.segments.tolist() == [[0, 17_420]] and table.notes == ()
    assert list(table.frame.columns) == ["HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL", "OT"]


def test_hours_of_the_bicycle_file(requires_data):
    frame = read_frame(requires_data("bike_sharing/hour.csv"))
    with pytest.raises(DataError, match=r"gap +dteday \+ hr +165 .* 75 gaps"):
        regularise(frame, time=("dteday", "hr"), target=("cnt",))
    table = regularise(frame, time=("dteday", "hr"), target=("cnt",), missing="drop")
    assert len(table.segments) == 76 and table.time[0] == np.datetime64("2011-01-01")
    filled = regularise(frame, time=("dteday", "hr"), target=("cnt",), missing="ffill")
    assert len(filled.frame) == 731 * 24 and filled.segments.tolist() == [[0, 731 * 24]]


# ---- properties


@st.composite
def holed_series(draw):
    """One to three series of distinct values with rows and values missing."""
    series, value = [], 0.0
    for name in "abc"[: draw(st.integers(1, 3))]:
        present = draw(st.lists(st.integers(0, 40), min_size=4, max_size=30, unique=True))
        known = draw(st.lists(st.booleans(), min_size=len(present), max_size=len(present)))
        known[0] |= name == "a"  # a column of nothing would be left out
        values = [value + i + 1 if keep else NAN for i, keep in enumerate(known)]
        value += 1000
        times = pd.Timestamp("2020-01-01") + pd.to_timedelta(present, unit="h")
        series.append(pd.DataFrame({"unique_id": name, "ds": times, "y": values, "x": np.arange(len(present)) + value}))
    return pd.concat(series, ignore_index=True)


def regular(frame: pd.DataFrame, missing: str) -> Table | None:
    """The table, or None where the draw left nothing to make one of."""
    try:
        return regularise(frame, target=("x",), features=("y",), missing=missing, resample="h")
    except DataError:
        return None


def same(a: Table, b: Table) -> bool:
    arrays = [(a.time, b.time), (a.starts, b.starts), (a.segments, b.segments)]
    return a.frame.equals(b.frame) and a.ids == b.ids and all(np.array_equal(x, y) for x, y in arrays)


@settings(max_examples=80, deadline=None)
@given(holed_series(), st.sampled_from(["drop", "ffill", "interpolate"]), st.randoms(use_true_random=False))
def test_order_of_the_rows_does_not_matter(frame, missing, random):
    order = list(range(len(frame)))
    random.shuffle(order)
    table, shuffled = regular(frame, missing), regular(frame.iloc[order], missing)
    assert (table is None) == (shuffled is None)
    assert table is None or same(table, shuffled)


@settings(max_examples=80, deadline=None)
@given(holed_series(), st.sampled_from(["drop", "ffill", "interpolate"]))
def test_segments_cover_all_rows_and_hold_no_gap_and_one_series(frame, missing):
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
def test_filling_is_that_of_pandas_in_each_series(frame, missing):
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
def test_ffill_of_a_row_does_not_know_what_comes_later(frame, cut):
    moment = pd.Timestamp("2020-01-01") + pd.Timedelta(hours=cut)
    whole, earlier = regular(frame, "ffill"), regular(frame[frame["ds"] <= moment], "ffill")
    if whole is None or earlier is None or whole.ids != earlier.ids:
        return
    for s in range(len(earlier.ids)):
        rows = slice(*earlier.starts[s : s + 2])
        length = rows.stop - rows.start
        first = int(whole.starts[s])
        np.testing.assert_array_equal(whole.frame.iloc[first : first + length], earlier.frame.iloc[rows])
