"""Recognising the tag scheme of a file; tags that break it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqkit.data.tagged.reading import read_tagged
from seqkit.data.tagged.schemes import spans_of, tags_of
from seqkit.data.tagged.tag_checks import count_steps, recognise_scheme
from seqkit.errors import DataError
from tests.data.tagged.test_schemes import EXACT, sentences

without_deadline = settings(deadline=None, max_examples=50)

FILE = "words.conll"


def scheme_of(*lines):
    return recognise_scheme(count_steps([line.split() for line in lines]))


@pytest.mark.parametrize(
    ("tags", "scheme"),
    [
        ("B-a I-a O B-a", "IOB2"),
        ("I-a I-a O I-b B-b", "IOB1"),
        ("I-a I-a O I-b", "IOB1"),
        ("B-a O B-b", "IOB2"),
        ("I-a E-a O E-a", "IOE2"),
        ("I-a E-a I-a O I-a", "IOE1"),
        ("B-a E-a O S-b", "BIOES"),
        ("B-a I-a E-a O", "BIOES"),
        ("S-a O", "BIOES"),
        ("B-a L-a O U-b", "BILUO"),
        ("U-a O", "BILUO"),
        ("B-a M-a E-a", "BMES"),
        ("B M E S", "BMES"),
        ("B I O", "IOB2"),
        ("O O O person place O", "IO"),
        ("NOUN VERB", "plain"),
        ("-LRB- NN-TL NN-TL B", "plain"),
        ("O V O N", "plain"),
        ("O O", "IOB2"),
    ],
)
def test_scheme_is_recognised(tags, scheme):
    assert scheme_of(tags) == scheme


@pytest.mark.parametrize("scheme", EXACT)
@without_deadline
@given(data=st.lists(sentences(labels=("a", "b")), min_size=1, max_size=4))
def test_recognised_scheme_reads_and_writes_the_same_tags(scheme, data):
    tags = [tags_of(spans, length, scheme) for length, spans in data]
    recognised = recognise_scheme(count_steps(tags))
    assert [spans_of(sentence, recognised) for sentence in tags] == [spans for _, spans in data]
    assert [tags_of(spans, length, recognised) for length, spans in data] == tags


BROKEN = "Ada\tB-person\nLee\tI-person\n\nin\tO\nParis\tI-place\n\nTim\tB-person\nTom\tI-place\n"


def test_tag_that_breaks_the_scheme_is_named_with_line_and_remedy(written):
    with pytest.raises(DataError) as caught:
        read_tagged(written(BROKEN))
    assert "line 5 has the tag 'I-place' after 'O'; its tags are mostly IOB2. 2 tags break so." in str(caught.value)
    assert "--repair" in str(caught.value)


def test_repair_reads_broken_tags_as_conlleval_and_counts_them(written):
    corpus = read_tagged(written(BROKEN), repair=True)
    assert [" ".join(sentence.tags) for sentence in corpus.sentences] == [
        *("B-person I-person", "O B-place", "B-person B-place"),
    ]
    assert corpus.notes[0].startswith("2 tags break the scheme IOB2 and are repaired: line 5 has the tag 'I-place'")


@pytest.mark.parametrize(
    ("text", "scheme", "message"),
    [
        ("a\tI-x\n\nb\tO\n", "IOB2", "line 1 has the tag 'I-x' at the beginning of a sentence; --scheme is IOB2"),
        ("a\tB-x\nb\tI-x\n\nc\tO\n", "BIOES", "line 2 has the tag 'I-x' at the end of a sentence"),
        ("a\tB-x\nb\tO\n", "BIOES", "line 2 has the tag 'O' after 'B-x'"),
        (
            "a\tB-x\nb\tX-x\nc\tB-x\n",
            "auto",
            "line 2 has the tag 'X-x', expected O, or B or I with a label as in B-person",
        ),
        ("a\tB-x\nb\t0\nc\tB-x\n", "auto", "line 2 has the tag '0'"),
        ("a\tB-x\nb\tB-\nc\tB-x\n", "auto", "line 2 has the tag 'B-'"),
        ("a\tO\nb\tE-x\n\nc\tS-x\n", "IOB2", "line 2 has the tag 'E-x', expected O, or B or I"),
    ],
)
def test_kinds_of_breaks(written, text, scheme, message):
    with pytest.raises(DataError) as caught:
        read_tagged(written(text), scheme=scheme)
    assert message in str(caught.value)


def test_scheme_can_be_set_against_the_guess(written):
    path = written("a\tO\nb\tV\nc\tO\nd\tO\n")
    assert read_tagged(path).scheme == "IO"
    assert read_tagged(path, scheme="plain").scheme == "plain"


def test_note_tells_scheme_and_number_of_labels(written):
    assert read_tagged(written("a\tB-x\nb\tI-x\nc\tB-y\n")).notes == ["tags: scheme IOB2, 2 labels"]
