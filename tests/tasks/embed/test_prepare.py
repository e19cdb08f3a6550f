"""State and options of the embed task."""

import numpy as np
import pytest
from pydantic import ValidationError

from seqkit.data.text.corpus import Corpus
from seqkit.data.text.subwords import Subwords
from seqkit.errors import UsageError
from seqkit.spec import Spec
from seqkit.tasks.embed.prepare import EmbedState, prepare

WORDS = ["the", "a", "walked"]
CORPUS = Corpus(np.array([1, 2, 1, 3, 0], np.int32), WORDS, np.array([2, 1, 1]), 4, 1, "", [])
STATE = {"vocabulary": 3, "dim": 8, "tokenizer": "word", "lower": True, "min_count": 1, "sample": 0.0}


def test_the_state_holds_the_reading_options():
    state, ngrams = prepare(
        CORPUS, None, 0, dim=7, tokenizer="blank", lower=False, min_count=2, sample=0.01, buckets=50, phrases=0.5
    )
    assert ngrams is None
    assert state.model_dump() == {
        "vocabulary": 3,
        "kept": 0,
        "dim": 7,
        "tokenizer": "blank",
        "lower": False,
        "min_count": 2,
        "sample": 0.01,
        "subwords": None,
        "buckets": 0,
        "ngrams": 0,
        "phrases": 0.5,
    }
    assert state.spec == Spec.words(vocabulary=3, dim=7)


def test_subwords_return_the_ngrams_of_every_word():
    state, ngrams = prepare(CORPUS, None, 0, subwords="3-4", buckets=50)
    assert ngrams is not None
    # <the> has 3 + 2 n-grams of three and four characters, <a> one, <walked> 6 + 5.
    assert ngrams.offsets.tolist() == [0, 5, 6, 17]
    expected = Subwords(3, 4, 50).ngrams(WORDS)
    np.testing.assert_array_equal(ngrams.values, expected.values)
    assert (state.subwords, state.buckets, state.ngrams) == ((3, 4), 50, 17)
    assert state.spec == Spec.words(vocabulary=3, dim=100, buckets=50, ngrams=17)


@pytest.mark.parametrize(("given", "sizes"), [("3-6", (3, 6)), (" 2 - 2 ", (2, 2)), ("4", (4, 4)), ("1-12", (1, 12))])
def test_subwords_are_one_or_two_lengths(given, sizes):
    assert prepare(CORPUS, None, 0, subwords=given, buckets=9)[0].subwords == sizes


@pytest.mark.parametrize("given", ["", "0", "0-3", "6-3", "3-", "-3", "3-4-5", "a-b", "3,6", "1.5-2", "1000"])
def test_invalid_subwords_are_rejected(given):
    with pytest.raises(UsageError) as error:
        prepare(CORPUS, None, 0, subwords=given)
    assert str(error.value) == (
        "Received an invalid value for --subwords, expected the shortest and longest length of n-grams, as in 3-6, got "
        f"{given!r}."
    )


def test_the_state_survives_a_json_round_trip():
    state, _ = prepare(CORPUS, None, 0, subwords="3-4", buckets=50)
    assert EmbedState.model_validate_json(state.model_dump_json()) == state


@pytest.mark.parametrize(
    "wrong",
    [
        {"vocabulary": 1},
        {"dim": 0},
        {"tokenizer": "letters"},
        {"min_count": 0},
        {"sample": -0.1},
        {"buckets": -1},
        {"ngrams": -1},
        {"subwords": (3, 6)},
        {"subwords": (0, 6), "buckets": 5},
        {"subwords": (6, 3), "buckets": 5},
        {"colour": "red"},
    ],
    ids=str,
)
def test_an_inconsistent_state_is_rejected(wrong):
    EmbedState.model_validate(STATE)
    with pytest.raises(ValidationError):
        EmbedState.model_validate({**STATE, **wrong})


def test_the_state_is_frozen():
    with pytest.raises(ValidationError, match="frozen"):
        EmbedState.model_validate(STATE).dim = 5
