"""Stratified splits of labelled examples."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.data.labelled.former_splits import draw_by_label
from seqkit.data.labelled.splits import PARTS, part_sizes, split_examples
from seqkit.errors import UsageError

SPLIT = "0.6,0.2,0.2"


def split(labels, groups=None, parts=None, shares=SPLIT, **options):
    """Positions of the parts; a label may be given as it is, and groups are optional."""
    labels = [(label,) if isinstance(label, str) else label for label in labels]
    return split_examples(
        np.arange(len(labels)) if groups is None else np.array(groups), labels, parts, shares, **options
    )


def counts(positions, labels):
    """Number of examples of each label in each part."""
    of_part = {name: Counter(label for i in positions[name] for label in labels[i]) for name in PARTS}
    return {label: [of_part[name][label] for name in PARTS] for example in labels for label in example}


def sizes(positions):
    return [len(positions[name]) for name in PARTS]


@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from("ab")), min_size=40, max_size=120))
def test_every_example_is_in_one_part_and_duplicates_share_it(examples):
    groups, labels = [group for group, _ in examples], [label for _, label in examples]
    try:
        positions = split(labels, groups)
    except UsageError:
        return  # a few texts over and over do not make three parts
    assert sorted(np.concatenate([positions[name] for name in PARTS]).tolist()) == list(range(len(examples)))
    of_group: dict[int, set[str]] = {}
    for name in PARTS:
        for i in positions[name]:
            of_group.setdefault(groups[i], set()).add(name)
    assert all(len(names) == 1 for names in of_group.values())


@settings(deadline=None)
@given(
    st.lists(st.frozensets(st.sampled_from("abcdefgh"), max_size=4), min_size=20, max_size=80),
    st.sampled_from(["0.8,0.1,0.1", "0.6,0.2,0.2", "0.5,0.2,0.3"]),
)
def test_parts_have_the_requested_sizes_and_every_label_is_in_training(examples, shares):
    labels = [tuple(example) for example in examples]
    positions = split(labels, shares=shares)
    assert sizes(positions) == part_sizes(len(labels), np.array([float(share) for share in shares.split(",")])).tolist()
    assert all(row[0] > 0 for row in counts(positions, labels).values())


@settings(deadline=None)
@given(st.lists(st.integers(1, 12), min_size=2, max_size=60))
def test_every_class_is_near_its_share(members):
    labels = [(str(number),) for number, count in enumerate(members) for _ in range(count)] + [("other",)] * 100
    for row in counts(split(labels, shares="0.8,0.1,0.1"), labels).values():
        quotas = np.array([0.8, 0.1, 0.1]) * sum(row)
        if sum(row) > 1:  # a single example goes to training, and others make up for it
            assert np.abs(np.array(row) - quotas).max() <= 2 + 0.1 * sum(row)


def test_sizes_are_of_largest_remainder():
    assert part_sizes(2000, np.array([0.8, 0.1, 0.1])).tolist() == [1600, 200, 200]
    assert part_sizes(7, np.array([0.6, 0.2, 0.2])).tolist() == [4, 2, 1]
    assert part_sizes(10, np.array([0.7, 0.15, 0.15])).tolist() == [7, 2, 1]


def test_split_is_stratified_by_label():
    labels = ["rare"] * 50 + ["common"] * 950
    positions = split(labels)
    rare = {name: int((positions[name] < 50).sum()) for name in PARTS}
    assert rare == {"train": 30, "validation": 10, "test": 10}
    assert {name: len(positions[name]) for name in PARTS} == {"train": 600, "validation": 200, "test": 200}


@pytest.mark.parametrize("members", [2, 3, 4, 5, 6, 7])
def test_classes_of_few_examples_have_their_share_of_every_part(members):
    rare = 1000 // members * members
    labels = [("other",)] * 1000 + [(str(number // members),) for number in range(rare)]
    positions = split(labels, shares="0.8,0.1,0.1")
    assert sizes(positions) == part_sizes(1000 + rare, np.array([0.8, 0.1, 0.1])).tolist()
    others = counts(positions, labels)["other"]
    assert others == pytest.approx([800, 100, 100], abs=2)


def test_many_classes_of_five_examples_are_split():
    labels = [(str(number // 5),) for number in range(1500)]
    positions = split(labels, shares="0.8,0.1,0.1")
    assert sizes(positions) == [1200, 150, 150]
    assert all(row in ([4, 1, 0], [4, 0, 1]) for row in counts(positions, labels).values())


def test_labels_of_one_example_stay_in_training_and_sizes_hold():
    labels = [("other",)] * 1000 + [(str(number),) for number in range(500)]
    positions = split(labels, shares="0.8,0.1,0.1")
    assert sizes(positions) == [1200, 150, 150]
    assert counts(positions, labels)["other"] == [700, 150, 150]


def test_every_tag_of_examples_with_three_tags_has_its_share():
    rng = np.random.default_rng(0)
    labels = [tuple(rng.permutation(list("abcdefghijkl"))[:3].tolist()) for _ in range(2000)]
    positions = split(labels, shares="0.8,0.1,0.1")
    assert sizes(positions) == [1600, 200, 200]
    for row in counts(positions, labels).values():
        np.testing.assert_allclose(np.array(row) / sum(row), [0.8, 0.1, 0.1], atol=0.025)


def test_order_of_the_labels_of_an_example_does_not_matter():
    labels = [("a", "b") if i % 2 else ("b", "c", "a") for i in range(60)]
    expected, found = split(labels), split([tuple(sorted(example)) for example in labels])
    for name in PARTS:
        np.testing.assert_array_equal(found[name], expected[name])


def test_examples_without_a_label_have_their_share():
    labels = [("a",) if i % 2 else () for i in range(100)]
    positions = split(labels)
    assert sizes(positions) == [60, 20, 20]
    assert [sum(not labels[i] for i in positions[name]) for name in PARTS] == [30, 10, 10]


def test_groups_of_duplicates_have_their_share():
    positions = split(["a", "b"] * 600, [i // 4 for i in range(1200)], shares="0.8,0.1,0.1")
    assert sizes(positions) == [960, 120, 120]
    positions = split(["a"] * 300 + ["b"] * 700, [0] * 300 + list(range(1, 701)))
    assert sizes(positions) == [600, 200, 200] and set(range(300)) <= set(positions["train"].tolist())


def test_more_classes_than_training_examples_leave_every_class_in_training():
    labels = [(str(number),) for number in range(50)] + [("a",), ("b",)] * 25
    positions = split(labels, shares="0.4,0.3,0.3")
    assert [row[0] for row in counts(positions, labels).values()] == [1] * 52
    assert sizes(positions) == [52, 24, 24]


def test_time_grows_with_examples_and_labels():
    rng = np.random.default_rng(0)
    labels = [tuple(map(str, rng.integers(0, 5000, 5))) for _ in range(20_000)]
    placed = split(labels, shares="0.8,0.1,0.1")
    assert sizes(placed) == [16_000, 2000, 2000]


def test_rare_label_has_an_example_in_training():
    labels = ["only"] + ["other"] * 40
    assert 0 in split(labels)["train"]
    assert 0 in split(labels, shares="0.2,0.6,0.2")["train"]


def test_split_is_deterministic_and_not_in_file_order():
    labels = ["a", "b"] * 150
    first, again = (split(labels) for _ in range(2))
    for name in PARTS:
        np.testing.assert_array_equal(first[name], again[name])
    assert not np.array_equal(first["train"], np.arange(180))


def test_given_test_part_is_kept_and_validation_is_drawn_from_training():
    parts = np.array(["train"] * 80 + ["test"] * 20)
    positions = split(["a", "b"] * 50, parts=parts)
    np.testing.assert_array_equal(positions["test"], np.arange(80, 100))
    assert len(positions["train"]) == 60, "three quarters of the 80: 0.6 to 0.2"
    assert len(positions["validation"]) == 20


def test_given_parts_are_not_changed():
    parts = np.array(["train", "validation", "test", "train"])
    positions = split(["x", "y", "x", "y"], parts=parts)
    assert {name: rows.tolist() for name, rows in positions.items()} == {
        "train": [0, 3],
        "validation": [1],
        "test": [2],
    }


@pytest.mark.parametrize("shares", ["0.8,0.2", "0.8,0.1,0.2", "1,0,0", "a,b,c", "8,1,1", "nan,0.5,0.5"])
def test_invalid_fractions_are_refused(shares):
    with pytest.raises(UsageError, match=r"The split '.*' cannot be used: pass the fractions"):
        split(["a"] * 100, shares=shares)


def test_too_few_examples_for_a_part_are_refused():
    with pytest.raises(UsageError, match=r"no example for the (validation|test) part: 2 examples, split 0.6"):
        split(["a", "b"])
    with pytest.raises(
        UsageError, match=r"no example for the (validation|test) part: 40 examples, 2 of them different, split"
    ):
        split(["a", "b"] * 20, [0, 1] * 20)


def test_former_draw_is_unchanged():
    """The positions are those that version 1 of `data.rules` drew."""
    labels = ["a", "b", "b"] * 8
    positions = split(labels, [i if i % 5 else 0 for i in range(24)], draw=draw_by_label)
    assert positions["validation"].tolist() == [0, 5, 8, 9, 10, 15, 20, 22]
    assert positions["test"].tolist() == [12, 16, 19, 23]
