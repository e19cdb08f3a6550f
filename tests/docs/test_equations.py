"""The equations on the pages of the recipes, written in NumPy as they stand there, give what the models give."""

import numpy as np
import pytest

from seqkit import registry
from seqkit.spec import Spec

STEPS, FEATURES, HORIZON = 7, 3, 2
SERIES = Spec.series(steps=STEPS, features=FEATURES, outputs=HORIZON)
X = np.random.default_rng(0).normal(size=(STEPS, FEATURES))


def build(recipe: str, spec: Spec = SERIES, **options):
    """Returns a model with random weights, so that no weight hides behind a zero."""
    model = registry.find_recipe(recipe).load().build_model(spec, **options)
    rng = np.random.default_rng(1)
    model.set_weights([rng.normal(scale=0.5, size=weight.shape) for weight in model.get_weights()])
    return model


def predict(model, x: np.ndarray = X) -> np.ndarray:
    return model(x[None], training=False).numpy()[0].ravel()


def weights(model, layer: str) -> list[np.ndarray]:
    return [weight.astype(np.float64) for weight in model.get_layer(layer).get_weights()]


def readout(model, h: np.ndarray) -> np.ndarray:
    kernel, bias = weights(model, "readout")
    return h @ kernel + bias


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def gru(
    x: np.ndarray, kernel: np.ndarray, recurrent: np.ndarray, bias: np.ndarray, initial: np.ndarray | None = None
) -> np.ndarray:
    """States (steps, units) of the GRU of the page."""
    units = len(recurrent)
    (wz, wr, wh), (uz, ur, uh) = (np.split(each, 3, axis=1) for each in (kernel, recurrent))
    (bz, br, bh), (dz, dr, dh) = (np.split(each, 3) for each in bias)
    h, states = np.zeros(units) if initial is None else initial, []
    for row in x:
        z = sigmoid(row @ wz + bz + h @ uz + dz)
        r = sigmoid(row @ wr + br + h @ ur + dr)
        candidate = np.tanh(row @ wh + bh + r * (h @ uh + dh))
        h = z * h + (1 - z) * candidate
        states.append(h)
    return np.array(states)


def convolve(x: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Answers (steps, filters) of causal filters."""
    width = len(kernel)
    padded = np.concatenate([np.zeros((width - 1, x.shape[1])), x])
    sums = [sum(padded[t + j] @ kernel[j] for j in range(width)) for t in range(len(x))]
    return np.maximum(0, np.array(sums) + bias)


def pool(x: np.ndarray, size: int) -> np.ndarray:
    return np.array([x[start : start + size].max(axis=0) for start in range(0, len(x), size)])


def close(found: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("channels", ["joint", "shared"])
def test_autoregression(channels):
    model = build("autoregression", order=4, channels=channels)
    changes = X[-4:-1] - X[-1]
    kernel, bias = weights(model, "readout")
    read = np.concatenate([changes.ravel(), X[-1]]) if channels == "joint" else changes[:, 0]
    close(predict(model), read @ kernel + bias)


def test_dense():
    model = build("dense", units=(5, 4))
    h = X.ravel()
    for layer in ("hidden_1", "hidden_2"):
        kernel, bias = weights(model, layer)
        h = np.maximum(0, h @ kernel + bias)
    close(predict(model), readout(model, h))


def test_simple_rnn():
    model = build("simple_rnn", units=4)
    kernel, recurrent, bias = weights(model, "rnn")
    h = np.zeros(4)
    for row in X:
        h = np.tanh(row @ kernel + h @ recurrent + bias)
    close(predict(model), readout(model, h))


def test_lstm_with_its_gates_in_the_order_of_the_page():
    model = build("lstm", units=4)
    kernel, recurrent, bias = weights(model, "lstm")
    h = c = np.zeros(4)
    for row in X:
        i, f, g, o = np.split(row @ kernel + h @ recurrent + bias, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
    close(predict(model), readout(model, h))


def test_lstm_starts_with_a_forget_bias_of_one():
    model = registry.find_recipe("lstm").load().build_model(SERIES, units=4)
    i, f, c, o = np.split(weights(model, "lstm")[2], 4)
    np.testing.assert_array_equal(f, 1)
    np.testing.assert_array_equal([i, c, o], 0)


@pytest.mark.parametrize("recipe", ["gru", "recurrent_dropout"])
def test_gru(recipe):
    model = build(recipe, units=4)
    close(predict(model), readout(model, gru(X, *weights(model, "gru"))[-1]))


def test_stacked_gru():
    model = build("stacked_gru", units=(4, 5))
    below = gru(X, *weights(model, "gru_1"))
    close(predict(model), readout(model, gru(below, *weights(model, "gru_2"))[-1]))


def test_segment_gru():
    model = build("segment_gru", Spec.series(steps=7, features=3, outputs=5, targets=(2, 0)), segment=3, units=4)
    (embedding, bias), expected = weights(model, "embedding"), np.empty((5, 2))
    positions, decoder = weights(model, "positions")[0], weights(model, "decoder")
    for k, column in enumerate((2, 0)):
        segments = X[1:, column].reshape(2, 3)  # the oldest row fills no segment
        state = gru(np.maximum(0, segments @ embedding + bias), *weights(model, "gru"))[-1]
        decoded = [gru(positions[None, 2 * k + m], *decoder, state)[-1] for m in range(2)]
        expected[:, k] = np.concatenate([readout(model, s) for s in decoded])[:5]
    close(predict(model), expected.ravel())


def test_bidirectional_gru():
    model = build("bidirectional_gru", units=4)
    both = weights(model, "bidirectional")
    forward, backward = gru(X, *both[:3])[-1], gru(X[::-1], *both[3:])[-1]
    close(predict(model), readout(model, np.concatenate([forward, backward])))


def test_conv1d_that_forecasts():
    model = build("conv1d", filters=(4, 5), kernel_size=(3,), pool_size=2)
    first = pool(convolve(X, *weights(model, "conv_1_1")), 2)
    second = pool(convolve(first, *weights(model, "conv_2_1")), 2)
    close(predict(model), readout(model, second.ravel()))


def test_conv1d_that_labels_by_filters_of_two_widths():
    model = build("conv1d", Spec.series(steps=STEPS, features=FEATURES, classes=3), filters=(4,), kernel_size=(2, 3))
    answers = [convolve(X, *weights(model, f"conv_1_{place}")) for place in (1, 2)]
    close(predict(model), readout(model, np.concatenate(answers, axis=1).max(axis=0)))


def test_cnn_rnn():
    model = build("cnn_rnn", filters=4, kernel_size=3, pool_size=2, units=5)
    short = pool(convolve(X, *weights(model, "conv")), 2)
    assert len(short) == 4
    close(predict(model), readout(model, gru(short, *weights(model, "gru"))[-1]))


@pytest.mark.parametrize("labels", [False, True])
def test_transformer(labels):
    spec = Spec.series(steps=STEPS, features=FEATURES, classes=3) if labels else SERIES
    model = build("transformer", spec, units=6, heads=2, layers=2, feedforward=5)

    def normalised(x: np.ndarray, layer: str) -> np.ndarray:
        scale, shift = weights(model, layer)
        spread = np.sqrt(x.var(axis=1, keepdims=True) + model.get_layer(layer).epsilon)
        return (x - x.mean(axis=1, keepdims=True)) / spread * scale + shift

    def attended(x: np.ndarray, layer: str) -> np.ndarray:
        query, query_bias, key, key_bias, value, value_bias, output, output_bias = weights(model, layer)
        heads = []
        for head in range(2):
            q, k, v = (
                x @ kernel[:, head] + bias[head]
                for kernel, bias in ((query, query_bias), (key, key_bias), (value, value_bias))
            )
            scores = np.exp(q @ k.T / np.sqrt(3))
            heads.append(scores / scores.sum(axis=1, keepdims=True) @ v)
        return np.concatenate(heads, axis=1) @ output.reshape(-1, 6) + output_bias

    kernel, bias = weights(model, "project")
    x = X @ kernel + bias
    for t in range(STEPS):
        for i in range(3):
            x[t, 2 * i] += np.sin(t / 10000 ** (2 * i / 6))
            x[t, 2 * i + 1] += np.cos(t / 10000 ** (2 * i / 6))
    for layer in (1, 2):
        u = x + attended(normalised(x, f"attention_norm_{layer}"), f"attention_{layer}")
        (w1, b1), (w2, b2) = weights(model, f"hidden_{layer}"), weights(model, f"hidden_out_{layer}")
        x = u + np.maximum(0, normalised(u, f"hidden_norm_{layer}") @ w1 + b1) @ w2 + b2
    x = normalised(x, "norm")
    close(predict(model), readout(model, x.mean(axis=0) if labels else x[-1]))


def test_one_hot_conv1d():
    filters, tokens = 4, np.array([3, 5, 2, 7, 7, 4])
    model = build("one_hot_conv1d", Spec.tokens(length=9, vocabulary=8, classes=2), filters=filters, kernel_size=(2, 3))
    answers = []
    for width in (2, 3):
        kernel, bias = weights(model, f"phrases_{width}")
        kernel = kernel.reshape(8, width, filters)
        offset = (width - 1) // 2
        sums = []
        for t in range(len(tokens)):
            places = [(j, t + j - offset) for j in range(width)]
            sums.append(sum(kernel[tokens[at], j] for j, at in places if 0 <= at < len(tokens)))
        answers.append(np.maximum(0, bias + np.max(sums, axis=0)))
    padded = np.concatenate([tokens, [0, 0]])
    close(predict(model, padded), readout(model, np.concatenate(answers)))


def test_inception():
    model = build("inception", Spec.series(steps=None, features=FEATURES, classes=2), filters=2, kernel_size=(4, 3))
    for layer in model.layers:
        if "norm" in layer.name:  # a variance is not negative
            *others, variance = layer.get_weights()
            layer.set_weights([*others, variance**2])

    def convolve_centred(x, kernel):
        before = (len(kernel) - 1) // 2
        padded = np.pad(x, ((before, len(kernel) - 1 - before), (0, 0)))
        return np.array([sum(padded[t + j] @ kernel[j] for j in range(len(kernel))) for t in range(len(x))])

    def n(u, layer):
        gamma, beta, mean, variance = weights(model, layer)
        return gamma * (u - mean) / np.sqrt(variance + 0.001) + beta

    x = X
    for layer in (1, 2, 3):
        z = x @ weights(model, f"bottleneck_1_{layer}")[0][0]
        parts = [convolve_centred(z, weights(model, f"conv_1_{layer}_{branch}")[0]) for branch in (1, 2)]
        u = n(np.concatenate(parts, axis=1), f"norm_1_{layer}")
        if layer == 3:
            u = u + n(X @ weights(model, "shortcut_1")[0][0], "shortcut_norm_1")
        x = np.maximum(0, u)
    close(predict(model), readout(model, x.mean(axis=0)))


def test_random_convolutions():
    model = build("random_convolutions", Spec.series(steps=None, features=FEATURES, classes=2), features=84)
    x, features = np.random.default_rng(0).normal(size=(40, FEATURES)), []
    for length, dilation, padded, *_ in model.get_layer("rocket")._groups:
        kernel, bias = (
            weight.numpy()
            for weight in model.get_layer("rocket").weights
            if weight.name.endswith(f"_{length}_{dilation}")
        )
        w, half = kernel.reshape(length, FEATURES, -1), length // 2
        r = np.tile(bias, (len(x), 1))
        for t in range(len(x)):
            for j in range(-half, half + 1):
                if 0 <= t + dilation * j < len(x):
                    r[t] += x[t + dilation * j] @ w[j + half]
        inside = slice(dilation * half, len(x) - dilation * half)
        if len(x) <= 2 * dilation * half:
            inside = slice(None)
        for counted in (r[:, :padded], r[inside, padded:]):
            if counted.size:
                features += [counted.max(axis=0), (counted > 0).mean(axis=0)]
    close(predict(model, x), readout(model, np.concatenate(features)))


@pytest.mark.parametrize("recipe", ["skipgram", "cbow"])
def test_loss_of_word_vectors_where_one_word_alone_is_drawn(recipe):
    """With a window of 1 its size is no matter of chance, and neither is the draw of a word with all the counts."""
    pool, negative, drawn = 3, 2.0, 4
    model = build(recipe, Spec.words(vocabulary=6, dim=3), window=1, negative=negative, pool=pool)
    layer = model.layers[-1]
    layer.adapt(np.eye(6)[drawn - 1])
    (v,) = weights(model, "embedding")
    u = np.asarray(layer.context)
    tokens = np.array([[1, 2, 5, 0, 3, 6]])  # two lines
    model(tokens, training=True)

    neighbours = {1: [2], 2: [1, 5], 5: [2], 3: [6], 6: [3]}
    if recipe == "skipgram":
        pairs = [(v[word], u[other]) for word, others in neighbours.items() for other in others]
    else:
        pairs = [(np.mean([v[other] for other in others], axis=0), u[word]) for word, others in neighbours.items()]
    expected = sum(
        -np.log(sigmoid(vector @ second)) - negative / pool * pool * np.log(sigmoid(-vector @ u[drawn]))
        for vector, second in pairs
    )
    (loss,) = model.losses
    close(np.array(loss), expected / 5)
