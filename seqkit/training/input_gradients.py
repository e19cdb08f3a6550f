"""Gradients of a model's outputs with respect to its inputs, by backpropagation through time."""

from pathlib import Path
from typing import Any

import numpy as np

from seqkit.errors import DataError
from seqkit.training.keras_import import import_keras

BATCH_SIZE = 64


def load_model(path: Path) -> Any:
    """Returns a stored model; nothing in the file is executed.

    Raises:
        DataError: The file is missing or damaged.
    """
    keras = import_keras()
    import seqkit.layers  # noqa: F401 - registers the layers

    try:
        return keras.models.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # Keras raises errors of many classes.
        raise DataError(f"{path} cannot be read: {error}. Train the run again.") from error


def gradient_norms(model: Any, inputs: np.ndarray, *, seed: int = 0) -> np.ndarray:
    """Returns the norm of the gradient of the outputs with respect to each step, of shape (steps,).

    Of several outputs, the gradient of their sum with random signs is taken: over many examples, its mean square is
    that of the whole Jacobian.

    Args:
        model: A Keras model.
        inputs: Of shape (examples, steps, features).
        seed: Seed of the signs.
    """
    import tensorflow as tf

    @tf.function
    def gradients(x: Any, signs: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            outputs = model(x, training=False)
            value = tf.reduce_sum(tf.reshape(outputs, tf.shape(signs)) * signs)
        return tape.gradient(value, x)

    draw, width = np.random.default_rng(seed), int(np.prod(model.output_shape[1:]))
    squares = np.zeros(inputs.shape[1])
    for first in range(0, len(inputs), BATCH_SIZE):
        x = inputs[first : first + BATCH_SIZE].astype(np.float32)
        signs = draw.choice([-1.0, 1.0], (len(x), width)).astype(np.float32)
        squares += np.square(gradients(tf.constant(x), tf.constant(signs)).numpy(), dtype=np.float64).sum(axis=(0, 2))
    norms: np.ndarray = np.sqrt(squares / len(inputs))
    return norms
