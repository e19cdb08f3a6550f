"""The recurrent recipes against forward passes in NumPy, step by step, from the papers' formulas."""

import numpy as np
import pytest
from scipy.special import expit

from seqkit.recipes import bidirectional_gru, gru, lstm, simple_rnn, stacked_gru
from seqkit.spec import Spec

SPEC = Spec.series(steps=6, features=3, outputs=2, targets=(2, 0))


def rnn_states(x: np.ndarray, kernel, recurrent, bias) -> np.ndarray:
    """Returns h at every step, (batch, steps, units): h ← tanh(W x + U h + b)."""
    h, states = np.zeros((len(x), len(recurrent))), []
    for step in range(x.shape[1]):
        h = np.tanh(x[:, step] @ kernel + h @ recurrent + bias)
        states.append(h)
    return np.stack(states, axis=1)


def gru_states(x: np.ndarray, kernel, recurrent, bias) -> np.ndarray:
    """Returns h at every step: z, r = σ(W x + U h + b); c = tanh(W x + b + r (U h + b')); h ← z h + (1 − z) c."""
    h, states = np.zeros((len(x), len(recurrent))), []
    for step in range(x.shape[1]):
        from_x = np.split(x[:, step] @ kernel + bias[0], 3, axis=1)
        from_h = np.split(h @ recurrent + bias[1], 3, axis=1)
        z, r = expit(from_x[0] + from_h[0]), expit(from_x[1] + from_h[1])
        h = z * h + (1 - z) * np.tanh(from_x[2] + r * from_h[2])
        states.append(h)
    return np.stack(states, axis=1)


def lstm_states(x: np.ndarray, kernel, recurrent, bias) -> np.ndarray:
    """Returns h at every step: i, f, o = σ(W x + U h + b); c ← f c + i tanh(W x + U h + b); h = o tanh(c)."""
    h, states = np.zeros((len(x), len(recurrent))), []
    c = h
    for step in range(x.shape[1]):
        i, f, candidate, o = np.split(x[:, step] @ kernel + h @ recurrent + bias, 4, axis=1)
        c = expit(f) * c + expit(i) * np.tanh(candidate)
        h = expit(o) * np.tanh(c)
        states.append(h)
    return np.stack(states, axis=1)


def read_out(model, state: np.ndarray) -> np.ndarray:
    kernel, bias = model.get_layer("readout").get_weights()
    return (state @ kernel + bias).reshape(len(state), SPEC.horizon, len(SPEC.targets))


@pytest.mark.parametrize(
    ("recipe", "layer", "states"),
    [(simple_rnn, "rnn", rnn_states), (gru, "gru", gru_states), (lstm, "lstm", lstm_states)],
    ids=["simple_rnn", "gru", "lstm"],
)
def test_single_layer_outputs_are_computed_from_its_last_state(recipe, layer, states, randomise, windows):
    model = randomise(recipe.build_model(SPEC, units=4))
    x = windows(5, 6, 3)
    expected = read_out(model, states(x.astype(float), *model.get_layer(layer).get_weights())[:, -1])
    np.testing.assert_allclose(model(x).numpy(), expected, rtol=1e-5, atol=1e-6)


def test_stacked_gru_reads_every_state_of_the_layer_below(randomise, windows):
    model = randomise(stacked_gru.build_model(SPEC, units=(4, 5, 2)))
    x = windows(5, 6, 3)
    sequence = x.astype(float)
    for number, width in enumerate((4, 5, 2), start=1):
        sequence = gru_states(sequence, *model.get_layer(f"gru_{number}").get_weights())
        assert sequence.shape == (5, 6, width)
    np.testing.assert_allclose(model(x).numpy(), read_out(model, sequence[:, -1]), rtol=1e-5, atol=1e-6)


def test_stacked_gru_without_layers_raises():
    with pytest.raises(ValueError, match="`units`, expected at least one width"):
        stacked_gru.build_model(SPEC, units=())


def test_bidirectional_gru_reads_the_window_in_both_directions(randomise, windows):
    model = randomise(bidirectional_gru.build_model(SPEC, units=4))
    x = windows(5, 6, 3)
    weights = model.get_layer("bidirectional").get_weights()
    forward = gru_states(x.astype(float), *weights[:3])[:, -1]
    backward = gru_states(x[:, ::-1].astype(float), *weights[3:])[:, -1]
    expected = read_out(model, np.concatenate([forward, backward], axis=1))
    np.testing.assert_allclose(model(x).numpy(), expected, rtol=1e-5, atol=1e-6)


TEXTS = Spec.tokens(length=7, vocabulary=11, classes=3, embedding=4)
LENGTHS = (7, 1, 4)


def states_of_texts(model, texts: np.ndarray, weights, backward: bool = False) -> np.ndarray:
    """Returns the state of a GRU after the last word of each text, or after the first one if `backward`."""
    table = model.get_layer("embedding").get_weights()[0].astype(float)
    words = [table[text[:length]][None] for text, length in zip(texts, LENGTHS, strict=True)]
    return np.concatenate([gru_states(w[:, ::-1] if backward else w, *weights)[:, -1] for w in words])


def test_text_is_classified_by_the_state_at_its_last_word(randomise, sequences):
    model = randomise(gru.build_model(TEXTS, units=4))
    x = sequences(TEXTS, LENGTHS)
    kernel, bias = model.get_layer("readout").get_weights()
    expected = states_of_texts(model, x, model.get_layer("gru").get_weights()) @ kernel + bias
    np.testing.assert_allclose(model(x).numpy(), expected, rtol=1e-5, atol=1e-5)


def test_backward_layer_starts_at_the_last_word_of_each_text(randomise, sequences):
    model = randomise(bidirectional_gru.build_model(TEXTS, units=4))
    x = sequences(TEXTS, LENGTHS)
    weights = model.get_layer("bidirectional").get_weights()
    both = [states_of_texts(model, x, weights[:3]), states_of_texts(model, x, weights[3:], backward=True)]
    kernel, bias = model.get_layer("readout").get_weights()
    expected = np.concatenate(both, axis=1) @ kernel + bias
    np.testing.assert_allclose(model(x).numpy(), expected, rtol=1e-5, atol=1e-5)
