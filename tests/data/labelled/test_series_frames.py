"""Series in a DataFrame: their shapes, and arrays that are transposed."""

import numpy as np
import pandas as pd
import pyarrow
import pytest

import seqkit
from seqkit.data.files.sniffing import kind_of
from seqkit.data.labelled.examples import find_examples
from seqkit.data.labelled.series_frames import find_series
from seqkit.errors import DataError, UsageError
from seqkit.sources import find_source

LABELS = ["up", "down", "up"]
REMEDY = "transpose them: frame['series'] = [values.T for values in frame['series']]"


def frame_of(cells: list, **attrs) -> pd.DataFrame:
    frame = pd.DataFrame({"series": pd.Series(cells, dtype=object), "label": LABELS[: len(cells)]})
    frame.attrs = attrs
    return frame


ONE_CHANNEL = np.array([[1.0, 2.0, 4.0], [3.0, 5.0, 9.0], [2.0, 2.0, 2.0]])


@pytest.mark.parametrize(
    "cells",
    [
        [row[:, None] for row in ONE_CHANNEL],
        list(ONE_CHANNEL),
        ONE_CHANNEL.tolist(),
        [[[value] for value in row] for row in ONE_CHANNEL.tolist()],
        [tuple(row) for row in ONE_CHANNEL.astype(np.float32)],
        [pd.Series(row) for row in ONE_CHANNEL],
    ],
    ids=["(steps, 1)", "(steps,)", "list", "list of lists", "tuple", "Series"],
)
def test_arrays_of_steps_are_series_of_one_channel(cells):
    frame = frame_of(cells)
    assert kind_of(frame) == "series"
    examples = find_examples(frame)
    assert [values.tolist() for values in examples.series] == ONE_CHANNEL[:, :, None].tolist()
    assert examples.channels == ("dim_0",) and examples.notes == ["3 series: 1 down, 2 up"]


def test_the_first_series_that_is_not_missing_decides():
    assert kind_of(frame_of([None, *ONE_CHANNEL[:2]])) == "series"
    with pytest.raises(DataError, match=r"'series' in row 1 is missing\. Fill it in, or drop the row\."):
        find_examples(frame_of([None, *ONE_CHANNEL[:2]]))


@pytest.mark.parametrize("cells", [["a", "b"], [["a"], ["b"]], [1.0, 2.0], [None, None]])
def test_a_column_of_other_cells_is_no_series(cells):
    assert kind_of(frame_of(cells)) != "series"


@pytest.mark.parametrize(
    ("columns", "remedy"),
    [
        (["x"], "Rename it: frame.rename(columns={'x': 'series'})."),
        (
            ["dim_0", "dim_1"],
            "Make one column of them: frame['series'] = [np.column_stack(row) for row in frame[names]",
        ),
    ],
)
def test_arrays_in_other_columns_are_refused_with_the_remedy(columns, remedy):
    cells = pd.Series([np.arange(3.0), np.ones(3)])
    frame = pd.DataFrame(dict.fromkeys(columns, cells) | {"label": ["up", "down"], "split": ["train", "test"]})
    assert kind_of(frame) == "series"
    with pytest.raises(
        DataError, match=r"frame has arrays in 'x', e|frame has arrays in 'dim_0', 'dim_1', e"
    ) as refusal:
        find_examples(frame)
    assert remedy in str(refusal.value)
    texts = pd.DataFrame({"text": ["a", "b"], "label": ["up", "down"], "vector": cells})
    assert kind_of(texts) == "texts" and find_examples(texts).texts == ["a", "b"]


@pytest.mark.parametrize("data", [np.zeros((4, 1, 5)), {"series": [1]}, 7])
def test_data_in_memory_that_is_no_frame_is_refused(data):
    with pytest.raises(
        UsageError, match=rf"or a pandas DataFrame, got {type(data).__name__}\. Convert it to one, as in"
    ):
        find_source(data)


def test_a_frame_of_another_library_is_refused_with_its_conversion():
    with pytest.raises(UsageError, match=r"got Table\. Convert it to one with its method to_pandas\(\)"):
        find_source(pyarrow.table({"x": [1]}))


def test_series_of_one_step_are_refused_with_the_transposition():
    with pytest.raises(DataError) as refusal:
        find_examples(frame_of([row[None, :] for row in ONE_CHANNEL]))
    assert str(refusal.value) == (
        "frame: each series has 1 step of 3 channels, expected (steps, channels). If they are (channels, steps), "
        f"{REMEDY}."
    )
    frame = frame_of([row[None, :] for row in ONE_CHANNEL])
    frame["series"] = [values.T for values in frame["series"]]
    assert find_series(frame)[0].shape == (3, 1)


def test_transposed_series_of_unequal_lengths_are_refused_with_the_transposition():
    with pytest.raises(DataError, match="row 2 has 9 channels, the rows before it 8") as refusal:
        find_series(frame_of([np.zeros((2, 8)), np.zeros((2, 9))]))
    assert str(refusal.value).endswith(f"If they are (channels, steps), {REMEDY}.")
    with pytest.raises(DataError, match=r"before it 8\. Give all series the same channels\."):
        find_series(frame_of([np.zeros((2, 8)), np.zeros((3, 9))]))


def test_more_channels_than_steps_are_noted():
    cells = [np.zeros((2, 8)), np.ones((2, 8))]
    assert find_examples(frame_of(cells)).notes[0] == (
        "each series is read as 2 steps of 8 channels; if they are (channels, steps), as in aeon and sktime, " + REMEDY
    )
    names = [f"dim_{channel}" for channel in range(8)]
    for frame in (frame_of(cells, channels=names), frame_of([np.zeros((2, 8)), np.zeros((3, 8))])):
        assert find_examples(frame).notes == ["2 series: 1 down, 1 up"]
    one_step = frame_of([np.zeros((1, 8)), np.ones((1, 8))], channels=names)
    assert [values.shape for values in find_examples(one_step).series] == [(1, 8), (1, 8)]


def test_a_run_of_series_labels_arrays_of_steps(small_series_run):
    classifier = seqkit.load(small_series_run)
    steps = np.linspace(0, 1, 9)
    expected = classifier.predict_proba([steps[:, None]])
    np.testing.assert_array_equal(classifier.predict_proba([steps]), expected)
    np.testing.assert_array_equal(classifier.predict_proba([steps.tolist()]), expected)
    with pytest.raises(
        DataError, match=r"has the shape \(1, 9\); the model was trained on \(steps, 1\)\. Transpose the"
    ):
        classifier.predict([steps[None, :]])


@pytest.mark.parametrize(
    ("values", "name"),
    [
        (np.array([1 + 2j, 3]), "complex128"),
        (np.array(["2024-01-01", "2024-01-02"], "datetime64[D]"), r"datetime64\[D\]"),
        (np.array([1, 2], "timedelta64[s]"), r"timedelta64\[s\]"),
    ],
)
def test_times_and_complex_numbers_are_no_values_of_a_series(values, name):
    message = rf"'series' in row 2 is not an array of numbers: it has the type {name}\. Fix it"
    with pytest.raises(DataError, match=message):
        find_series(frame_of([np.zeros(2), values]))


def test_missing_values_at_the_end_may_be_padding():
    padded = np.array([[1.0, 2.0], [3.0, 4.0], [np.nan, np.nan]])
    with pytest.raises(DataError) as refusal:
        find_series(frame_of([np.ones((3, 2)), padded]))
    assert str(refusal.value) == (
        "frame: 'series' in row 2 contains nan at step 3, channel 1. All later values are missing; if they pad a "
        "shorter series, cut it: values[:2]."
    )
    padded[2, 1] = 5
    with pytest.raises(DataError, match=r"at step 3, channel 1\. Fill the gap, or drop the series\."):
        find_series(frame_of([padded]))
