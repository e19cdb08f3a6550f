"""Parts of labelled rows: recordings stay whole, or parts follow one another in time."""

import numpy as np
import pandas as pd
import pytest

from seqkit.data.tagged_series.rows import label_rows
from seqkit.data.tagged_series.splits import split_rows
from seqkit.errors import DataError, UsageError

SPLIT = "0.6,0.2,0.2"


def rows_of(recordings: int, length: int = 20, **columns):
    count = recordings * length
    frame = pd.DataFrame(
        {
            "recording": np.repeat(np.arange(recordings), length),
            "time": np.tile(pd.date_range("2024-01-01", periods=length, freq="h"), recordings),
            "x": np.arange(count) % 7,
            "state": np.where(np.arange(count) // 5 % 2, "on", "off"),
            **columns,
        }
    )
    return label_rows(frame, {})


def test_no_recording_is_in_two_parts():
    rows = rows_of(10)
    parts, notes = split_rows(rows, SPLIT)
    by_recording = parts.reshape(10, 20)
    assert (by_recording == by_recording[:, :1]).all()
    assert np.bincount(by_recording[:, 0]).tolist() == [6, 2, 2]
    assert notes == ["split by recording: no recording is in two parts (6 train, 2 validation, 2 test)"]


@pytest.mark.parametrize(
    ("recordings", "split", "by"), [(2, SPLIT, "auto"), (10, SPLIT, "time"), (10, "12,4,4", "auto")]
)
def test_few_recordings_and_other_splits_are_split_by_time(recordings, split, by):
    parts, notes = split_rows(rows_of(recordings), split, by)
    assert parts.reshape(recordings, 20).tolist() == [[0] * 12 + [1] * 4 + [2] * 4] * recordings
    assert notes == ["split by time: validation starts at 2024-01-01T12:00:00, test at 2024-01-01T16:00:00"]


def test_rows_beyond_the_end_of_a_split_have_no_part():
    parts, _ = split_rows(rows_of(1), "10,4,2")
    assert parts.tolist() == [0] * 10 + [1] * 4 + [2] * 2 + [-1] * 4


def test_column_of_parts_comes_before_the_split():
    part = np.tile(["train"] * 10 + ["valid"] * 5 + ["test"] * 5, 6)
    rows = rows_of(6, part=part)
    assert list(rows.table.columns) == ["x"]
    assert split_rows(rows, SPLIT)[0].reshape(6, 20).tolist() == [[0] * 10 + [1] * 5 + [2] * 5] * 6


def test_column_without_one_of_the_parts_is_refused():
    rows = rows_of(6, part=np.tile(["train"] * 15 + ["test"] * 5, 6))
    with pytest.raises(DataError, match=r"has no row of validation. Give each part some rows"):
        split_rows(rows, SPLIT)


def test_two_recordings_are_too_few_to_stay_whole():
    with pytest.raises(UsageError, match=r"needs at least 3 recordings, one for each part, got 2\. Name the column"):
        split_rows(rows_of(2), SPLIT, "recording")
