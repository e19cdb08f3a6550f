"""State and parts of the tag task."""

import numpy as np
import pytest

from seqkit.data.tagged.sentences import Layout, TaggedCorpus, TaggedSentence
from seqkit.errors import DataError
from seqkit.inference.linear_chain import IMPOSSIBLE
from seqkit.spec import Spec
from seqkit.tasks.embed.inference import vectors_of
from seqkit.tasks.tag import prepare as tag
from seqkit.tasks.tag.prepare import decode, encode, pieces

NAMES = [("Ada", "B-person"), ("Lee", "I-person"), ("met", "O"), ("Tim", "B-person"), ("in", "O"), ("Rome", "B-place")]


def prepare(corpus: TaggedCorpus, **options):
    return tag.prepare(corpus, vectors_of, **options)


def corpus_of(sentences: list[list[tuple[str, str]]], scheme: str = "IOB2", parts=None) -> TaggedCorpus:
    tagged = [TaggedSentence(*(tuple(column) for column in zip(*words, strict=True))) for words in sentences]
    return TaggedCorpus(tagged, scheme, Layout(), None if parts is None else np.array(parts))


def in_parts(train, validation, test, scheme: str = "IOB2") -> TaggedCorpus:
    """A corpus whose parts are the given sentences."""
    parts = ["train"] * len(train) + ["validation"] * len(validation) + ["test"] * len(test)
    return corpus_of([*train, *validation, *test], scheme, parts)


PLAIN = [[("a", "DET"), ("dog", "NOUN"), ("barks", "VERB")]]


def test_model_has_every_tag_of_iob2_for_the_labels_of_training_whatever_their_scheme():
    names = [(word, tag.replace("B-place", "S-place")) for word, tag in NAMES]
    names[1], names[3] = ("Lee", "E-person"), ("Tim", "S-person")
    state, _, splits = prepare(in_parts([names], [names[2:]], [names[:2]], "BIOES"))
    assert state.scheme == "BIOES"
    assert state.tags == ("O", "B-person", "I-person", "B-place", "I-place")
    named = [state.tags[number] for number in splits.train.tags]
    assert named == ["B-person", "I-person", "O", "B-person", "O", "B-place"]
    assert set(state.data_tags) == {"O", *(f"{letter}-{label}" for letter in "BIES" for label in ("person", "place"))}


def test_plain_tags_are_those_of_training_sorted():
    state, _, splits = prepare(in_parts(PLAIN, PLAIN, PLAIN, "plain"))
    assert state.tags == state.data_tags == ("DET", "NOUN", "VERB") and splits.test.tags.tolist() == [0, 1, 2]
    assert not state.legal().any()


def test_vocabulary_is_fitted_on_training_only():
    corpus = in_parts([NAMES], [[("Zoë", "O")] * 4], [NAMES])
    state, words, splits = prepare(corpus, vocabulary=5)
    assert words.words == ("ada", "lee", "met") and (state.vocabulary, state.alphabet) == (5, words.alphabet)
    assert (splits.validation.inputs.values[:, 0] == 1).all()
    assert "unknown words: 50.0% of train, 100.0% of validation, 50.0% of test" in splits.notes


def test_labels_that_training_lacks_are_named_and_count_as_outside():
    corpus = in_parts([NAMES], [[("Acme", "B-firm"), ("Ada", "B-person")]], [NAMES])
    state, _, splits = prepare(corpus)
    assert [state.tags[number] for number in splits.validation.tags] == ["O", "B-person"]
    assert "no training sentence has these labels of validation, which are never found: firm" in splits.notes
    corpus = in_parts(PLAIN, PLAIN, [[("very", "ADV")]], "plain")
    assert any(note.endswith("labels of test, which are never found: ADV") for note in prepare(corpus)[2].notes)


def test_long_sentences_are_cut_and_a_span_across_the_cut_becomes_two():
    sentence = [("a", "O"), ("b", "B-x"), ("c", "I-x"), ("d", "I-x"), ("e", "O")]
    state, words, splits = prepare(in_parts([sentence], [sentence[:1]], [sentence]), length=3)
    assert splits.train.inputs.lengths.tolist() == [3, 2] and len(splits.train) == 1
    assert [state.tags[number] for number in splits.train.tags] == ["O", "B-x", "I-x", "B-x", "O"]
    assert encode(state, words, [("a",) * 7, ()]).lengths.tolist() == [3, 3, 1]
    assert [list(piece) for piece in pieces("abcde", 2)] == [["a", "b"], ["c", "d"], ["e"]]


def test_decoded_tags_have_the_scheme_of_the_data_and_one_list_per_sentence():
    state, _, _ = prepare(in_parts([NAMES], [NAMES], [NAMES]), length=3)
    numbers = [
        np.array([state.tags.index(tag) for tag in piece]) for piece in (["B-place", "I-place", "O"], ["B-person"])
    ]
    assert decode(state, numbers, [4, 0]) == [["B-place", "I-place", "O", "B-person"], []]
    assert decode(state, numbers, [0, 3, 1]) == [[], ["B-place", "I-place", "O"], ["B-person"]]


def test_pairs_of_tags_that_break_the_scheme_are_excluded():
    state, _, _ = prepare(in_parts([NAMES], [NAMES], [NAMES]))
    legal, border = state.legal(), len(state.tags)
    index = {tag: number for number, tag in enumerate(state.tags)} | {None: border}
    for before, after, expected in (
        ("B-person", "I-person", True),
        ("I-person", "I-person", True),
        ("B-person", "I-place", False),
        ("O", "I-person", False),
        ("I-person", "B-person", True),
        (None, "B-place", True),
        (None, "I-place", False),
        ("I-place", None, True),
    ):
        assert legal[index[before], index[after]] == (0 if expected else IMPOSSIBLE), (before, after)


def test_features_take_as_many_slots_as_the_longest_word_needs_and_few_weights():
    state, _, splits = prepare(in_parts([NAMES], [NAMES], [NAMES]))
    assert 10 < state.slots < 100 and state.buckets < 1024
    assert prepare(in_parts([NAMES], [NAMES], [NAMES]), buckets=64)[0].buckets == 64
    assert splits.train.inputs.values.shape == (6, 1 + state.characters + state.slots)
    without, _, splits = prepare(in_parts([NAMES], [NAMES], [NAMES]), features=False)
    assert without.slots == 0 and splits.train.inputs.values.shape == (6, 21)


def test_state_is_stored_as_json_and_defines_the_spec():
    state, _, _ = prepare(in_parts([NAMES], [NAMES], [NAMES]), decoder="softmax", embedding=7, character_filters=3)
    assert type(state).model_validate_json(state.model_dump_json()) == state
    assert isinstance(state.spec, Spec) and state.spec.features == 10 and not state.spec.gives.crf
    assert state.spec.gives.count == len(state.tags) and state.spec.gives.slots == state.slots


def test_single_tag_is_refused():
    outside = [[("nothing", "O"), ("here", "O")]]
    with pytest.raises(DataError, match=r"no tag other than 'O', and a tagger needs at least two\. Give sentences"):
        prepare(in_parts(outside, [NAMES], [NAMES]))
    with pytest.raises(DataError, match="no tag other than 'X'"):
        prepare(in_parts([[("a", "X")]], PLAIN, PLAIN, "plain"))


def test_pretrained_vectors_start_the_embedding_and_add_their_words(tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_text("ada 1 2 3\nparis 4 5 6\nTim 7 8 9\n", encoding="utf-8")
    state, words, splits = prepare(in_parts([NAMES], [[("Paris", "O")]], [NAMES]), vectors=str(path))
    assert words.words == ("ada", "lee", "met", "tim", "in", "rome", "paris") and state.embedding == 3
    assert splits.embedding.shape == (9, 3)
    np.testing.assert_array_equal(splits.embedding[[2, 8]], [[1, 2, 3], [4, 5, 6]])
    assert splits.validation.inputs.values[0, 0] == 8
    assert any("covers 2 of 9 tokens" in note for note in splits.notes)
    assert prepare(in_parts([NAMES], [NAMES], [NAMES]), vectors=str(path), vocabulary=4)[1].words == ("ada", "lee")


def test_vectors_of_another_dimension_or_of_other_words_are_refused(tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_text("Unseen 1 2\n", encoding="utf-8")
    corpus = in_parts([NAMES], [NAMES], [NAMES])
    with pytest.raises(DataError, match="cover none of the 8 tokens"):
        prepare(corpus, vectors=str(path))
    path.write_text("ada 1 2\n", encoding="utf-8")
    with pytest.raises(DataError, match="have 2 dimensions, but --embedding is 3"):
        prepare(corpus, vectors=str(path), embedding=3)
