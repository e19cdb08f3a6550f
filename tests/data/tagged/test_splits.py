"""Parts of tagged sentences: by document, or by sentence, and equal sentences in one part."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.data.tagged.sentences import TaggedCorpus, TaggedSentence
from seqkit.data.tagged.splits import sentence_keys, split_sentences
from seqkit.errors import UsageError

without_deadline = settings(deadline=None, max_examples=50)


def corpus(words, *, documents=None, parts=None, tags=None):
    sentences = [
        TaggedSentence(tuple(text.split()), tuple((tags or {}).get(i, ["O", "B-x"])[: len(text.split())]), d)
        for i, (text, d) in enumerate(zip(words, documents or [0] * len(words), strict=True))
    ]
    return TaggedCorpus(sentences, "IOB2", parts=parts, has_documents=documents is not None)


def part_of(corpus, split="0.8,0.1,0.1"):
    positions, notes = split_sentences(corpus, split)
    result = np.full(len(corpus), "", "<U10")
    for part, rows in positions.items():
        assert (result[rows] == "").all()
        assert (np.diff(rows) > 0).all()
        result[rows] = part
    assert (result != "").all()
    return result, notes


@without_deadline
@given(st.lists(st.integers(0, 30), min_size=60, max_size=80))
def test_equal_sentences_go_to_one_part_and_none_is_lost(numbers):
    numbers = [*numbers, *range(20)]
    result, notes = part_of(corpus([f"Word {n}" if i % 2 else f"word {n}" for i, n in enumerate(numbers)]))
    for number in set(numbers):
        assert len({result[i] for i, other in enumerate(numbers) if other == number}) == 1
    assert notes == []


def test_parts_have_the_requested_sizes_and_the_split_is_the_same_each_time():
    data = corpus([f"word {n}" for n in range(200)])
    result, _ = part_of(data, "0.7,0.2,0.1")
    assert [int((result == part).sum()) for part in ("train", "validation", "test")] == [140, 40, 20]
    assert (part_of(data, "0.7,0.2,0.1")[0] == result).all()


def test_documents_stay_whole():
    documents = [n // 5 for n in range(200)]
    result, notes = part_of(corpus([f"word {n}" for n in range(200)], documents=documents))
    assert all(len({*result[n * 5 : n * 5 + 5].tolist()}) == 1 for n in range(40))
    assert {*result.tolist()} == {"train", "validation", "test"}
    assert notes == ["split by document: 40 documents stay whole"]


def test_documents_with_a_common_sentence_go_together():
    words = [f"word {n}" for n in range(200)]
    words[7] = words[150]
    documents = [n // 5 for n in range(200)]
    result, _ = part_of(corpus(words, documents=documents))
    assert len({*result[5:10].tolist(), *result[150:155].tolist()}) == 1


def test_documents_are_split_although_all_of_them_have_a_common_sentence():
    words = [f"word {n}" if n % 5 else "the end" for n in range(200)]
    result, notes = part_of(corpus(words, documents=[n // 5 for n in range(200)]))
    assert all(len({*result[n * 5 : n * 5 + 5].tolist()}) == 1 for n in range(40))
    assert "too many have sentences in common" in notes[0]
    assert notes[2].endswith("test sentences also occur in training")


def test_few_documents_are_split_by_sentence():
    result, notes = part_of(corpus([f"word {n}" for n in range(100)], documents=[n // 50 for n in range(100)]))
    assert len({*result[:50].tolist()}) == 3
    assert notes == ["split by sentence: 2 documents are too few to stay whole, at least 10 are needed"]


def test_parts_of_the_data_stay_and_validation_is_taken_from_training():
    parts = np.array(["train"] * 80 + ["test"] * 20)
    words = [f"word {n}" for n in range(80)] + [f"word {n}" for n in range(20)]
    result, notes = part_of(corpus(words, parts=parts))
    assert (result[80:] == "test").all()
    assert {*result[:80].tolist()} == {"train", "validation"}
    repeated = int((result[:20] == "train").sum())
    assert repeated > 10
    assert notes == [f"{repeated} of 20 test sentences also occur in training"]


def test_rare_label_is_in_training():
    tags = {5: ["B-rare", "O"]}
    for split in ("0.8,0.1,0.1", "0.4,0.3,0.3"):
        assert part_of(corpus([f"word {n}" for n in range(30)], tags=tags), split)[0][5] == "train"


def test_case_makes_no_other_sentence_but_word_boundaries_do():
    assert sentence_keys([("A", "b"), ("a", "B"), ("ab",), ("a b",)]).tolist() == [0, 0, 1, 2]


def test_too_few_sentences_are_refused():
    with pytest.raises(UsageError, match="no example for the"):
        split_sentences(corpus(["word 1", "word 1", "word 2"]))
    with pytest.raises(UsageError, match=r"frame has 1 sentence, but .* a blank line ends a sentence"):
        split_sentences(corpus(["word 1"]))
    with pytest.raises(UsageError, match="split '1,0'"):
        split_sentences(corpus(["word 1"] * 5), "1,0")
