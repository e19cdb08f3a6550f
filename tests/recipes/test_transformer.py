"""`transformer` against the formulas of its papers, computed in NumPy."""

import numpy as np
import pytest

from seqkit.recipes.transformer import build_model
from seqkit.spec import Spec

TEXTS = Spec.tokens(length=7, vocabulary=11, classes=3, embedding=4)
LENGTHS = (7, 2, 4)


def normalised(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray) -> np.ndarray:
    mean, variance = x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True)
    return (x - mean) / np.sqrt(variance + 1e-3) * gamma + beta


def attention(x: np.ndarray, weights: list[np.ndarray]) -> np.ndarray:
    """Returns multi-head self-attention: softmax(Q Kᵀ / √d) V of every head, projected and summed."""
    q_kernel, q_bias, k_kernel, k_bias, v_kernel, v_bias, out_kernel, out_bias = weights
    total = np.zeros_like(x)
    for head in range(q_kernel.shape[1]):
        q, k, v = (
            x @ kernel[:, head] + bias[head]
            for kernel, bias in ((q_kernel, q_bias), (k_kernel, k_bias), (v_kernel, v_bias))
        )
        score = np.exp(q @ k.T / np.sqrt(q.shape[1]))
        total += score / score.sum(axis=1, keepdims=True) @ v @ out_kernel[head]
    return total + out_bias


def encoded(model, steps: np.ndarray, layers: int) -> np.ndarray:
    """Returns the encoder outputs for one unpadded sequence (steps, features)."""

    def weights(name: str) -> list[np.ndarray]:
        return model.get_layer(name).get_weights()

    def dense(name: str, x: np.ndarray) -> np.ndarray:
        kernel, bias = weights(name)
        return x @ kernel + bias

    x = dense("project", steps)
    x = x + weights("positions")[0][: len(x)]
    for number in range(1, layers + 1):
        x = x + attention(normalised(x, *weights(f"attention_norm_{number}")), weights(f"attention_{number}"))
        hidden = np.maximum(dense(f"hidden_{number}", normalised(x, *weights(f"hidden_norm_{number}"))), 0)
        x = x + dense(f"hidden_out_{number}", hidden)
    return normalised(x, *weights("norm"))


def test_text_is_classified_by_the_mean_of_its_words(randomise, sequences):
    model = randomise(build_model(TEXTS, units=6, heads=2, layers=2, feedforward=5, positions="learned"))
    x = sequences(TEXTS, LENGTHS)
    table = model.get_layer("embedding").get_weights()[0].astype(float)
    means = [encoded(model, table[row[:n]], 2).mean(axis=0) for row, n in zip(x, LENGTHS, strict=True)]
    kernel, bias = model.get_layer("readout").get_weights()
    np.testing.assert_allclose(model(x).numpy(), np.stack(means) @ kernel + bias, rtol=1e-4, atol=1e-5)


def test_forecast_reads_the_last_step(randomise, windows):
    model = randomise(
        build_model(Spec.series(steps=5, features=2, outputs=3), units=6, heads=2, layers=1, positions="learned")
    )
    x = windows(4, 5, 2)
    last = np.stack([encoded(model, window.astype(float), 1)[-1] for window in x])
    kernel, bias = model.get_layer("readout").get_weights()
    np.testing.assert_allclose(model(x).numpy()[:, :, 0], last @ kernel + bias, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("positions", ["sinusoidal", "learned"])
def test_word_order_changes_predictions(positions, randomise):
    model = randomise(build_model(TEXTS, positions=positions))
    forward, backward = np.array([[2, 3, 4, 5, 0]], "int32"), np.array([[5, 4, 3, 2, 0]], "int32")
    assert np.abs(model(forward).numpy() - model(backward).numpy()).max() > 1e-3


def test_learned_positions_need_a_maximum_length():
    with pytest.raises(ValueError, match='`positions="learned"` for an unknown maximum length'):
        build_model(Spec.series(steps=None, features=2, classes=2), positions="learned")
    length = build_model(TEXTS, positions="learned").get_layer("positions").vectors.shape[0]
    assert length == 7


def test_heads_split_the_width():
    attended = build_model(TEXTS, units=12, heads=3).get_layer("attention_1")
    assert (attended.num_heads, attended.key_dim) == (3, 4)


def test_language_model_looks_back_as_far_as_its_layers_reach_together(randomise):
    spec = Spec.next_token(vocabulary=11, embedding=4)
    model = randomise(build_model(spec, units=6, heads=2, layers=2, feedforward=5, context=3))
    tokens = np.random.default_rng(0).integers(0, 11, (1, 12)).astype("int32")
    last = model(tokens).numpy()[0, -1]

    def change(steps_before: int) -> float:
        changed = tokens.copy()
        changed[0, -1 - steps_before] = (changed[0, -1 - steps_before] + 1) % 11
        return float(np.abs(model(changed).numpy()[0, -1] - last).max())

    assert change(4) > 1e-4  # 2 layers × (3 − 1) steps
    assert change(5) == 0


def test_odd_dimensions_of_a_head_are_rounded_up_in_language_models():
    model = build_model(Spec.next_token(vocabulary=11, embedding=4), units=6, heads=2)
    assert model.get_layer("attention_1").key_dim == 4
