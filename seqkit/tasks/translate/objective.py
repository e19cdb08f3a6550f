"""Loss of a translation: the cross-entropy of the next target token."""

from typing import Any

import tensorflow as tf

from seqkit.training.fused_cross_entropy import fused_cross_entropy
from seqkit.training.objective import Objective
from seqkit.training.teacher_forcing import LastLayer, TeacherForcing


def translate_objective(guidance: float, *, label_smoothing: float = 0.1) -> Objective:
    """Returns the cross-entropy of the next token, in nats; its mean on validation selects the best epoch.

    Args:
        guidance: Weight of the alignment at the start of the training, which falls to 0 over it, where the targets have
            an alignment beside them.
        label_smoothing: Share of the target's probability that is spread evenly over all tokens in training, so that
            the model does not become too sure of itself, [0, 1).
    """

    def loss(y_true: Any, outputs: Any) -> Any:
        nats = _cross_entropy(y_true, outputs, label_smoothing)
        return nats if not guidance else nats + guidance * _misalignment(y_true, outputs)

    def validation_loss(y_true: Any, outputs: Any) -> Any:
        return _cross_entropy(y_true, outputs, 0.0)

    return Objective(loss, validation_loss, validation_loss, score_name="nats")


def teacher_forcing(model: Any, steps: int, seed: int, *, scheduled_sampling: float = 0.0) -> TeacherForcing:
    """Returns how the model is called in training.

    Args:
        model: The model.
        steps: Steps of the training.
        seed: Seed of the training.
        scheduled_sampling: Share of the decoder's inputs that are the model's own predictions instead of the true
            tokens; it grows from 0 to this over the training, and a step takes twice as long, [0, 1].
    """
    return TeacherForcing(model, scheduled_sampling, steps, seed)


def _cross_entropy(y_true: Any, outputs: Any, label_smoothing: float) -> Any:
    """Returns the cross-entropy of all tokens but padding, of shape (tokens,)."""
    y_true = _targets(y_true)
    is_token = y_true != 0
    labels = tf.boolean_mask(y_true, is_token)
    if isinstance(outputs, LastLayer):
        x = tf.boolean_mask(outputs.x, is_token)
        return fused_cross_entropy(x, outputs.kernel, outputs.bias, labels, label_smoothing=label_smoothing)
    logits = tf.boolean_mask(outputs[0] if isinstance(outputs, (list, tuple)) else outputs, is_token)
    nats = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
    spread = tf.reduce_logsumexp(logits, axis=-1) - tf.reduce_mean(logits, axis=-1)
    return (1 - label_smoothing) * nats + label_smoothing * spread


def _targets(y_true: Any) -> Any:
    """Returns the targets, which may have an alignment beside them."""
    return y_true[0] if isinstance(y_true, (list, tuple)) else y_true


def _misalignment(y_true: Any, outputs: Any) -> Any:
    """Returns −log of the attention to the aligned source token, which fades out, for all tokens but padding."""
    targets, alignment = y_true
    attention, remaining = outputs[1], 1.0
    if isinstance(outputs, LastLayer):
        attention, remaining = outputs.attention, 1.0 - outputs.progress
    at_source = tf.gather(attention, tf.maximum(alignment, 0), axis=2, batch_dims=2)
    nats = tf.where(alignment >= 0, -tf.math.log(at_source + 1e-6), 0.0)
    return remaining * tf.boolean_mask(nats, targets != 0)
