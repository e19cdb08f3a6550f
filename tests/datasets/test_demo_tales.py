"""Simulated tales: the rules that the module documents hold in every tale."""

import importlib
import re

import pytest

from seqkit.errors import UsageError

demo = importlib.import_module("seqkit.datasets.demo_tales")
TALES = demo.load(tales=500)["text"].tolist()


def test_thing_that_is_found_is_the_one_that_was_lost():
    for tale in TALES:
        lost = re.search(r" lost a (\w+) at the ", tale)[1]
        assert [thing for thing in demo._THINGS.split("|") if re.search(rf"\b{thing}\b", tale)] == [lost]
        assert lost in tale.rstrip(".").rpartition(". ")[2].rpartition('" ')[2]


def test_pronouns_agree_with_the_name():
    for tale in TALES:
        male = any(re.search(rf"\b{name}\b", tale) for name in demo._NAMES["he"].split("|"))
        wrong = ("she", "her") if male else ("he", "him", "his")
        assert not any(re.search(rf"\b{pronoun}\b", tale.lower()) for pronoun in wrong)


def test_animals_speak_in_their_own_way():
    spoken = [pair for tale in TALES for pair in re.findall(r'," (\w+) the (\w+)\.', tale)]
    assert len(spoken) > 500
    assert {sound == demo._SOUNDS[animal] for sound, animal in spoken} == {True}


def test_more_tales_never_change_the_first_ones():
    assert demo.load(tales=20)["text"].tolist() == TALES[:20]
    assert demo.load(tales=20, tales_seed=1)["text"].tolist() != TALES[:20]
    assert all("\n" not in tale for tale in TALES)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"tales": 0}, "`tales`, expected 1 to 1000000, got 0"),
        ({"tales_seed": -1}, "`tales_seed`, expected 0 to 4294967295"),
    ],
)
def test_invalid_option_is_named(options, complaint):
    with pytest.raises(UsageError, match=complaint):
        demo.load(**options)
