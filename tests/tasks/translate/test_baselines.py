"""Baselines of translation: IBM model 1 against a direct implementation, and the nearest sentence by hand."""

import math
from collections import defaultdict

import numpy as np
import pytest

from seqkit.tasks.translate.baselines import COPY, NEAREST, WORD_BY_WORD, fit_baselines
from seqkit.tasks.translate.ibm_model1 import WordByWord
from seqkit.tasks.translate.metrics import score_translations
from seqkit.tasks.translate.nearest import NearestSentence
from seqkit.tasks.translate.translation_table import fit_translation_table
from seqkit.tasks.translate.word_tokens import join_tokens, tokens

SOURCES = ["das Haus", "das Buch", "ein Buch", "ein kleines Haus", "das kleine Buch", "Haus und Buch"]
TARGETS = ["the house", "the book", "a book", "a small house", "the small book", "house and book"]


def by_loops(sources, targets, iterations, empty, tension):
    """Expectation maximisation over all links, one by one; source -1 is the empty word."""
    probability = defaultdict(lambda: 1.0)
    for _ in range(iterations):
        counts, totals = defaultdict(float), defaultdict(float)
        for source, target in zip(sources, targets, strict=True):
            for j, word in enumerate(target):
                m, n = len(source), len(target)
                near = [math.exp(-tension * abs((i + 0.5) / m - (j + 0.5) / n)) for i in range(m)]
                prior = [empty] + [(1 - empty) * value / sum(near) for value in near]
                weights = [p * probability[s, word] for p, s in zip(prior, [-1, *source], strict=True)]
                for weight, s in zip(weights, [-1, *source], strict=True):
                    counts[s, word] += weight / sum(weights)
                    totals[s] += weight / sum(weights)
        probability = defaultdict(float, {(s, t): c / totals[s] for (s, t), c in counts.items()})
    return probability, counts


@pytest.mark.parametrize(("iterations", "empty", "tension"), [(1, 0.08, 4.0), (4, 0.3, 0.0), (5, 0.08, 8.0)])
def test_translation_table_equals_direct_expectation_maximisation(iterations, empty, tension):
    rng = np.random.default_rng(3)
    sources = [rng.integers(0, 6, rng.integers(1, 6)).tolist() for _ in range(20)]
    targets = [rng.integers(0, 5, rng.integers(1, 6)).tolist() for _ in range(20)]
    table = fit_translation_table(sources, targets, iterations=iterations, empty=empty, tension=tension)
    probability, counts = by_loops(sources, targets, iterations, empty, tension)
    entries = list(zip(table.sources.tolist(), table.targets.tolist(), strict=True))
    assert entries == sorted(probability) and table.pairs == 20
    np.testing.assert_allclose(table.probabilities, [probability[entry] for entry in entries], rtol=1e-5)
    np.testing.assert_allclose(table.counts, [counts[entry] for entry in entries], rtol=1e-5)
    for source in set(table.sources.tolist()):
        assert table.probabilities[table.sources == source].sum() == pytest.approx(1)


def test_pairs_without_words_and_overlong_ones_are_left_out():
    table = fit_translation_table([[0], [], [1], list(range(200))], [[0], [1], [], [5] * 200], max_links=1000)
    assert table.pairs == 1 and table.targets.tolist() == [0, 0] and table.sources.tolist() == [-1, 0]
    nothing = fit_translation_table([[]], [[]])
    assert nothing.pairs == 0 and len(nothing.sources) == 0
    assert fit_translation_table([], []).pairs == 0


def test_of_too_many_pairs_an_even_part_is_used():
    sources = [[i] for i in range(1000)]
    table = fit_translation_table(sources, sources, max_links=500)  # two links a pair
    assert 240 <= table.pairs <= 250
    assert table.targets.min() < 20 and table.targets.max() > 900


def test_lexicon_learns_translations_and_translates_in_source_order():
    model = WordByWord.fit(SOURCES, TARGETS, iterations=20)
    assert {word: entry[0] for word, entry in model.lexicon.items()} == {
        "das": "the", "haus": "house", "buch": "book", "ein": "a", "kleines": "small", "kleine": "small", "und": "and",
    }  # fmt: skip
    assert model.translate(["Das kleine Haus", "Buch und Brot!", ""]) == ["the small house", "book and Brot!", ""]
    assert model.pairs == 6 and not model.capitalised


def test_translations_start_like_most_targets():
    model = WordByWord.fit(["hallo welt", "hallo"], ["Hello world", "Hello"])
    assert model.translate(["welt"]) == ["World"]


def test_words_without_counterpart_are_dropped_where_validation_says_so():
    lexicon = {"ich": ("I", 1.0), "rufe": ("call", 0.8), "an": ("call", 0.2), "heute": ("today", 0.6)}
    model = WordByWord(lexicon).choose(["ich rufe Tom heute an"], ["I call Tom today"])
    assert model.drop_below == 0.3 and model.translate(["heute rufe ich an"]) == ["today call I"]
    kept = WordByWord(lexicon).choose(["ich rufe an an heute"], ["I call call call today"])
    assert kept.drop_below == 0.0


@pytest.mark.parametrize("unit", ["words", "characters"])
def test_nearest_sentence_is_the_most_similar_one(unit):
    sources = ["the old man sleeps", "the old dog sleeps", "a bird sings", "the man eats an apple"]
    nearest = NearestSentence.fit(sources, ["1", "2", "3", "4"], unit=unit)
    assert nearest.translate(["an old dog sleeps", "birds sing", "apple", "the old man sleeps"]) == [
        "2", "3" if unit == "characters" else "1", "4", "1",
    ]  # fmt: skip


def test_nearest_sentence_is_that_of_the_cosine_of_weighted_counts():
    from sklearn.feature_extraction.text import TfidfVectorizer

    rng = np.random.default_rng(0)
    sources = [" ".join(rng.choice([f"w{i}" for i in range(40)], rng.integers(2, 9))) for _ in range(200)]
    queries = [" ".join(rng.choice([f"w{i}" for i in range(40)], 6)) for _ in range(100)]
    peer = TfidfVectorizer(analyzer="word", ngram_range=(1, 2), token_pattern=r"\w+", norm="l2")
    best = (peer.fit_transform(sources) @ peer.transform(queries).T).toarray().argmax(axis=0)
    found = NearestSentence.fit(sources, [str(i) for i in range(200)], unit="words").translate(queries)
    assert [str(i) for i in best] == found


def test_unit_is_chosen_on_validation():
    sources = ["unbelievably", "reconsideration", "simple words here"]
    targets = ["the first one is here", "the second one is there", "the third one is nowhere"]
    chosen = NearestSentence.choose(sources, targets, ["unbelievable", "consideration"], targets[:2])
    assert chosen.unit == "characters"


def test_queries_of_any_script_or_nothing_get_an_answer():
    nearest = NearestSentence.fit(["가다", "hello"], ["go", "hi"], unit="characters")
    assert nearest.translate(["가", "", "\U0001f600", "hell"]) == ["go", "go", "go", "hi"]
    assert nearest.translate([]) == []


def test_baselines_by_name():
    baselines = fit_baselines((SOURCES, TARGETS), (SOURCES[:2], TARGETS[:2]))
    assert list(baselines) == [WORD_BY_WORD, NEAREST, COPY]
    assert baselines[COPY](("das Haus",)) == ["das Haus"]
    assert baselines[NEAREST](SOURCES) == TARGETS
    assert score_translations(baselines[WORD_BY_WORD](SOURCES), TARGETS).chrf > 70


@pytest.mark.parametrize(
    "sentence",
    ["Don't go, Tom!", "J'essaye. Arrête-toi.", "It costs 3.50, or 1,000.", "난 널 사랑해.", "Well, (yes)?", ""],
)
def test_tokens_are_joined_to_the_sentence(sentence):
    assert join_tokens(tokens(sentence)) == sentence


def test_apostrophes_and_hyphens_separate_words():
    assert tokens("J'ai 3.5 kg, Lève-toi!") == ["J'", "ai", "3.5", "kg", ",", "Lève", "-toi", "!"]
