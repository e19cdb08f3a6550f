"""Stratified splits of labelled examples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqkit.data.labelled.splits import PARTS, split_examples
from seqkit.errors import UsageError

SPLIT = "0.6,0.2,0.2"


@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from("ab")), min_size=40, max_size=120))
def test_every_example_is_in_one_part_and_duplicates_share_it(examples):
    keys, labels = [key for key, _ in examples], [label for _, label in examples]
    try:
        positions = split_examples(keys, labels, None, SPLIT)
    except UsageError:
        return  # a few texts over and over do not make three parts
    assert sorted(np.concatenate([positions[name] for name in PARTS]).tolist()) == list(range(len(examples)))
    of_key: dict[int, set[str]] = {}
    for name in PARTS:
        for i in positions[name]:
            of_key.setdefault(keys[i], set()).add(name)
    assert all(len(names) == 1 for names in of_key.values())


def test_split_is_stratified_by_label():
    labels = ["rare"] * 50 + ["common"] * 950
    positions = split_examples(list(range(1000)), labels, None, SPLIT)
    rare = {name: int((positions[name] < 50).sum()) for name in PARTS}
    assert rare == {"train": 30, "validation": 10, "test": 10}
    assert {name: len(positions[name]) for name in PARTS} == {"train": 600, "validation": 200, "test": 200}


def test_rare_label_has_an_example_in_training():
    labels = ["only"] + ["other"] * 40
    assert 0 in split_examples(list(range(41)), labels, None, SPLIT)["train"]


def test_split_is_deterministic_and_not_in_file_order():
    keys, labels = list(range(300)), ["a", "b"] * 150
    first, again = (split_examples(keys, labels, None, SPLIT) for _ in range(2))
    for name in PARTS:
        np.testing.assert_array_equal(first[name], again[name])
    assert not np.array_equal(first["train"], np.arange(180))


def test_given_test_part_is_kept_and_validation_is_drawn_from_training():
    parts = np.array(["train"] * 80 + ["test"] * 20)
    positions = split_examples(list(range(100)), ["a", "b"] * 50, parts, SPLIT)
    np.testing.assert_array_equal(positions["test"], np.arange(80, 100))
    assert len(positions["train"]) == 60, "three quarters of the 80: 0.6 to 0.2"
    assert len(positions["validation"]) == 20


def test_given_parts_are_not_changed():
    parts = np.array(["train", "validation", "test", "train"])
    positions = split_examples(["a", "b", "c", "d"], ["x", "y", "x", "y"], parts, SPLIT)
    assert {name: rows.tolist() for name, rows in positions.items()} == {
        "train": [0, 3],
        "validation": [1],
        "test": [2],
    }


@pytest.mark.parametrize("split", ["0.8,0.2", "0.8,0.1,0.2", "1,0,0", "a,b,c", "8,1,1", "nan,0.5,0.5"])
def test_invalid_fractions_are_refused(split):
    with pytest.raises(UsageError, match=r"The split '.*' cannot be used: pass the fractions"):
        split_examples(list(range(100)), ["a"] * 100, None, split)


def test_too_few_examples_for_a_part_are_refused():
    with pytest.raises(UsageError, match=r"no example for the (validation|test) part: 2 examples"):
        split_examples(["x", "y"], ["a", "b"], None, SPLIT)
