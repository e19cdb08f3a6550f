"""The loss of labels of rows beside a sum over all sequences of labels, and the windows that it is computed on."""

from itertools import pairwise, product

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqkit.spec import SERIES_PAD
from seqkit.tasks.tag.series.objective import series_objective
from seqkit.tasks.tag.series.state import SeriesState
from seqkit.training.feeds.tagged_windows import CONTEXT, PADDING, TaggedWindowFeed

LABELS = 3


def state_of(decoder: str) -> SeriesState:
    return SeriesState(
        columns=("x",),
        mean=(0.0,),
        deviation=(1.0,),
        labels=("a", "b", "c"),
        label_column="state",
        decoder=decoder,
        window=8,
        interval="1",
    )


def model_of(state: SeriesState, weights: np.ndarray | None = None) -> keras.Model:
    inputs, x = state.spec.inputs()
    model = keras.Model(inputs, state.spec.outputs(x))
    if weights is not None:
        model.get_layer("transitions").weight.assign(weights)
    return model


def total(logits: np.ndarray, weights: np.ndarray, known: list[int]) -> float:
    """The logarithm of the summed exponentials of the scores of all sequences with the known labels."""
    scores = []
    for labels in product(range(LABELS), repeat=len(known)):
        if all(label in (code, CONTEXT) for label, code in zip(known, labels, strict=True)):
            path = [LABELS, *labels, LABELS]
            score = sum(weights[a, b] for a, b in pairwise(path))
            scores.append(score + sum(logits[step, code] for step, code in enumerate(labels)))
    return float(np.log(np.sum(np.exp(scores))))


@pytest.mark.parametrize("known", [[0, 2, 1, 1], [0, CONTEXT, CONTEXT, 1], [CONTEXT, 2, 2, CONTEXT]])
def test_loss_of_a_crf_sums_over_the_labels_of_rows_without_one(known):
    draw = np.random.default_rng(0)
    weights, logits = draw.normal(size=(4, 4)).astype(np.float32), draw.normal(size=(2, 5, LABELS)).astype(np.float32)
    state = state_of("crf")
    objective = series_objective(model_of(state, weights), state, is_complete=CONTEXT not in known)
    y_true = np.array([[*known, PADDING], [0, 1, 2, 1, 0]], np.int32)
    expected = total(logits[0, :4], weights, [CONTEXT] * 4) - total(logits[0, :4], weights, known)
    targets = sum(label >= 0 for label in known)
    for loss in (objective.loss, objective.validation_loss):
        values = loss(tf.constant(y_true), tf.constant(logits)).numpy()
        assert values[:targets] == pytest.approx([expected / targets] * targets, rel=1e-4)
        assert len(values) == targets + 5


def test_loss_of_softmax_is_that_of_the_rows_with_a_label():
    logits = np.random.default_rng(0).normal(size=(1, 4, LABELS)).astype(np.float32)
    state = state_of("softmax")
    objective = series_objective(model_of(state), state, is_complete=False)
    values = objective.loss(tf.constant([[2, CONTEXT, 0, PADDING]]), tf.constant(logits)).numpy()
    log_sums = np.log(np.exp(logits[0]).sum(axis=1))
    assert values == pytest.approx([log_sums[0] - logits[0, 0, 2], log_sums[2] - logits[0, 2, 0]], rel=1e-5)


def test_score_counts_each_target_once():
    state = state_of("softmax")
    objective = series_objective(model_of(state), state, is_complete=True)
    logits = np.eye(LABELS, dtype=np.float32)[[[0, 1, 2, 0]]]
    counts = objective.score.counts(np.array([[0, CONTEXT, 1, PADDING]]), logits)
    assert counts.tolist() == [1, 2] and objective.score.score(counts) == 0.5


def feed_of(window: int = 8) -> TaggedWindowFeed:
    values = np.arange(60, dtype=np.float32)[:, None]
    labels = np.where(np.arange(60) % 7 == 0, -1, np.arange(60) % LABELS)
    return TaggedWindowFeed(values, labels, np.array([[0, 30], [30, 35]]), np.array([[35, 57], [57, 60]]), window)


def test_validation_has_every_label_once_with_the_rows_around_it():
    feed, seen = feed_of(), []
    for batch in feed.validation_batches(3):
        values, labels = (each.numpy() for each in feed.gather_validation(tf.constant(batch)))
        assert ((values[:, :, 0] == np.float32(SERIES_PAD)) == (labels == PADDING)).all()
        is_target = labels >= 0
        assert (labels[is_target] == values[:, :, 0][is_target] % LABELS).all()
        seen += values[:, :, 0][is_target].tolist()
    assert sorted(seen) == [row for row in range(35, 60) if row % 7]


def test_training_reads_other_windows_in_every_pass_and_repeats_them_for_a_seed():
    feed = feed_of()
    full, rest = feed.batches(2, 0, 1)
    assert len(full) + len(rest) == feed.steps(2) >= 50
    windows = np.concatenate([full.reshape(-1, 4), rest.reshape(-1, 4)])
    assert len(np.unique(windows[:, 0])) > 10 and (windows[:, 0] + windows[:, 1]).max() == 35
    again, other = feed.batches(2, 0, 1)[0], feed.batches(2, 0, 2)[0]
    assert (again == full).all() and not (other == full).all()
    _, labels = feed.gather(tf.constant(full[0]))
    assert set(labels.numpy().ravel()) <= {PADDING, CONTEXT, 0, 1, 2}
