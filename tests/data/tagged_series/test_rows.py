"""Labelled rows: which column has the labels, and what becomes of rows without one, gaps and duplicates."""

import numpy as np
import pandas as pd
import pytest

from seqkit.data.tagged_series.rows import label_rows
from seqkit.errors import DataError, UsageError


def frame_of(states, **columns):
    times = pd.date_range("2024-01-01", periods=len(states), freq="min")
    return pd.DataFrame({"time": times, "x": np.arange(len(states)) % 5 + 0.5, "state": states, **columns})


def test_labels_follow_the_rows_that_are_sorted_by_recording_and_time():
    frame = frame_of(["a", "b", "a", "c"] * 3, machine=["n", "m"] * 6)
    shuffled = label_rows(frame.sample(frac=1, random_state=0), {})
    rows = label_rows(frame.sort_values(["machine", "time"]), {})
    assert rows.names == ("a", "b", "c") and rows.table.ids == ("m", "n")
    assert rows.labels.tolist() == shuffled.labels.tolist() == [1, 2] * 3 + [0] * 6
    assert rows.label_column == "state" and list(rows.table.columns) == ["x"]
    assert "'machine' names the recordings; --id chooses other columns" in rows.notes


def test_rows_without_a_label_stay_and_are_counted():
    rows = label_rows(frame_of(["a", None, " ", "b", np.nan, "b"]), {})
    assert rows.labels.tolist() == [0, -1, -1, 1, -1, 1]
    assert "rows without a label: 3 of 6; they are read, but no targets" in rows.notes


def test_whole_numbers_are_labels():
    rows = label_rows(frame_of([2.0, 10.0, np.nan, 2.0]), {})
    assert rows.names == ("10", "2") and rows.labels.tolist() == [1, 0, -1, 1]


def test_infinite_number_is_no_label():
    with pytest.raises(DataError, match=r"'state' has the number inf \(row 2\), expected labels"):
        label_rows(frame_of([1.0, np.inf, 1.0, 2.0]), {})


def test_inserted_rows_have_no_label_and_dropped_ones_split_the_series():
    frame = frame_of(list("aabbaabb")).drop(index=[3, 4])
    filled = label_rows(frame, {"missing": "ffill"})
    assert filled.labels.tolist() == [0, 0, 1, -1, -1, 0, 1, 1] and filled.table.origin.tolist() == [
        0,
        1,
        2,
        -1,
        -1,
        3,
        4,
        5,
    ]
    dropped = label_rows(frame, {"missing": "drop"})
    assert dropped.table.segments.tolist() == [[0, 3], [3, 6]] and dropped.labels.tolist() == [0, 0, 1, 0, 1, 1]


def test_the_kept_one_of_duplicate_rows_has_its_own_label():
    frame = frame_of(list("aabb"))
    frame = pd.concat([frame, frame.iloc[[2]].assign(state="c", x=9.0)])
    assert label_rows(frame, {"duplicates": "first"}).labels.tolist() == [0, 0, 1, 1]
    last = label_rows(frame, {"duplicates": "last"})
    assert [last.names[code] for code in last.labels] == ["a", "a", "c", "b"]


def test_faults_are_named_with_flags_that_the_task_has():
    frame = frame_of(list("aabbaabb") * 10).drop(index=[3, 44])
    with pytest.raises(DataError, match=r"gap(.|\n)*--missing") as refusal:
        label_rows(frame, {})
    assert "--target" not in str(refusal.value) and "--resample" not in str(refusal.value)
    uneven = frame_of(list("aabb") * 10)
    uneven["time"] += pd.to_timedelta(np.random.default_rng(0).integers(0, 50, 40), "s")
    with pytest.raises(DataError) as refusal:
        label_rows(uneven, {})
    assert "--resample" not in str(refusal.value) and "--time none" in str(refusal.value)
    assert len(label_rows(uneven, {"time": ("none",)})) == 40


@pytest.mark.parametrize(
    ("states", "message"),
    [
        (pd.date_range("2024-01-01", periods=6), "'state' has times, expected labels. Set --label to another column"),
        (["a"] * 6, "'state' has the label 'a' alone, and a tagger needs at least two. Set --label"),
        ([None] * 6, "'state' has no label at all"),
        ([1.5, 2.0, 1.0, 2.25, 1.0, 1.0], r"'state' has the number 1.5 \(row 1\), expected labels"),
        (list(map(str, range(200))), r"'state' has 200 distinct values in 200 rows, .* these are no labels of rows"),
        (["a" * 300, "b"] * 3, "the longest of 300 characters: these are no labels of rows. Set --label"),
    ],
)
def test_column_that_has_no_labels_is_refused(states, message):
    with pytest.raises(DataError, match=message):
        label_rows(frame_of(states), {})


def test_column_of_labels_is_asked_for_where_names_do_not_tell():
    frame = frame_of(list("aabb"))
    with pytest.raises(UsageError, match=r"Which column has the label of each row?.* 'phase' may be. Set --label"):
        label_rows(frame.assign(phase=list("xyxy")), {})
    with pytest.raises(UsageError, match=r"none has a usual name, such as label, state or activity. Set --label"):
        label_rows(frame.rename(columns={"state": "z"}), {})
    assert label_rows(frame.rename(columns={"state": "z"}), {}, label="z").names == ("a", "b")
    with pytest.raises(UsageError, match=r"'zz'"):
        label_rows(frame.rename(columns={"state": "z"}), {}, label="zz")


def test_table_without_numbers_is_refused():
    with pytest.raises(UsageError, match=r"no numeric column"):
        label_rows(frame_of(list("aabb")).drop(columns="x"), {})
