"""Closed-form readout of a Keras model: ridge regression on the features below the last layer."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from seqkit.data.series.windows import Windows
from seqkit.errors import UsageError
from seqkit.progress import Progress
from seqkit.spec.forecast import SCALE, scale_tensors
from seqkit.stats.ridge import RidgeSolution
from seqkit.stopwatch import compiled_first
from seqkit.training.carried_state import state_sizes
from seqkit.training.chunk_rows import chunk_rows
from seqkit.training.feeds.windows import WindowFeed
from seqkit.training.readout_sums import ReadoutSums, solved_history
from seqkit.training.state import History


def solve_readout(
    model: keras.Model,
    feed: WindowFeed,
    on_progress: Callable[[Progress], None],
    build_sequence: Callable[[int], keras.Model] | None,
    *,
    batch_size: int = 512,
    seed: int = 0,
) -> History:
    """Sets the weights of the layer "readout" by ridge regression, with the penalty that validates best.

    Args:
        model: Model that ends with `Spec.outputs`, which creates the dense layer "readout".
        feed: Training windows, and validation windows that select the penalty.
        on_progress: Called with the progress of the training.
        build_sequence: Returns the model with an output at each of some steps, or raises UsageError if it is not
            causal; None for models that have no such form. A causal recurrent model reads chunks instead of windows.
        batch_size: Windows, texts or series per batch at most, [1, inf).
        seed: Seed of any weights below the readout, [0, 4294967295].

    Returns:
        A history of one epoch, with the selected penalty.

    Raises:
        UsageError: The model has no dense layer "readout".
    """
    readout = next((layer for layer in model.layers if layer.name == "readout"), None)
    if not isinstance(readout, keras.layers.Dense):
        raise UsageError("A recipe with READOUT must end with `spec.outputs(x)`, which creates the layer 'readout'.")
    is_normalised = any(layer.name == SCALE for layer in model.layers)
    scale = scale_tensors(model, feed.targets) if is_normalised else ()
    if build_sequence is not None and state_sizes(model) and feed.measured is None and not is_normalised:
        rows = chunk_rows(feed, build_sequence)
        if rows is not None:
            return _solved(readout, rows.solve(on_progress))
    feature_model = keras.Model(model.input, [readout.input, *scale])

    @compiled_first
    @tf.function(input_signature=[tf.TensorSpec((None,), tf.int64)])
    def compute_features(starts: tf.Tensor) -> tuple[tf.Tensor, Any]:
        inputs, y_true = feed.gather(starts)
        outputs = feature_model(inputs, training=False)
        changes, *measured = y_true if isinstance(y_true, tuple) else (y_true,)
        if not is_normalised:
            return outputs, (changes, *measured)
        features, shift, factor = outputs
        return features, ((changes - shift) / factor, *measured)

    def compute(windows: Windows) -> list[np.ndarray]:
        features, targets = compute_features(tf.constant(windows.starts))
        return [features.numpy(), *(values.numpy() for values in targets)]

    shape, measured = readout.input.shape, None if feed.measured is None else feed.measured.numpy()
    groups = 1 if len(shape) == 3 else len(feed.targets)
    sums = ReadoutSums(compute, shape[-1], groups, feed.train, feed.validation, measured)
    solution = sums.solve(on_progress, batch_size)
    return _solved(readout, solution)


def _solved(readout: keras.layers.Dense, solution: RidgeSolution) -> History:
    """Sets the weights of the readout, and returns the history."""
    readout.set_weights([solution.coefficients.astype(np.float32), solution.intercept.astype(np.float32)])
    return solved_history(solution)
