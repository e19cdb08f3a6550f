"""Loss and validation score of a tagger."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from seqkit.inference.linear_chain import most_likely
from seqkit.tasks.tag.decoding import biases, lowered
from seqkit.tasks.tag.metrics import accuracy, f1, span_counts
from seqkit.tasks.tag.prepare import PLAIN, TagState
from seqkit.training.objective import CorpusScore, Objective


def tag_objective(model: keras.Model, state: TagState, outside: str = "trained") -> Objective:
    """Returns the loss in nats per word, and the score that selects the best epoch.

    The loss is the cross-entropy of the tags, with a conditional random field that of the sequence of tags. The score
    is the F1 of the spans, or for tags without spans the accuracy, of the most likely legal sequence; with the score of
    O lowered by the best of some amounts if it is tuned.

    Args:
        model: The model; with a conditional random field, the loss reads its transitions.
        state: The state.
        outside: See `seqkit.tasks.tag.decoding.choose_bias`.
    """
    loss = _cross_entropy
    if state.decoder == "crf":
        layer = model.get_layer("transitions")

        def loss(y_true: Any, logits: Any) -> Any:
            return _per_word(layer.loss(y_true, logits), y_true >= 0)

    if state.scheme == PLAIN:
        score = CorpusScore(lambda y_true, logits: _word_counts(model, state, y_true, logits), _accuracy)
        return Objective(loss, loss, score, score_name="accuracy", larger_is_better=True)
    amounts = biases(outside)
    score = CorpusScore(lambda y_true, logits: _span_counts(model, state, y_true, logits, amounts), _best_f1)
    return Objective(loss, loss, score, score_name="F1", larger_is_better=True)


def transitions(model: keras.Model, state: TagState) -> np.ndarray:
    """Returns the weights of pairs of tags, with `IMPOSSIBLE` for those that cannot follow each other, float64."""
    legal = state.legal()
    if state.decoder == "softmax":
        return legal
    weights: np.ndarray = legal + model.get_layer("transitions").weight.numpy()
    return weights


def _cross_entropy(y_true: Any, logits: Any) -> Any:
    is_step = y_true >= 0
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.maximum(y_true, 0), logits)
    return tf.boolean_mask(losses, is_step)


def _per_word(losses: Any, is_step: Any) -> Any:
    """Spreads the loss of each sentence over its words, so that the mean is that over words."""
    lengths = tf.reduce_sum(tf.cast(is_step, losses.dtype), axis=1, keepdims=True)
    return tf.boolean_mask(tf.broadcast_to(losses[:, None] / tf.maximum(lengths, 1.0), tf.shape(is_step)), is_step)


def _word_counts(model: keras.Model, state: TagState, y_true: np.ndarray, logits: np.ndarray) -> np.ndarray:
    """Returns the numbers of right and of all words."""
    lengths = (y_true >= 0).sum(axis=1)
    predicted = most_likely(logits, lengths, transitions(model, state))
    return np.array([(predicted == y_true)[y_true >= 0].sum(), lengths.sum()])


def _span_counts(
    model: keras.Model, state: TagState, y_true: np.ndarray, logits: np.ndarray, amounts: tuple[float, ...]
) -> np.ndarray:
    """Returns the numbers of correct, predicted and true spans for each bias, of shape (amounts, 3)."""
    lengths, weights = (y_true >= 0).sum(axis=1), transitions(model, state)
    true = _tags(state, y_true, lengths)
    counts = []
    for bias in amounts:
        predicted = _tags(state, most_likely(lowered(logits, bias), lengths, weights), lengths)
        counts.append(span_counts(true, predicted, state.model_scheme).sum(axis=0))
    return np.array(counts)


def _tags(state: TagState, numbers: np.ndarray, lengths: np.ndarray) -> list[list[str]]:
    return [[state.tags[i] for i in row[:length]] for row, length in zip(numbers.tolist(), lengths, strict=True)]


def _accuracy(counts: np.ndarray) -> float:
    return float(accuracy(counts))


def _best_f1(counts: np.ndarray) -> float:
    return float(f1(counts).max())
