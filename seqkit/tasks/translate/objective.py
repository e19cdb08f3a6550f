"""Loss of a translation: the cross-entropy of the next target token."""

from typing import Any

import tensorflow as tf

from seqkit.training.objective import Objective


def translate_objective(*, label_smoothing: float = 0.1) -> Objective:
    """Returns the cross-entropy of the next token, in nats; its mean on validation selects the best epoch.

    Args:
        label_smoothing: Share of the target's probability that is spread evenly over all tokens in training, so that
            the model does not become too sure of itself, [0, 1).
    """

    def loss(y_true: Any, outputs: Any) -> Any:
        logits, tokens = _predicted(y_true, outputs)
        nats = tf.nn.sparse_softmax_cross_entropy_with_logits(tokens, logits)
        if not label_smoothing:
            return nats
        mean = tf.reduce_logsumexp(logits, axis=-1) - tf.reduce_mean(logits, axis=-1)
        return (1 - label_smoothing) * nats + label_smoothing * mean

    def validation_loss(y_true: Any, outputs: Any) -> Any:
        logits, tokens = _predicted(y_true, outputs)
        return tf.nn.sparse_softmax_cross_entropy_with_logits(tokens, logits)

    return Objective(loss, validation_loss, validation_loss, score_name="nats")


def _predicted(y_true: Any, outputs: Any) -> tuple[Any, Any]:
    """Returns the logits (tokens, vocabulary) and the true tokens (tokens,) without padding."""
    logits = outputs[0] if isinstance(outputs, (list, tuple)) else outputs
    is_token = y_true != 0
    return tf.boolean_mask(logits, is_token), tf.boolean_mask(y_true, is_token)
