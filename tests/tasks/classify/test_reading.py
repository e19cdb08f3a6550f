"""Labelled examples of a training table and of a test table."""

import numpy as np
import pandas as pd
import pytest

from seqkit.errors import DataError
from seqkit.sources import find_source
from seqkit.tasks.classify.reading import read_labelled

FINDING = {"text": None, "label": None, "separator": None}


def frame_of(count: int, start: int = 0, **columns) -> pd.DataFrame:
    texts = [f"text {start + i}" for i in range(count)]
    return pd.DataFrame({"text": texts, "label": ["good", "bad"] * (count // 2), **columns})


def read(train: pd.DataFrame, test: pd.DataFrame, **finding):
    return read_labelled(find_source(train, kind="texts"), {}, FINDING | finding, test)


@pytest.mark.parametrize("name", ["split", "part", "fold"])
@pytest.mark.parametrize("both", [False, True])
def test_test_examples_are_kept_apart_whatever_other_columns_there_are(name, both):
    train = frame_of(20, **{name: [0, 1, 2, 3] * 5})
    test = frame_of(10, 100, **({name: [0, 1] * 5} if both else {}))
    examples = read(train, test)
    assert examples.texts == [*train["text"], *test["text"]]
    assert examples.parts.tolist() == ["train"] * 20 + ["test"] * 10
    assert examples.notes[-1] == "parts: 20 train, 10 test"
    about = f"'{name}' does not define parts: it contains '0', '1', '2' and 1 more, not only train, validation, test"
    assert (about in examples.notes) == (name != "fold")


def test_several_label_columns_are_read_from_both_tables():
    train, test = (
        frame_of(count, start, odd=[1, 0] * (count // 2), even=[0, 1] * (count // 2))
        for count, start in ((20, 0), (10, 100))
    )
    examples = read(train, test, label=("odd", "even"))
    assert examples.multi_label and examples.labels == [("odd",), ("even",)] * 15
    with pytest.raises(DataError, match="no column 'even', which the training data has"):
        read(train, test.drop(columns="even"), label=("odd", "even"))


@pytest.mark.parametrize("name", ["split", "part"])
def test_parts_of_the_training_table_hold_and_its_own_test_rows_are_dropped(name):
    train = frame_of(20, **{name: ["train", "Dev", "test", "train"] * 5})
    examples = read(train, frame_of(4, 100))
    kept = train[train[name] != "test"]
    assert examples.texts[:-4] == kept["text"].tolist()
    assert examples.parts[:-4].tolist() == kept[name].replace("Dev", "validation").tolist()
    assert examples.parts[-4:].tolist() == ["test"] * 4


def test_columns_are_those_of_the_training_table():
    train = frame_of(20).rename(columns={"text": "phrase"}).assign(text="no text")
    test = train.assign(phrase="of test")
    examples = read(train, test, text="Phrase")
    assert examples.texts == [*train["phrase"], *test["phrase"]]


@pytest.mark.parametrize("column", ["text", "label"])
def test_a_test_table_without_a_column_of_training_is_refused(column):
    test = frame_of(10).rename(columns={column: "phrase"})
    names = ", ".join(f"'{name}'" for name in test.columns)
    with pytest.raises(DataError) as refusal:
        read(frame_of(20), test)
    assert str(refusal.value) == (
        f"frame has no column '{column}', which the training data has. Its columns are {names}. Rename it there."
    )


def test_series_are_kept_apart_too():
    waves = [np.full((3, 1), i, float) for i in range(30)]
    frame = pd.DataFrame({"series": waves, "label": ["slow", "fast"] * 15, "split": range(30)})
    examples = read_labelled(find_source(frame[:20], kind="series"), {}, FINDING, frame[20:].reset_index(drop=True))
    assert [series[0, 0] for series in examples.series] == list(range(30))
    assert examples.parts.tolist() == ["train"] * 20 + ["test"] * 10
