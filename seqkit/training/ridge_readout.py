"""Readouts that are solved instead of descended: ridge regression on the features below the last layer.

One pass over the training windows sums the normal equations, one over the validation windows sums theirs, and every
penalty is then a matter of small matrices.
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
    report: Callable[[Progress], None],
    *,
    batch_size: int = 512,
    seed: int = 0,
) -> History:
    """Sets the weights of the layer named "readout" to those of the ridge regression that validates best.

    Args:
        model: Its layer "readout" is a dense one and its outputs are those of `Spec.outputs`.
        feed: The windows to learn from, and those that choose the penalty.
        report: Told of the progress.
        batch_size: Windows summed at a time, [1, inf).
        seed: Of the weights below the readout, where there are any, [0, 4294967295].

    Returns:
        A history of one epoch, with the penalty that was chosen.

    Raises:
        UsageError: The model has no dense layer of that name.
    """
    if not isinstance(feed, WindowFeed):
        raise UsageError("A readout is solved for forecasts; leave READOUT out of a recipe that labels.")
    readout = next((layer for layer in model.layers if layer.name == "readout"), None)
    if not isinstance(readout, keras.layers.Dense):
        raise UsageError("A recipe with READOUT must end in `spec.outputs(x)`, which makes its layer 'readout'.")
    below = keras.Model(model.input, readout.input)
    steps = -(-len(feed.train) // batch_size) + -(-len(feed.validation) // batch_size)

    @compiled_first
    @tf.function(input_signature=[tf.TensorSpec((None,), tf.int64)])
    def read(starts: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        inputs, y_true = feed.gather(starts)
        return below(inputs, training=False), y_true

    done = 0

    def add_up(windows: Windows) -> NormalEquations:
        nonlocal done
        sums: NormalEquations | None = None
        for batch in windows.batches(batch_size):
            features, y_true = (part.numpy() for part in read(tf.constant(batch.starts)))
            if features.ndim == 3:  # One readout shared by the targets: (batch, targets, width).
                y_true = y_true.transpose(0, 2, 1)
            rows = features.reshape(-1, features.shape[-1])
            wanted = y_true.reshape(len(rows), -1)
            sums = sums or NormalEquations(rows.shape[1], wanted.shape[1])
            sums.add(rows, wanted)
            done += 1
            report(Progress(1, 1, done, steps))
        assert sums is not None, "a part without windows is refused before training"
        return sums

    solution = choose_penalty(add_up(feed.train), add_up(feed.validation))
    readout.set_weights([solution.coefficients.astype(np.float32), solution.intercept.astype(np.float32)])
    return History(
        epochs=[{"epoch": 1, "validation_loss": solution.validation_mse, "penalty": solution.penalty}],
        best_epoch=1,
        stopped=f"solved in one pass, penalty {solution.penalty:g} chosen on validation",
    )
