"""Simulated names: the rules that the module documents hold, and no list of words can find them."""

import importlib
from collections import Counter

import pytest

from seqkit.data.tagged.token_tables import corpus_of_frame
from seqkit.data.tagged.words import word_offsets
from seqkit.errors import UsageError
from seqkit.tasks.tag.baselines import CrfBaseline, MajorityTag
from seqkit.tasks.tag.metrics import tag_summary

demo = importlib.import_module("seqkit.datasets.demo_names")
LANGUAGES = ("english", "korean")


@pytest.fixture(scope="module", params=LANGUAGES)
def names(request):
    """The language, and 1,500 sentences of it."""
    return request.param, corpus_of_frame(demo.load(language=request.param, sentences=1500))


def stem(word, language):
    """The word of the vocabulary that a word with its particle is, or None."""
    known = demo._LANGUAGES[language]["words"].split("|")
    if language == "english":
        return word if word in known else None
    return next((name for name in known if word.startswith(name) and word[len(name) :] in PARTICLES), None)


PARTICLES = ("", "은", "는", "을", "를", "이라", "라")


def test_every_name_is_also_a_thing_and_means_all_three(names):
    language, corpus = names
    senses: dict[str, Counter[str]] = {}
    for sentence in corpus.sentences:
        for word, tag in zip(sentence.words, sentence.tags, strict=True):
            name = stem(word, language)
            assert name is not None or tag == "O", "all names are in the vocabulary"
            if name is not None:
                senses.setdefault(name, Counter())[tag.partition("-")[2] or "thing"] += 1
    assert set(senses) == set(demo._LANGUAGES[language]["words"].split("|"))
    for counts in senses.values():
        assert set(counts) == {"thing", "person", "place"}
        assert counts["thing"] == max(counts.values())


def test_lists_of_words_fail_and_the_nearest_words_do_not_suffice(names):
    _, corpus = names
    words, tags = corpus.words, corpus.tags
    scores = {}
    for baseline in (MajorityTag, CrfBaseline):
        options = {"iterations": 40} if baseline is CrfBaseline else {}
        fitted = baseline.fit(words[:1200], tags[:1200], **options)
        scores[baseline] = tag_summary(tags[1200:], fitted.predict(words[1200:]), "IOB2")["f1"]
    assert scores[MajorityTag] < 0.05
    assert 0.2 < scores[CrfBaseline] < 0.6, "some clauses tell by the neighbours, most do not"


def test_context_alone_determines_every_tag(names):
    """Sentences that differ in the names alone, up to their number of words, have the same tags."""
    language, corpus = names
    tags_of: dict[tuple[str, ...], tuple[str, ...]] = {}
    for sentence in corpus.sentences:
        context: list[str] = []
        tags: list[str] = []
        for word, tag in zip(sentence.words, sentence.tags, strict=True):
            name = stem(word, language)
            if name is None or context[-1:] != ["_"]:
                context.append("_" if name else word)
                tags.append(tag.replace("I-", "B-"))
        assert tags_of.setdefault(tuple(context), tuple(tags)) == tuple(tags)


def test_words_are_those_that_a_text_is_split_into(names):
    _, corpus = names
    for sentence in corpus.sentences:
        text = " ".join(sentence.words)
        assert tuple(text[start:end] for start, end in word_offsets(text)) == sentence.words


def test_no_two_sentences_are_equal_and_tags_keep_to_the_scheme(names):
    _, corpus = names
    assert len(set(corpus.words)) == len(corpus) == 1500
    assert corpus.scheme == "IOB2"


def test_korean_particles_and_verbs_agree():
    words = set(demo.load(language="korean", sentences=500)["word"])
    assert {"하늘은", "바다는", "하늘을", "바다를", "부른다", "한다"} <= words
    assert not {"하늘는", "바다은", "하늘를", "바다을"} & words


@pytest.mark.parametrize("language", LANGUAGES)
def test_more_sentences_never_change_the_first_ones(language):
    few, many = demo.load(language=language, sentences=20), demo.load(language=language, sentences=40)
    assert many.iloc[: len(few)].equals(few)
    assert not demo.load(language=language, sentences=20, names_seed=1).equals(few)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"sentences": 2}, "`sentences`, expected 3 to 100000, got 2"),
        ({"names_seed": -1}, "`names_seed`, expected 0 to 4294967295"),
        ({"language": "latin"}, "`language`, expected english or korean, got 'latin'"),
    ],
)
def test_invalid_option_is_named(options, complaint):
    with pytest.raises(UsageError, match=complaint):
        demo.load(**options)
