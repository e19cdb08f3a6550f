"""Baselines of tagging, against CRFsuite itself and by hand."""

import numpy as np
import pytest

from seqkit.errors import DataError
from seqkit.tasks.tag.baselines import CrfBaseline, MajorityTag
from seqkit.tasks.tag.word_features import sentence_features

WORDS = ("in", "at", "Rom", "Ada", "sees", "and", "\0", "a: b", "-->")


def corpus(sentences=60, seed=0):
    """Sentences of made-up words, whose tag depends on the word before and on capitals."""
    rng = np.random.default_rng(seed)
    words, tags = [], []
    for _ in range(sentences):
        sentence = [WORDS[i] for i in rng.integers(0, len(WORDS), rng.integers(1, 9))]
        words.append(sentence)
        tags.append(
            [
                "B-place" if i and sentence[i - 1] == "in" else "B-person" if word[0].isupper() else "O"
                for i, word in enumerate(sentence)
            ]
        )
    return words, tags


@pytest.fixture(scope="module")
def fitted():
    return CrfBaseline.fit(*corpus(), iterations=30)


def test_crf_predicts_as_crfsuite_does(fitted, tmp_path):
    import pycrfsuite

    words, tags = corpus()
    words = [[word.replace("\0", "x") for word in sentence] for sentence in words]
    trainer = pycrfsuite.Trainer(verbose=False)
    trainer.set_params({"c1": 0.1, "c2": 0.1, "max_iterations": 30, "feature.possible_transitions": True})
    for sentence, sentence_tags in zip(words, tags, strict=True):
        trainer.append(sentence_features(sentence), sentence_tags)
    trainer.train(str(tmp_path / "crf"))
    tagger = pycrfsuite.Tagger()
    tagger.open(str(tmp_path / "crf"))
    new = [[word.replace("\0", "x") for word in sentence] for sentence in corpus(40, seed=1)[0]]
    expected = [tagger.tag(sentence_features(sentence)) for sentence in new]
    assert CrfBaseline.fit(words, tags, iterations=30).predict(new) == expected


def test_crf_learns_from_neighbours_and_shapes(fitted):
    assert fitted.predict([["Ada", "sees", "Rom", "in", "Rom"], ["in", "at"]]) == [
        ["B-person", "O", "B-person", "O", "B-place"],
        ["O", "B-place"],
    ]


def test_crf_uses_weights_of_pairs_of_tags():
    crf = CrfBaseline(
        tags=("O", "B-x"),
        features=("w=a",),
        feature_of_weight=np.array([0]),
        tag_of_weight=np.array([1]),
        weights=np.array([2.0], np.float32),
        transitions=np.array([[0, 0], [0, -5]], np.float32),
    )
    assert crf.predict([["a", "a", "b"], [], ["a"]]) == [["B-x", "O", "O"], [], ["B-x"]]


def test_score_of_outside_is_lowered_as_far_as_f1_on_validation_grows():
    crf = CrfBaseline(
        tags=("O", "B-x"),
        features=("w=a", "w=b", "w=c"),
        feature_of_weight=np.array([0, 1, 2]),
        tag_of_weight=np.array([0, 0, 0]),
        weights=np.array([1.6, 2.6, 3.6], np.float32),
        transitions=np.zeros((2, 2), np.float32),
    )
    words, tags = [["a", "b", "c"]] * 2, [["B-x", "B-x", "O"]] * 2
    assert crf.predict(words)[0] == ["O", "O", "O"]
    tuned = crf.tuned(words, tags, "IOB2")
    assert tuned.predict(words) == tags
    assert tuned.outside_bias == 2.75, "the smallest of the amounts that separate 2.6 from 3.6"
    assert CrfBaseline.from_arrays(tuned.arrays()).outside_bias == 2.75


def test_batches_of_sentences_do_not_change_predictions(fitted, monkeypatch):
    words = [*corpus(30, seed=2)[0], []]
    whole = fitted.predict(words)
    monkeypatch.setattr("seqkit.tasks.tag.baselines._MAX_ENTRIES", 40)
    assert fitted.predict(words) == whole


def test_majority_tag_worked_out_by_hand():
    words = [["a", "a", "b", "c"], ["a", "b", "d", "c"]]
    tags = [["X", "Y", "Y", "O"], ["X", "O", "O", "O"]]
    majority = MajorityTag.fit(words, tags)
    assert majority.predict([["a", "b", "c", "d", "new"], []]) == [["X", "O", "O", "O", "O"], []]
    assert majority.words == ("a",)


@pytest.mark.parametrize("kind", [CrfBaseline, MajorityTag])
def test_stored_baseline_predicts_the_same(kind, tmp_path):
    words, tags = corpus()
    baseline = kind.fit(words, tags)
    np.savez(tmp_path / "arrays.npz", **baseline.arrays())
    with np.load(tmp_path / "arrays.npz", allow_pickle=False) as arrays:
        restored = kind.from_arrays(arrays)
    assert restored.predict(words) == baseline.predict(words)


def json_array(text):
    return np.frombuffer(text.encode(), np.uint8)


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("tags", json_array("["), "'tags'"),
        ("tags", json_array("[]"), "'tags' is empty"),
        ("tags", json_array('["O", "O"]'), "duplicates"),
        ("features", json_array("[1]"), "no list of strings"),
        ("features", json_array('{"a": 1}'), "no list of strings"),
        ("features", json_array("[" * 100_000), "'features'"),
        ("feature_of_weight", np.array([0, 0]), "shape"),
        ("tag_of_weight", np.array([-1]), "out of range"),
        ("weights", np.array([np.nan], np.float32), "not finite"),
        ("transitions", np.zeros((1, 2), np.float32), "shape"),
    ],
)
def test_damaged_array_is_named(name, array, message):
    crf = CrfBaseline(
        ("O", "B-x"), ("w=a",), np.array([0]), np.array([1]), np.ones(1, np.float32), np.zeros((2, 2), np.float32)
    )
    arrays = crf.arrays()
    CrfBaseline.from_arrays(arrays)
    with pytest.raises(DataError, match=message):
        CrfBaseline.from_arrays(arrays | {name: array})


def test_missing_array_is_named():
    with pytest.raises(DataError, match="missing"):
        MajorityTag.from_arrays({})
    with pytest.raises(DataError, match="out of range"):
        MajorityTag.from_arrays(
            {"tags": json_array('["O"]'), "words": json_array('["a"]'), "tag_of_word": np.array([1])}
        )
