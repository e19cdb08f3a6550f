"""Closed-form readout: ridge regression on the features below the last layer.

One pass over the training windows and one over the validation windows accumulate the normal equations; after that,
every penalty needs only small matrices.
"""

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from seqkit.data.series.windows import Windows
from seqkit.errors import UsageError
from seqkit.progress import Progress
from seqkit.stats.ridge import NormalEquations, choose_penalty
from seqkit.stopwatch import compiled_first
from seqkit.training.feeds.batches import Feed
from seqkit.training.feeds.windows import WindowFeed
from seqkit.training.state import History


def solve_readout(
    model: keras.Model,
    feed: Feed,
    on_progress: Callable[[Progress], None],
    *,
    batch_size: int = 512,
    seed: int = 0,
) -> History:
    """Sets the weights of the layer "readout" by ridge regression, with the penalty that validates best.

    Args:
        model: Model that ends with `Spec.outputs`, which creates the dense layer "readout".
        feed: Training windows, and validation windows that select the penalty.
        on_progress: Called with the progress of the training.
        batch_size: Windows per batch, [1, inf).
        seed: Seed of any weights below the readout, [0, 4294967295].

    Returns:
        A history of one epoch, with the selected penalty.

    Raises:
        UsageError: The model has no dense layer "readout", or the task is not a forecast.
    """
    if not isinstance(feed, WindowFeed):
        raise UsageError("READOUT works only for forecasts: remove it from a recipe that classifies.")
    readout = next((layer for layer in model.layers if layer.name == "readout"), None)
    if not isinstance(readout, keras.layers.Dense):
        raise UsageError("A recipe with READOUT must end with `spec.outputs(x)`, which creates the layer 'readout'.")
    feature_model = keras.Model(model.input, readout.input)
    steps = -(-len(feed.train) // batch_size) + -(-len(feed.validation) // batch_size)

    @compiled_first
    @tf.function(input_signature=[tf.TensorSpec((None,), tf.int64)])
    def compute_features(starts: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        inputs, y_true = feed.gather(starts)
        return feature_model(inputs, training=False), y_true

    done = 0

    def accumulate(windows: Windows) -> NormalEquations:
        nonlocal done
        equations: NormalEquations | None = None
        for batch in windows.batches(batch_size):
            features, y_true = (tensor.numpy() for tensor in compute_features(tf.constant(batch.starts)))
            if features.ndim == 3:  # All targets share the readout: (batch, targets, width).
                y_true = y_true.transpose(0, 2, 1)
            rows = features.reshape(-1, features.shape[-1])
            y_rows = y_true.reshape(len(rows), -1)
            equations = equations or NormalEquations(rows.shape[1], y_rows.shape[1])
            equations.add(rows, y_rows)
            done += 1
            on_progress(Progress(1, 1, done, steps))
        assert equations is not None, "parts without windows are rejected before training"
        return equations

    solution = choose_penalty(accumulate(feed.train), accumulate(feed.validation))
    readout.set_weights([solution.coefficients.astype(np.float32), solution.intercept.astype(np.float32)])
    return History(
        epochs=[{"epoch": 1, "validation_loss": solution.validation_mse, "penalty": solution.penalty}],
        best_epoch=1,
        stopped=f"solved in one pass, penalty {solution.penalty:g} chosen on validation",
    )
