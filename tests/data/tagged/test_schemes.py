"""Tag schemes: read as conlleval does, and converted there and back without loss."""

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seqeval.metrics.sequence_labeling import get_entities

from seqkit.data.tagged.schemes import SCHEMES, Span, convert, illegal_steps, spans_of, tag_set, tags_of
from seqkit.data.tagged.transitions import legal_transitions

without_deadline = settings(deadline=None, max_examples=50)

EXACT = [scheme for scheme in SCHEMES if scheme not in ("IO", "plain")]
WRITTEN = {
    "IOB1": "I-a I-a I-a B-a O I-a I-b",
    "IOB2": "B-a I-a I-a B-a O B-a B-b",
    "IOE1": "I-a I-a E-a I-a O I-a I-b",
    "IOE2": "I-a I-a E-a E-a O E-a E-b",
    "BIOES": "B-a I-a E-a S-a O S-a S-b",
    "BILUO": "B-a I-a L-a U-a O U-a U-b",
    "BMES": "B-a M-a E-a S-a O S-a S-b",
}
SPANS = [Span(0, 3, "a"), Span(3, 4, "a"), Span(5, 6, "a"), Span(6, 7, "b")]


@st.composite
def sentences(draw, labels=("person", "creative-work", "")):
    """The number of words of a sentence, and spans in it."""
    lengths = draw(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 4), st.sampled_from(labels)), max_size=5))
    spans, position = [], 0
    for gap, length, label in lengths:
        spans.append(Span(position + gap, position + gap + length, label))
        position += gap + length
    return position + draw(st.integers(0, 2)), spans


@pytest.mark.parametrize("scheme", EXACT)
def test_scheme_writes_spans_as_documented(scheme):
    assert tags_of(SPANS, 7, scheme) == WRITTEN[scheme].split()
    assert spans_of(WRITTEN[scheme].split(), scheme) == SPANS


@pytest.mark.parametrize("scheme", EXACT)
@without_deadline
@given(sentence=sentences())
def test_spans_come_back_from_every_scheme(scheme, sentence):
    length, spans = sentence
    tags = tags_of(spans, length, scheme)
    assert spans_of(tags, scheme) == spans
    assert list(illegal_steps(tags, scheme)) == []


@pytest.mark.parametrize("scheme", EXACT)
@without_deadline
@given(sentence=sentences())
def test_tags_come_back_from_every_other_scheme(scheme, sentence):
    tags = tags_of(sentence[1], sentence[0], scheme)
    for other in EXACT:
        assert convert(convert(tags, scheme, other), other, scheme) == tags


@pytest.mark.parametrize("scheme", EXACT)
def test_tags_are_legal_exactly_if_they_are_what_the_scheme_writes(scheme):
    tags = tag_set(("a", "b"), scheme)
    start, follow, end = legal_transitions(tags, scheme)
    for length in (1, 2, 3):
        for numbers in product(range(len(tags)), repeat=length):
            sentence = [tags[number] for number in numbers]
            is_written = tags_of(spans_of(sentence, scheme), length, scheme) == sentence
            pairs = list(pairwise(numbers))
            assert (start[numbers[0]] and end[numbers[-1]] and all(follow[pair] for pair in pairs)) == is_written
            assert (not list(illegal_steps(sentence, scheme))) == is_written


@without_deadline
@given(st.lists(st.sampled_from(["O", *(f"{letter}-{label}" for letter in "BIES" for label in ("x", "y"))])))
def test_broken_tags_are_read_as_conlleval_reads_them(tags):
    assert spans_of(tags) == [Span(start, end + 1, label) for label, start, end in get_entities(tags)]


@without_deadline
@given(st.lists(st.sampled_from(["O", *(f"{letter}-{label}" for letter in "BILU" for label in ("x", "y"))])))
def test_letters_of_biluo_mean_those_of_bioes(tags):
    assert spans_of(tags) == spans_of([tag.replace("L-", "E-").replace("U-", "S-") for tag in tags])


def test_broken_tags_worked_out_by_hand():
    assert spans_of(["I-a", "O", "I-a", "B-a", "I-b", "E-b", "I-b", "O", "E-b"]) == [
        *(Span(0, 1, "a"), Span(2, 3, "a"), Span(3, 4, "a")),
        *(Span(4, 6, "b"), Span(6, 7, "b"), Span(8, 9, "b")),
    ]
    assert spans_of(["0", "X-a", "person", "B-"]) == [], "no letter, no span"


def test_scheme_without_letters_merges_neighbours():
    assert spans_of(["a", "a", "O", "b"], "IO") == [Span(0, 2, "a"), Span(3, 4, "b")]
    assert tags_of([Span(0, 2, "a"), Span(3, 4, "b")], 4, "IO") == ["a", "a", "O", "b"]
    assert tag_set(("a", "b"), "IO") == ("O", "a", "b")


def test_plain_tags_have_no_spans():
    assert spans_of(["NOUN", "B-x"], "plain") == []
    assert legal_transitions(("NOUN", "VERB"), "plain")[1].all()
    for call in (lambda: tags_of([], 1, "plain"), lambda: tag_set(("a",), "plain")):
        with pytest.raises(ValueError, match="plain has no spans"):
            call()


@pytest.mark.parametrize("span", [Span(0, 0, "a"), Span(1, 4, "a"), Span(-1, 1, "a")])
def test_spans_outside_the_sentence_are_refused(span):
    with pytest.raises(ValueError, match="in 3 words"):
        tags_of([span], 3, "IOB2")


def test_overlapping_spans_are_refused():
    with pytest.raises(ValueError, match="after the end 2 of another"):
        tags_of([Span(0, 2, "a"), Span(1, 3, "b")], 3, "IOB2")


def test_number_of_tags_of_each_scheme():
    sizes = {scheme: len(tag_set(("a", "b"), scheme)) for scheme in EXACT}
    assert sizes == {"IOB1": 5, "IOB2": 5, "IOE1": 5, "IOE2": 5, "BIOES": 9, "BILUO": 9, "BMES": 9}
    assert np.shape(legal_transitions(tag_set(("a",), "BIOES"), "BIOES")[1]) == (5, 5)
