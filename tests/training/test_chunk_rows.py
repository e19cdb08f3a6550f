"""Features read from chunks against those of windows, one by one."""

from functools import partial

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqkit.data.series.windows import Windows, legal_windows
from seqkit.errors import UsageError
from seqkit.recipes import bidirectional_gru, echo_state
from seqkit.spec import Spec
from seqkit.training.chunk_rows import ChunkRows
from seqkit.training.feeds.windows import WindowFeed
from seqkit.training.model_building import build_sequence_model
from seqkit.training.ridge_readout import solve_readout

SPEC = Spec.series(steps=40, features=3, outputs=2, targets=(2, 0))
VALUES = np.random.default_rng(0).normal(size=(900, 3)).astype(np.float32)


def part(first: int, end: int) -> Windows:
    return legal_windows([(0, 300), (310, 900)], [(first, end)], steps=40, horizon=2, lead=1, sampling_rate=2)


TRAIN, VALIDATION = part(0, 700), part(700, 900)
FEED = WindowFeed(VALUES, (2, 0), TRAIN, VALIDATION)


def build(spec: Spec) -> keras.Model:
    return echo_state.build_model(spec, units=8, leak=1.0, spectral_radius=0.5)


@pytest.fixture(scope="module")
def model() -> keras.Model:
    keras.utils.set_random_seed(0)
    return build(SPEC)


def test_chunks_give_the_features_and_outputs_of_every_window_once(model):
    reader = ChunkRows(FEED, partial(build_sequence_model, model, SPEC, build=build))
    features = keras.Model(model.input, model.get_layer("readout").input)
    for windows in (TRAIN, VALIDATION):
        x, y = (np.concatenate(parts) for parts in zip(*reader.read(windows), strict=True))
        inputs, changes = FEED.gather(tf.constant(windows.starts))
        expected = np.column_stack([features(inputs).numpy(), changes.numpy().reshape(len(windows), -1)])
        actual = np.column_stack([x, y])
        assert actual.shape == expected.shape
        order, other = np.argsort(actual[:, -1]), np.argsort(expected[:, -1])
        np.testing.assert_allclose(actual[order], expected[other], rtol=1e-4, atol=1e-4)
    assert reader.batches == sum(1 for windows in (TRAIN, VALIDATION) for _ in reader.read(windows))


def test_a_readout_solved_from_chunks_equals_one_solved_from_windows(model):
    weights = []
    for build_sequence in (None, partial(build_sequence_model, model, SPEC, build=build)):
        history = solve_readout(model, FEED, lambda _: None, build_sequence)
        weights.append(model.get_layer("readout").get_weights())
        assert history.epochs[0]["validation_loss"] > 0
    for one, other in zip(*weights, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-2, atol=3e-3)


def test_a_model_that_is_not_causal_reads_windows():
    model = bidirectional_gru.build_model(SPEC, units=2)

    def refuse(steps: int) -> keras.Model:
        raise UsageError(f"not causal over {steps} steps")

    history = solve_readout(model, FEED, lambda _: None, refuse)
    assert history.stopped.startswith("solved in one pass")
