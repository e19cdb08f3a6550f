"""Simulated sentences: grammar, and analogies from the contexts of words."""

import importlib
import itertools
import re

import numpy as np
import pandas as pd
import pytest

from seqkit.errors import UsageError

demo = importlib.import_module("seqkit.datasets.demo_royalty")


@pytest.fixture(scope="module")
def sentences() -> list[list[str]]:
    """The words and marks of the 20,000 sentences that come by default."""
    return [re.findall(r"\w+|[^\w\s]", text.lower()) for text in demo.load()["text"]]


def people() -> dict[str, tuple[str, bool, bool]]:
    """Rank, whether female and whether many, of each word for people."""
    return {
        word: (rank, bool(female), bool(many))
        for rank, genders in demo._PEOPLE.items()
        for female, numbers in enumerate(genders)
        for many, word in enumerate(numbers)
    }


MALE, FEMALE = {"he", "his", "himself", "sir", "gentlemen"}, {"she", "her", "hers", "herself", "madam", "ladies"}
ONE = {"he", "she", "has", "was", "does", "goes", "loves", "himself", "herself", "his", "her", "hers", "sir", "madam"}
MANY = {"they", "have", "were", "are", "do", "go", "love", "themselves", "their", "theirs", "gentlemen", "ladies"}


def test_every_sentence_agrees_in_rank_gender_and_number(sentences):
    known = people()
    for words in sentences:
        (person,) = set(words) & known.keys()
        rank, is_female, are_many = known[person]
        assert not set(words) & (MALE if is_female else FEMALE), words
        assert not set(words) & (ONE if are_many else MANY), words
        of_others = {thing for other in demo._THINGS if other != rank for thing in demo._THINGS[other].split("|")}
        of_others |= {deed for other in demo._DEEDS if other != rank for deed in demo._DEEDS[other].split("|")}
        assert not set(words) & of_others, words


def test_sentences_are_capitalised_and_end_with_a_full_stop():
    frame = demo.load(sentences=500)
    assert list(frame.columns) == ["text"] and len(frame) == 500
    assert frame["text"].str.fullmatch(r"[A-Z][a-zA-Z ,]*[a-z]\.").all()
    assert not frame["text"].str.contains(r"  | [,.]").any()


def test_all_people_are_equally_frequent_and_the_corpus_is_small(sentences):
    counts = pd.Series([word for words in sentences for word in words]).value_counts()
    of_people = counts[list(people())]
    assert len(of_people) == 28 and of_people.min() > 0.8 * of_people.max()
    assert counts.sum() < 300_000 and counts.min() > 100


def test_more_sentences_never_change_the_first_and_seeds_differ():
    whole = demo.load(sentences=300)
    pd.testing.assert_frame_equal(demo.load(sentences=100), whole[:100])
    assert (demo.load(sentences=300, royalty_seed=1)["text"] != whole["text"]).mean() > 0.9


def vectors_of(sentences: list[list[str]], dimensions: int) -> dict[str, np.ndarray]:
    """Unit vectors by the singular value decomposition of what words and neighbours tell of each other (PPMI)."""
    number = {word: i for i, word in enumerate(sorted({word for words in sentences for word in words}))}
    together = np.zeros((len(number), len(number)))
    for words in sentences:
        ids = [number[word] for word in words]
        for a, b in itertools.combinations(range(len(ids)), 2):
            if b - a <= 5:
                together[ids[a], ids[b]] += 1
                together[ids[b], ids[a]] += 1
    expected = np.outer(together.sum(1), together.sum(0)) / together.sum()
    information = np.maximum(np.log(np.maximum(together, 1e-12) / expected), 0)
    left, values, _ = np.linalg.svd(information)
    vectors = left[:, :dimensions] * np.sqrt(values[:dimensions])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return {word: vectors[i] for word, i in number.items()}


@pytest.mark.parametrize("dimensions", [32, 50])
def test_king_minus_man_plus_woman_is_queen_in_every_rank(sentences, dimensions):
    vectors = vectors_of(sentences, dimensions)
    words = list(vectors)
    matrix = np.stack(list(vectors.values()))

    def answer(a: str, b: str, c: str) -> str:
        similarity = matrix @ (vectors[b] - vectors[a] + vectors[c])
        return next(words[i] for i in np.argsort(-similarity) if words[i] not in (a, b, c))

    assert answer("man", "king", "woman") == "queen"
    assert answer("man", "prince", "woman") == "princess"
    wrong = []
    for (males, females), (others, their) in itertools.permutations(demo._PEOPLE.values(), 2):
        for many in (0, 1):
            result = answer(males[many], others[many], females[many])
            if result != their[many]:
                wrong.append((males[many], others[many], females[many], result))
    assert wrong == []


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"sentences": 0}, "`sentences`, expected 1 to 1000000, got 0"),
        ({"sentences": 1_000_001}, "`sentences`, expected 1 to 1000000, got 1000001"),
        ({"royalty_seed": -1}, "`royalty_seed`, expected 0 to 4294967295, got -1"),
    ],
)
def test_invalid_option_is_named(options, complaint):
    with pytest.raises(UsageError) as refusal:
        demo.load(**options)
    assert complaint in str(refusal.value)
