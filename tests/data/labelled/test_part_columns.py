"""Columns that define the parts of examples."""

import pandas as pd
import pytest

from seqkit.data.labelled.examples import find_examples
from seqkit.errors import DataError


def labelled(labels, **columns) -> pd.DataFrame:
    """A frame of texts with these labels."""
    return pd.DataFrame({"text": [f"text {number}" for number in range(len(labels))], "label": labels, **columns})


@pytest.mark.parametrize("name", ["part", "split", "Part"])
def test_parts_are_read_from_a_column(name):
    examples = find_examples(labelled(list("abab"), **{name: ["train", "VAL", "test ", "training"]}))
    assert examples.parts.tolist() == ["train", "validation", "test", "train"]
    assert examples.notes[-1] == "parts: 2 train, 1 validation, 1 test"


def test_column_of_other_values_does_not_define_parts():
    examples = find_examples(labelled(["a", "b"], part=["train", "fold 3"]))
    assert examples.parts is None
    assert examples.notes[-1] == "'part' does not define parts: it contains 'fold 3', not only train, validation, test"
    assert find_examples(labelled(["a", "b"], split=["", None])).parts is None


@pytest.mark.parametrize("split", [[0, 2], [0.0, 1.0], ["0", "2"]])
def test_numbers_that_may_stand_for_parts_are_asked_about(split):
    examples = find_examples(labelled(["a", "b"], split=split))
    assert examples.parts is None
    assert examples.notes[-1].endswith("test. If the numbers stand for parts, replace them by these words")


def test_row_without_a_part_is_refused():
    with pytest.raises(DataError, match=r"'split' names no part in 1 of 2 rows \(first row 2\)"):
        find_examples(labelled(["a", "b"], split=["train", None]))


@pytest.mark.parametrize("name", ["fold", "set", "Partition", "phase"])
def test_a_column_of_any_name_defines_parts_if_all_its_cells_name_one(name):
    examples = find_examples(labelled(list("abab"), **{name: ["train", "Dev ", "test", "training"]}))
    assert examples.parts.tolist() == ["train", "validation", "test", "train"]
    assert examples.notes[-2:] == [
        f"'{name}' defines the parts, as all its cells name one",
        "parts: 2 train, 1 validation, 1 test",
    ]
    assert examples.former_parts is None  # former rules read columns called part and split only


@pytest.mark.parametrize(
    "cells",
    [["train", "train"], ["test", "val"], ["train", "plane"], ["train", ""], [1, 2], [["train"], ["test"]]],
)
def test_other_columns_do_not_define_parts(cells):
    examples = find_examples(labelled(["a", "b"], fold=cells))
    assert examples.parts is None and examples.notes == ["2 texts: 1 a, 1 b"]


def test_a_column_of_texts_or_labels_defines_no_parts():
    frame = pd.DataFrame({"text": ["train", "test"], "label": ["test", "train"]})
    assert find_examples(frame).parts is None


def test_a_column_called_split_decides_before_others():
    frame = labelled(list("ab"), fold=["train", "test"], split=["test", "train"])
    examples = find_examples(frame)
    assert examples.parts.tolist() == examples.former_parts.tolist() == ["test", "train"]
    assert examples.notes[-1] == "parts: 1 train, 1 test"


def test_columns_of_different_parts_are_refused():
    frame = labelled(list("ab"), fold_1=["train", "test"], fold_2=["test", "train"], same=["training", "testing"])
    with pytest.raises(DataError) as refusal:
        find_examples(frame)
    assert str(refusal.value) == (
        "frame: 'fold_1', 'fold_2' name different parts in their rows. Rename the one to use to 'split'."
    )
    assert find_examples(frame.drop(columns="fold_2")).parts.tolist() == ["train", "test"]


def test_rows_of_no_part_are_refused_where_others_have_one():
    frame = labelled(list("abab"), split=["train", "unlabeled", "test", ""])
    with pytest.raises(DataError) as refusal:
        find_examples(frame)
    assert str(refusal.value) == (
        "frame: 'split' contains 'unlabeled' in 2 of 4 rows (first row 2), expected train, validation or test. Leave "
        "those rows out, or rename the column if it does not define parts."
    )
    assert find_examples(frame.rename(columns={"split": "origin"})).parts is None


def test_a_column_that_marks_one_part_is_named():
    examples = find_examples(labelled(list("abab"), is_valid=[True, False, False, True]))
    assert examples.parts is None
    assert examples.notes[-1] == (
        "'is_valid' does not define parts; if it marks one, write train, validation or test in a column 'split'"
    )
