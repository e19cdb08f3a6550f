"""Closed-form readout: ridge regression on the features below the last layer.

One pass over the training windows and one over the validation windows accumulate the normal equations; after that,
every penalty needs only small matrices.
"""

from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from seqkit.data.series.measured import all_measured
from seqkit.data.series.windows import Windows
from seqkit.errors import UsageError
from seqkit.progress import Progress
from seqkit.spec.forecast import SCALE, scale_tensors
from seqkit.stats.ridge import NormalEquations, RidgeSolution, choose_common_penalty, choose_penalty
from seqkit.stopwatch import compiled_first
from seqkit.training.feeds.batches import Feed
from seqkit.training.feeds.windows import WindowFeed
from seqkit.training.state import History

MAX_PRODUCTS = 1 << 25
"""Most products of features in memory where each output has its own sums, 256 MiB a part."""


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
    is_normalised = any(layer.name == SCALE for layer in model.layers)
    scale = scale_tensors(model, feed.targets) if is_normalised else ()
    sums = _Sums(keras.Model(model.input, [readout.input, *scale]), feed, on_progress, batch_size)
    solution = sums.solve()
    readout.set_weights([solution.coefficients.astype(np.float32), solution.intercept.astype(np.float32)])
    return History(
        epochs=[{"epoch": 1, "validation_loss": solution.validation_mse, "penalty": solution.penalty}],
        best_epoch=1,
        stopped=f"solved in one pass, penalty {solution.penalty:g} chosen on validation",
    )


class _Sums:
    """Sums the normal equations of a readout over the windows of a feed.

    Where some targets were not measured, only windows whose targets were all measured count; if these are fewer than
    half, each output has its own sums, over the windows where it was measured.

    Args:
        feature_model: Reads windows, and returns the features of the readout; if windows are normalised, also the shift
            and the factor from `seqkit.spec.forecast.scale_tensors`.
        feed: Training and validation windows.
        on_progress: Called with the progress.
        batch_size: Windows per batch.
    """

    def __init__(
        self, feature_model: keras.Model, feed: WindowFeed, on_progress: Callable[[Progress], None], batch_size: int
    ) -> None:
        self._on_progress, self._batch_size, self._done = on_progress, batch_size, 0
        self._train, self._validation, self._by_output = feed.train, feed.validation, False
        if feed.measured is not None:
            measured = feed.measured.numpy()
            parts = [part[all_measured(part, measured)] for part in (feed.train, feed.validation)]
            self._by_output = 2 * len(parts[0]) < len(feed.train) or 2 * len(parts[1]) < len(feed.validation)
            if not self._by_output:
                self._train, self._validation = parts
        features, is_normalised = feature_model.outputs[0], len(feature_model.outputs) > 1
        self._width = features.shape[-1]
        self._outputs = feed.train.horizon * (1 if len(features.shape) == 3 else len(feed.targets))

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

        self._compute_features = compute_features

    def solve(self) -> RidgeSolution:
        """Returns the solution with the penalty that has the lowest error on the validation windows."""
        if self._by_output:
            return choose_common_penalty(self._output_equations())
        train, validation = NormalEquations(self._width, self._outputs), NormalEquations(self._width, self._outputs)
        for equations, windows in ((train, self._train), (validation, self._validation)):
            for x, y, *_ in self._rows(windows, passes=1):
                equations.add(x, y)
        return choose_penalty(train, validation)

    def _output_equations(self) -> Iterator[tuple[NormalEquations, NormalEquations]]:
        """Yields the equations of the training and of the validation windows of each output."""
        at_a_time = max(1, MAX_PRODUCTS // self._width**2)
        groups = [range(first, min(first + at_a_time, self._outputs)) for first in range(0, self._outputs, at_a_time)]
        for group in groups:
            parts = []
            for windows in (self._train, self._validation):
                parts.append([NormalEquations(self._width, 1) for _ in group])
                for x, y, known in self._rows(windows, passes=len(groups)):
                    for output, equations in zip(group, parts[-1], strict=True):
                        rows = known[:, output]
                        equations.add(x[rows], y[rows, output, None])
            yield from zip(*parts, strict=True)

    def _rows(self, windows: Windows, *, passes: int) -> Iterator[list[np.ndarray]]:
        """Yields the features (rows, width) and outputs (rows, outputs) of batches of windows, and which were measured.

        Args:
            windows: Windows to read.
            passes: Number of times that all windows are read, for the progress.
        """
        batches = -(-len(self._train) // self._batch_size) + -(-len(self._validation) // self._batch_size)
        for batch in windows.batches(self._batch_size):
            features, targets = self._compute_features(tf.constant(batch.starts))
            rows, y_rows = features.numpy(), [values.numpy() for values in targets]
            if rows.ndim == 3:  # All targets share the readout: (batch, targets, width).
                y_rows = [values.transpose(0, 2, 1) for values in y_rows]
            rows = rows.reshape(-1, self._width)
            yield [rows, *(values.reshape(len(rows), -1) for values in y_rows)]
            self._done += 1
            self._on_progress(Progress(1, 1, self._done, passes * batches))
