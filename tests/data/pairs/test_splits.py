"""Splits of sentence pairs: no sentence occurs in two parts."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.data.pairs.sentence_pairs import Pairs
from seqkit.data.pairs.splits import connected_groups, pair_groups, shared_notes, split_pairs
from seqkit.errors import UsageError

PARTS = ("train", "validation", "test")


def pairs_of(pairs: list[tuple[str, str]], parts: list[str] | None = None) -> Pairs:
    sources, targets = map(list, zip(*pairs, strict=True))
    array = None if parts is None else np.array(parts)
    return Pairs(sources, targets, array, ("a", "b"), np.arange(len(pairs)) + 1)


def slow_groups(links: list[tuple[int, int]]) -> list[set[int]]:
    """Groups of pairs by repeated merging."""
    groups: list[set[int]] = []
    for i, (source, target) in enumerate(links):
        touched = [group for group in groups if any(links[j][0] == source or links[j][1] == target for j in group)]
        groups = [group for group in groups if group not in touched] + [{i}.union(*touched)]
    return groups


LINKS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=40)


@settings(deadline=None)
@given(LINKS)
def test_groups_are_the_connected_ones(links):
    sources, targets = np.array(links).T
    groups = connected_groups(sources, targets)
    found = {frozenset(np.flatnonzero(groups == number).tolist()) for number in np.unique(groups)}
    assert found == set(map(frozenset, slow_groups(links)))


@settings(deadline=None)
@given(LINKS.filter(lambda links: len(slow_groups(links)) >= 3), st.sampled_from(["0.8,0.1,0.1", "0.4,0.3,0.3"]))
def test_no_sentence_is_in_two_parts_and_no_pair_is_lost(links, split):
    pairs = pairs_of([(f"s{a}", f"t{b}") for a, b in links])
    try:
        rows = split_pairs(pairs, split)
    except UsageError:
        return  # groups too large for the parts
    assert sorted(np.concatenate([rows[part] for part in PARTS]).tolist()) == list(range(len(pairs)))
    for sentences in (pairs.sources, pairs.targets):
        sets = [{sentences[i] for i in rows[part]} for part in PARTS]
        assert not (sets[0] & sets[1] or sets[0] & sets[2] or sets[1] & sets[2])
    for part in PARTS:
        assert (np.diff(rows[part]) > 0).all()


def test_sizes_are_exact_where_groups_allow_it():
    pairs = pairs_of([(f"source {i // 3}", f"target {i}") for i in range(3000)])
    sizes = {part: len(rows) for part, rows in split_pairs(pairs, "0.8,0.15,0.05").items()}
    assert sizes == {"train": 2400, "validation": 450, "test": 150}


def test_case_punctuation_forms_and_composition_do_not_separate_equal_sentences():
    pairs = pairs_of(
        [("Don't go.", "a"), ("don’t  GO.", "b"), ("Don't go", "c"), ("caf\u00e9", "d"), ("cafe\u0301", "e")]
    )
    assert pair_groups(pairs).tolist() == [0, 0, 1, 2, 2]


def test_split_is_the_same_each_time_and_random():
    pairs = pairs_of([(f"source {i}", f"target {i}") for i in range(1000)])
    first, second = (split_pairs(pairs, "0.8,0.1,0.1")["test"] for _ in range(2))
    assert (first == second).all() and 400 < first.mean() < 600


def test_large_groups_can_be_in_test():
    pairs = pairs_of([(f"source {i // 20}", f"target {i}") for i in range(2000)])
    rows = split_pairs(pairs, "0.8,0.1,0.1")
    assert len(rows["test"]) == 200 and len({pairs.sources[i] for i in rows["test"]}) == 10


def test_parts_of_the_data_are_kept_and_missing_ones_are_drawn_from_training():
    parts = ["test"] * 10 + ["train"] * 90
    pairs = pairs_of([(f"source {i // 2}", f"target {i}") for i in range(100)], parts)
    rows = split_pairs(pairs, "0.8,0.1,0.1")
    assert rows["test"].tolist() == list(range(10)) and len(rows["validation"]) == 10 and len(rows["train"]) == 80
    assert not {pairs.sources[i] for i in rows["train"]} & {pairs.sources[i] for i in rows["validation"]}
    complete = pairs_of([(str(i), str(i)) for i in range(3)], ["test", "train", "validation"])
    assert {part: rows.tolist() for part, rows in split_pairs(complete, "0.8,0.1,0.1").items()} == {
        "train": [1], "validation": [2], "test": [0],
    }  # fmt: skip


@pytest.mark.parametrize("split", ["0.8,0.1", "1,0,0", "a,b,c", "0.8,0.1,0.2"])
def test_invalid_splits_are_refused(split):
    with pytest.raises(UsageError, match="cannot be used: pass the fractions"):
        split_pairs(pairs_of([(str(i), str(i)) for i in range(30)]), split)


@pytest.mark.parametrize(
    ("pairs", "parts"),
    [
        ([("a", "b"), ("c", "d")], None),
        ([("a", str(i)) for i in range(30)], None),
        ([(str(i), str(i)) for i in range(30)], ["test"] * 30),
    ],
)
def test_parts_without_pairs_are_refused(pairs, parts):
    with pytest.raises(UsageError, match=r"There is no pair for the .* part: .* pairs that share a sentence stay"):
        split_pairs(pairs_of(pairs, parts), "0.8,0.1,0.1")


def test_shared_sentences_are_noted_where_the_data_defines_parts():
    pairs = [("Go.", "Va."), ("Sit.", "Assis."), ("go.", "Partez."), ("Run.", "assis."), ("New.", "Neuf.")]
    parts = ["train", "train", "test", "test", "validation"]
    shared = pairs_of(pairs, parts)
    notes = shared_notes(shared, split_pairs(shared, "0.8,0.1,0.1"))
    assert [note.partition(":")[0] for note in notes] == [
        "1 of 2 test pairs have a source that also occurs in training (first row 3)",
        "1 of 2 test pairs have a target that also occurs in training (first row 4)",
    ]
    assert shared_notes(pairs_of(pairs), {}) == []


def test_time_grows_with_the_number_of_pairs():
    def seconds(count: int) -> float:
        rng = np.random.default_rng(0)
        pairs = pairs_of([(f"s{a}", f"t{b}") for a, b in rng.integers(0, count, (count, 2)).tolist()])
        began = time.process_time()
        split_pairs(pairs, "0.8,0.1,0.1")
        return time.process_time() - began

    small = min(seconds(4_000) for _ in range(3))
    assert min(seconds(16_000) for _ in range(3)) < 10 * small
