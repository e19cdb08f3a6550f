"""Conversion of a raw frame to a regular table: nothing invalid gets in, nothing is invented or fixed unasked."""

from dataclasses import fields

import numpy as np
import pandas as pd
import pytest

from seqkit.cli.check import check
from seqkit.data.tables.findings import Choices
from seqkit.data.tables.reading import read_frame
from seqkit.data.tables.regularise import regularise
from seqkit.errors import DataError, UsageError
from seqkit.options import module_options
from tests.data.tables.frames import hourly, hours


def test_targets_are_inputs_and_columns_keep_file_order():
    frame = hourly([1, 2, 4], a=[1, 2, 3], b=[3, 1, 2])
    table = regularise(frame, features=("b",), target=("y",))
    assert list(table.frame.columns) == ["y", "b"] and table.targets == ("y",)
    assert list(regularise(frame).frame.columns) == ["y", "a", "b"]
    assert regularise(frame, target=("b", "a")).targets == ("b", "a")
    assert regularise(frame, target=("all",)).targets == ("y", "a", "b")


@pytest.mark.parametrize("name", ["y", "target", "Target", "#Passengers"])
def test_target_is_inferred_from_a_usual_name_or_the_only_numeric_column(name):
    frame = hourly([1, 2, 4]).rename(columns={"y": name})
    assert regularise(frame).targets == (name,)


def test_missing_target_is_refused_with_the_candidates():
    frame = pd.DataFrame({"ds": pd.date_range("2020", periods=3), "load": [1, 2, 3], "price": [3, 1, 2]})
    with pytest.raises(UsageError, match=r"Set --target to one of 'load', 'price', or 'all'"):
        regularise(frame)


def test_id_and_time_are_inputs_only_if_requested():
    frame = pd.DataFrame({"d": ["2020-01-01"] * 4, "hr": [0, 1, 2, 3], "y": [1, 2, 3, 5]})
    assert list(regularise(frame, time=("d", "hr"), target=("y",)).frame.columns) == ["y"]
    requested = regularise(frame, time=("d", "hr"), target=("y",), features=("hr",))
    assert list(requested.frame.columns) == ["hr", "y"]
    with pytest.raises(UsageError, match="'hr' is the time"):
        regularise(frame, time=("d", "hr"), target=("hr",))
    with pytest.raises(UsageError, match="'y' names the series"):
        regularise(frame, id="y", target=("y",))


def test_unnamed_row_numbers_are_skipped_and_booleans_are_numbers():
    frame = hourly([1.5, 2, 4], on=[True, False, True])
    frame.insert(0, "Unnamed: 0", [0, 1, 2])
    table = regularise(frame)
    assert list(table.frame.columns) == ["y", "on"]
    assert table.frame["on"].tolist() == [1, 0, 1]
    assert any("numbers the rows; skipped" in note for note in table.notes)


def test_time_index_is_the_time():
    frame = hourly([1, 2, 4]).set_index("ds").rename_axis(None)
    assert hours(regularise(frame)) == [0, 1, 2]


def test_text_columns_are_skipped_with_a_note_and_refused_as_target():
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


def test_rows_without_a_time_column_are_numbered():
    table = regularise(pd.DataFrame({"y": [3.0, 1, 2]}))
    assert table.interval == "1" and table.time.tolist() == [0, 1, 2] and table.time_column == ()
    assert table.frame["y"].tolist() == [3, 1, 2]


def test_rows_of_each_series_are_numbered_separately():
    table = regularise(pd.DataFrame({"unique_id": list("baab"), "y": [3.0, 1, 2, 4]}))
    assert table.ids == ("a", "b") and table.starts.tolist() == [0, 2, 4]
    assert table.time.tolist() == [0, 1, 0, 1] and table.frame["y"].tolist() == [1, 2, 3, 4]


def test_evenly_spaced_integers_are_counters():
    table = regularise(pd.DataFrame({"time": [20, 0, 10], "y": [3.0, 1, 2]}))
    assert table.interval == "10" and table.time.tolist() == [0, 10, 20] and table.time.dtype == np.int64


def test_series_are_sorted_by_name_or_numerically():
    frame = pd.concat([hourly([1, 2, 3]).assign(item_id=name) for name in (10, 9, 1)])
    table = regularise(frame)
    assert table.ids == ("1", "9", "10") and table.id_column == "item_id"


def test_consecutive_series_are_not_joined():
    first, second = (
        hourly([1, 2, 3]).assign(unique_id="a"),
        hourly([4, 5], start="2020-01-01 03:00").assign(unique_id="b"),
    )
    table = regularise(pd.concat([first, second]))
    assert table.segments.tolist() == [[0, 3], [3, 5]] and table.starts.tolist() == [0, 3, 5]


def test_all_problems_are_reported_at_once_with_the_flags_that_fix_them():
    frame = hourly(np.arange(400.0) % 7, x=np.arange(400) % 5).drop(index=[100, 101])
    frame.loc[[20, 30], "y"] = -9999
    frame = pd.concat([frame, frame.iloc[[50]]])
    with pytest.raises(DataError) as error:
        regularise(frame, target=("y",))
    message = str(error.value)
    assert "3 problems" in message and "Row 1 is the first row below the header" in message
    for part in ("sentinel        y          2         21  -9999", "duplicate time  ds", "gap"):
        assert part in message
    assert "--target y --sentinel -9999 --missing drop --duplicates first" in message


def test_sentinels_become_missing():
    frame = hourly(np.array([1, -9999, 3, 4, -999], np.int32))
    table = regularise(frame, sentinel=(-9999.0, -999.0), missing="drop")
    assert table.frame["y"].tolist() == [1, 3, 4]
    with pytest.raises(DataError, match=r"missing value +y +2 +2"):
        regularise(frame, sentinel=(-9999.0, -999.0))


def test_null_texts_become_missing():
    frame = hourly(["1", "?", "3", "4"])
    assert regularise(frame, null=("?",), missing="drop").frame["y"].tolist() == [1, 3, 4]


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"missing": "backfill"}, "--missing must be one of error, ffill, interpolate, drop, skip; got 'backfill'"),
        ({"duplicates": "max"}, "--duplicates must be one of"),
        ({"resample": "foo"}, "--resample cannot be used"),
        ({"resample": "B"}, "--resample B has no place for rows on a weekend"),
        ({"resample": "5"}, "does not fit: the times are timestamps"),
        ({"sentinel": (-9.0,), "not_sentinel": (-9.0,)}, "-9 is given both"),
        ({"time": ("when",)}, "no column 'when' for --time"),
        ({"id": "station"}, "no column 'station' for --id"),
    ],
)
def test_invalid_choice_is_refused(choices, message):
    with pytest.raises(UsageError, match=message):
        regularise(hourly([1, 2, 4]), **choices)


def test_frame_without_rows_or_with_duplicate_names_is_refused():
    with pytest.raises(DataError, match="no rows"):
        regularise(hourly([]))
    with pytest.raises(DataError, match="duplicate column names: 'y'"):
        regularise(pd.DataFrame([[1, 2], [3, 4]], columns=["y", "y"]))


def test_clean_table_shares_memory_with_the_frame_and_does_not_change_it():
    frame = hourly(np.arange(5.0), x=np.arange(5, dtype=np.float32))
    before = frame.copy()
    table = regularise(frame)
    assert np.shares_memory(table.frame["x"].to_numpy(), frame["x"].to_numpy())
    assert table.frame["x"].dtype == np.float32 and table.notes == ()
    regularise(frame.iloc[::-1], missing="ffill", duplicates="mean")
    pd.testing.assert_frame_equal(frame, before)


def test_times_are_nanoseconds_and_offsets_integers():
    table = regularise(hourly([1, 2, 4]))
    assert table.time.dtype == np.dtype("datetime64[ns]")
    assert table.starts.dtype == np.int64 and table.segments.dtype == np.int64
    assert isinstance(table.frame.index, pd.RangeIndex) and table.ids == ("series",)


def test_choices_and_the_command_check_have_the_options_of_regularise():
    options = module_options("seqkit.data.tables.regularise", "regularise")
    assert all(option.help for option in options)
    assert [field.name for field in fields(Choices)] == [*(option.name for option in options), "hidden"]
    assert {option.name for option in options} - {"interval"} <= {param.name for param in check.params}


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
