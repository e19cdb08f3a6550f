"""Beam search equals the enumeration of all sequences if the beam holds them all, and greedy search if it is one."""

from itertools import product

import numpy as np
import pytest

from seqkit.inference.beam_search import Beam, beam_search

START, END, VOCABULARY = 0, 1, 5
LENGTH = 4
ALL = 121
"""Number of sequences of at most four of three tokens."""


def tables(inputs: int, seed: int = 0) -> np.ndarray:
    """Logits of the next token by input, number of tokens so far, and the token before."""
    return np.random.default_rng(seed).normal(size=(inputs, LENGTH + 1, VOCABULARY, VOCABULARY)).astype(np.float32) * 2


def step(prefixes, state):
    """Reads the table of each input; the state counts the tokens and remembers the one before the newest."""
    table, count, before = state
    time = prefixes.shape[1] - 1
    assert (count == time).all()
    if time:
        np.testing.assert_array_equal(before, prefixes[:, -2])
    rows = np.arange(len(prefixes))
    return table[rows, time, prefixes[:, -1]], [table, count + 1, prefixes[:, -1]]


def state_of(table):
    return [table, np.zeros(len(table), int), np.zeros(len(table), int)]


def search(table, beam, max_lengths=None, banned=(START,)):
    lengths = [LENGTH] * len(table) if max_lengths is None else max_lengths
    return beam_search(step, state_of(table), start=START, end=END, max_lengths=lengths, beam=beam, banned=banned)


def enumerate_all(table, length_penalty: float, max_length: int = LENGTH, banned: tuple[int, ...] = (START,)):
    """Returns all sequences with their scores, the best first."""
    logs = table.astype(float)
    logs = logs - np.log(np.exp(logs).sum(axis=-1, keepdims=True))
    tokens = [token for token in range(VOCABULARY) if token != END and token not in banned]
    found = []
    for count in range(max_length + 1):
        for sequence in product(tokens, repeat=count):
            whole = (START, *sequence, END)
            total = sum(logs[time, whole[time], whole[time + 1]] for time in range(count + 1))
            found.append((total / ((5 + count + 1) / 6) ** length_penalty, sequence, total))
    return sorted(found, reverse=True)


@pytest.mark.parametrize("length_penalty", [0.0, 0.6, 2.0])
def test_search_with_room_for_all_sequences_equals_enumeration(length_penalty):
    table = tables(3)
    results = search(table, Beam(ALL, 10, length_penalty))
    for number, hypotheses in enumerate(results):
        expected = enumerate_all(table[number], length_penalty)[:10]
        assert [hypothesis.tokens for hypothesis in hypotheses] == [sequence for _, sequence, _ in expected]
        np.testing.assert_allclose([hypothesis.score for hypothesis in hypotheses], [row[0] for row in expected])
        np.testing.assert_allclose([h.log_probability for h in hypotheses], [row[2] for row in expected])


def test_beam_of_one_is_greedy():
    table = tables(4, seed=1)
    for number, (hypothesis,) in enumerate(search(table, Beam(1, 1, 0.0))):
        token, tokens = START, []
        while len(tokens) < LENGTH:
            logits = table[number, len(tokens), token].copy()
            logits[START] = -np.inf
            token = int(np.argmax(logits))
            if token == END:
                break
            tokens.append(token)
        assert hypothesis.tokens == tuple(tokens)


def test_result_of_an_input_does_not_depend_on_the_others():
    table = tables(5, seed=2)
    together = search(table, Beam(3, 2))
    for number in range(5):
        assert search(table[number : number + 1], Beam(3, 2)) == [together[number]]


def test_no_beam_finds_a_better_sequence_than_the_one_that_holds_all():
    table = tables(20, seed=3)
    exact = search(table, Beam(ALL, 1))
    for size in (1, 2, 5):
        for found, best in zip(search(table, Beam(size, 1)), exact, strict=True):
            assert found[0].score <= best[0].score + 1e-12


def test_sequences_end_at_the_maximum_length_of_their_input():
    table = tables(3, seed=4)
    table[..., END] -= 30  # the model would never end by itself
    results = search(table, Beam(4, 4), max_lengths=[0, 2, 4])
    assert [len(hypotheses[0].tokens) for hypotheses in results] == [0, 2, 4]
    assert len(results[0]) == 1, "there is one empty sequence"


def test_banned_tokens_are_never_chosen():
    table = tables(3, seed=5)
    table[..., 3] += 5
    assert any(3 in hypothesis.tokens for (hypothesis,) in search(table, Beam(2)))
    results = search(table, Beam(4, 4), banned=(START, 3))
    assert not any(3 in hypothesis.tokens for hypotheses in results for hypothesis in hypotheses)


def test_length_penalty_prefers_longer_sequences():
    table = np.zeros((1, LENGTH + 1, VOCABULARY, VOCABULARY), np.float32)
    short, long = (search(table, Beam(5, 1, penalty))[0][0] for penalty in (0.0, 5.0))
    assert len(short.tokens) == 0 and len(long.tokens) == LENGTH


@pytest.mark.parametrize("values", [{"size": 0}, {"n": 0}, {"size": 2, "n": 3}, {"length_penalty": -1.0}])
def test_invalid_values_are_refused(values):
    with pytest.raises(ValueError, match=r"Received an invalid value for argument"):
        Beam(**values)
