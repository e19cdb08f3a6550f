"""The state of a tagger of series is fitted on training rows alone, and parts without labels are refused."""

import numpy as np
import pandas as pd
import pytest

from seqkit.data.tagged_series.rows import label_rows
from seqkit.errors import DataError, UsageError
from seqkit.tasks.tag.series.prepare import prepare_series
from seqkit.tasks.tag.series.state import encode

COUNT = 200


def frame_of(**columns) -> pd.DataFrame:
    draw = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "time": pd.date_range("2024-01-01", periods=COUNT, freq="min"),
            "x": draw.normal(5, 2, COUNT),
            "constant": 3.0,
            "state": np.where(np.arange(COUNT) // 10 % 2, "on", "off"),
            **columns,
        }
    )


def test_scaling_is_that_of_the_training_rows():
    frame = frame_of()
    rows = label_rows(frame, {})
    state, splits = prepare_series(rows, split="0.5,0.25,0.25")
    assert splits.pieces["train"].tolist() == [[0, 100]] and splits.pieces["test"].tolist() == [[150, 200]]
    assert state.mean[0] == pytest.approx(frame["x"][:100].mean())
    assert state.deviation[0] == pytest.approx(frame["x"][:100].std(ddof=0)) and state.deviation[1] == 1
    changed = frame.assign(x=frame["x"].where(frame.index < 100, 1e3))
    assert prepare_series(label_rows(changed, {}), split="0.5,0.25,0.25")[0] == state
    values = encode(state, rows.table)
    assert values[:100, 0].mean() == pytest.approx(0, abs=1e-5) and (values[:, 1] == 0).all()


def test_filled_values_do_not_count_in_the_scaling():
    frame = frame_of()
    frame.loc[10:29, "x"] = np.nan
    state, _ = prepare_series(label_rows(frame, {"missing": "ffill"}), split="0.5,0.25,0.25")
    assert state.mean[0] == pytest.approx(frame["x"][:100].mean())


@pytest.mark.parametrize(("length", "window"), [(2, 64), (30, 128), (35, 144)])
def test_window_is_four_usual_segments_within_bounds(length, window):
    frame = frame_of(state=np.where(np.arange(COUNT) // length % 2, "on", "off"))
    state, _ = prepare_series(label_rows(frame, {}), split="0.9,0.05,0.05")
    assert state.window == window
    assert prepare_series(label_rows(frame, {}), split="0.9,0.05,0.05", window=7)[0].window == 7


def test_labels_without_a_training_row_follow_and_are_named():
    states = np.where(np.arange(COUNT) // 10 % 2, "on", "off").astype(object)
    states[190:] = "broken"
    state, splits = prepare_series(label_rows(frame_of(state=states), {}))
    assert state.labels == ("off", "on") and splits.names == ("off", "on", "broken")
    assert splits.labels[195] == 2 and splits.labels[:20].tolist() == [0] * 10 + [1] * 10
    assert "no training row has these labels, which are never found: broken" in splits.notes


def test_short_stretches_are_named():
    rows = label_rows(frame_of().drop(index=[50, 120]), {"missing": "drop"})
    _, splits = prepare_series(rows, window=60)
    assert "shorter than a window, and read as they are: 4 of 5 stretches of rows" in splits.notes


def test_training_rows_with_a_single_label_are_refused():
    states = np.where(np.arange(COUNT) < 150, "off", "on")
    with pytest.raises(DataError, match=r"The training rows have the label 'off' alone, .* Choose another --split"):
        prepare_series(label_rows(frame_of(state=states), {}))


@pytest.mark.parametrize("part", ["train", "validation", "test"])
def test_part_without_labels_is_refused(part):
    states = np.where(np.arange(COUNT) // 10 % 2, "on", "off").astype(object)
    states[{"train": slice(0, 140), "validation": slice(140, 170), "test": slice(170, 200)}[part]] = None
    with pytest.raises(UsageError, match=rf"no row with a label in the {part} part. Choose another --split"):
        prepare_series(label_rows(frame_of(state=states), {}))
