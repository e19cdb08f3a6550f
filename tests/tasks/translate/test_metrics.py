"""BLEU and chrF: sums of counts per sentence give sacrebleu's scores; the bootstrap compares them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from seqkit.tasks.translate.metrics import (
    bleu_of,
    bleu_statistics,
    chrf_of,
    chrf_statistics,
    compare_translations,
    score_translations,
    tokenizer_for,
)

WORDS = st.lists(st.sampled_from(["the", "cat", "sat", "on", "a", "mat", ".", "고양이"]), max_size=9).map(" ".join)
CORPORA = st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=8)


@settings(deadline=None)
@given(CORPORA)
def test_sums_of_counts_give_the_scores_of_sacrebleu(corpus):
    hypotheses, references = map(list, zip(*corpus, strict=True))
    bleu = BLEU(tokenize=tokenizer_for(references)).corpus_score(hypotheses, [references]).score
    chrf = CHRF().corpus_score(hypotheses, [references]).score
    assert bleu_of(bleu_statistics(hypotheses, references).sum(axis=0)) == pytest.approx(bleu, abs=1e-9)
    assert chrf_of(chrf_statistics(hypotheses, references).sum(axis=0)) == pytest.approx(chrf, abs=1e-9)
    scores = score_translations(hypotheses, references)
    assert (scores.bleu, scores.chrf) == (bleu, chrf)


def test_counts_of_a_sentence_by_hand():
    # "the cat sat ." and "the cat sat down .": 4 of 4 words, 2 of 3 pairs, 1 of 2 triples, 0 of 1 quadruples
    (row,) = bleu_statistics(["the cat sat ."], ["the cat sat down ."])
    assert row.tolist() == [4, 5, 4, 2, 1, 0, 4, 3, 2, 1]
    (row,) = chrf_statistics(["ab a"], ["abc"])  # without blanks: "aba"
    assert row[:9].tolist() == [3, 3, 2, 2, 2, 1, 1, 1, 0]


def test_scores_of_several_sums_at_once():
    statistics = bleu_statistics(["a b c d", "x"], ["a b c d", "a b c d"])
    sums = np.stack([statistics[0], statistics.sum(axis=0), np.zeros(10)])
    scores = bleu_of(sums)
    assert scores.shape == (3,) and scores[0] == pytest.approx(100) and 0 < scores[1] < 100 and scores[2] == 0
    assert chrf_of(np.zeros((2, 18))).tolist() == [0, 0]


def test_best_and_worst_scores_and_their_signatures():
    same = score_translations(["I love you.", "Go!"], ["I love you.", "Go!"])
    assert same.bleu == pytest.approx(100) and same.chrf == pytest.approx(100)
    assert "tok:13a" in same.signature and "version:" in same.signature and "nc:6" in same.chrf_signature
    assert same.summary() == {
        "bleu": same.bleu, "chrf": same.chrf, "signature": same.signature, "chrf_signature": same.chrf_signature,
    }  # fmt: skip
    nothing = score_translations(["", ""], ["I love you.", "Go!"])
    assert (nothing.bleu, nothing.chrf) == (0, 0)


@pytest.mark.parametrize(
    ("sentence", "tokenizer"),
    [
        ("I love you", "13a"),
        ("난 널 사랑해", "13a"),
        ("我爱你", "char"),
        ("愛しています", "char"),
        ("ผมรักคุณ", "char"),
        ("123", "13a"),
        ("", "13a"),
        ("Tom 说 hello to everybody", "13a"),
    ],
)
def test_languages_without_blanks_are_scored_by_character(sentence, tokenizer):
    assert tokenizer_for([sentence]) == tokenizer


def test_lengths_must_agree():
    for statistics in (bleu_statistics, chrf_statistics):
        with pytest.raises(ValueError, match="shorter"):
            statistics(["a", "b"], ["a"])


def test_a_better_translation_is_found_to_be_better():
    rng = np.random.default_rng(0)
    references = [" ".join(rng.choice(list("abcdefgh"), 8)) for _ in range(60)]
    worse = [f"x {reference[2:]}" if i % 2 else "x y" for i, reference in enumerate(references)]
    test = compare_translations(bleu_statistics(references, references), bleu_statistics(worse, references))
    assert test["difference"] == pytest.approx(100 - bleu_of(bleu_statistics(worse, references).sum(axis=0)))
    assert test["low"] < test["difference"] < test["high"] and test["p_value"] < 0.01
    chrf = compare_translations(chrf_statistics(worse, references), chrf_statistics(references, references), chrf_of)
    assert chrf["difference"] < 0 and chrf["p_value"] < 0.01
    same = compare_translations(bleu_statistics(worse, references), bleu_statistics(worse, references))
    assert same == {"difference": 0, "low": 0, "high": 0, "p_value": 1}
